"""Options that several commands share."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from recommender.errors import ConfigError
from recommender.listing.selection import Selection
from recommender.suggest.facts import CHANNELS
from recommender.suggest.suggestion import CROSS_SELL_KINDS, KINDS, Kind

TOML = "recommender.toml"
DEBUG = "recommender.debug"
Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """`--config FILE` as `config_path`, and `--debug`, which `main` looks for itself."""
    command = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remembered,
        help="Show the traceback of an error.",
    )(command)
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        callback=existing_config,
        default=Path(TOML),
        show_default=True,
        help="What to read, how to learn, where to publish.",
    )(command)


def is_debugging() -> bool:
    """Whether the command that runs was given `--debug`."""
    return bool(click.get_current_context().meta.get(DEBUG))


def selection_options(command: Command) -> Command:
    """`--rep`, `--all` and `--channel`, as the one `selection` that lists take."""

    @wraps(command)
    def selecting(*args: Any, **given: Any) -> Any:
        chosen = Selection(given.pop("rep"), given.pop("everyone"), given.pop("channel"))
        return command(*args, selection=chosen, **given)

    decorated: Any = selecting
    for option in reversed(_OF_CUSTOMERS):
        decorated = option(decorated)
    return cast("Command", decorated)


def parsed_kinds(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[Kind]:
    """`new,upgrade` as a set; what the customer never bought if left out."""
    if value is None:
        return CROSS_SELL_KINDS
    asked = {part.strip() for part in value.split(",")}
    known = [kind for kind in KINDS if kind in asked]
    if len(known) != len(asked):
        unknown = ", ".join(sorted(asked - set(KINDS)))
        raise click.BadParameter(f"{unknown or value!r}: choose from {', '.join(KINDS)}")
    return frozenset(known)


def parsed_moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """An ISO date or time; UTC unless it says otherwise."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ConfigError(f"--as-of {value}: not a date; write it as 2026-11-30") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def existing_config(_: click.Context, __: click.Parameter, value: Path) -> Path:
    """A folder is named where its config is meant."""
    if value.is_dir():
        raise ConfigError(f"--config {value}: is a folder; name the file, as {value / TOML}")
    return value


def program() -> str:
    """The way this program was called, so that a command told can be copied as it stands."""
    called = Path(sys.argv[0])
    if called.name == "main.py":
        return f"{shlex.quote(sys.executable)} -m recommender.cli.main"
    if called.stem != "recommender":
        return "recommender"
    on_path = shutil.which("recommender")
    is_found = on_path is not None and Path(on_path).resolve() == called.resolve()
    return "recommender" if is_found else shlex.quote(str(called))


def _remembered(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[DEBUG] = value


_OF_CUSTOMERS = (
    click.option("--rep", metavar="R", help="Customers of one rep only."),
    click.option(
        "--all", "everyone", is_flag=True, help="Also customers who may not be contacted."
    ),
    click.option(
        "--channel",
        type=click.Choice(CHANNELS),
        help="Only customers who may be contacted through it.",
    ),
)
out_option = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help=".csv .parquet .xlsx"
)
rank_by_option = click.option("--rank-by", type=click.Choice(["chance", "value"]), default="chance")
kinds_option = click.option(
    "--kinds",
    callback=parsed_kinds,
    metavar="K,K",
    help=f"Some of {','.join(KINDS)}; upgrade,new if left out.",
)


def talk(message: str) -> None:
    """To the person at the terminal, never into a pipe."""
    click.echo(message, err=True)
