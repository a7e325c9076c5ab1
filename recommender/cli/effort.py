"""How hard a command works, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click

from recommender.cli.options import Command, is_debugged, talk
from recommender.cli.progress import shown
from recommender.listing.effort import BLOCK, Effort, cores


def effort_options(command: Command) -> Command:
    """`--workers` and `--block`, as the one `effort` that lists take."""

    @wraps(command)
    def with_effort(*args: Any, **given: Any) -> Any:
        effort = Effort(given.pop("workers"), given.pop("block"), shown, told_if_debugged())
        return command(*args, effort=effort, **given)

    decorated: Any = with_effort
    for option in reversed(_OF_EFFORT):
        decorated = option(decorated)
    return cast("Command", decorated)


def told_if_debugged() -> Callable[[str, str], None]:
    """Takes down why one customer failed."""
    is_wanted = is_debugged()

    def tell(customer_id: str, told: str) -> None:
        if is_wanted:
            talk(f"customer {customer_id!r} failed\n{told}")

    return tell


_OF_EFFORT = (
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=cores,
        show_default="one a core",
        help="Processes that make the lists.",
    ),
    click.option(
        "--block",
        type=click.IntRange(1, 1_000_000),
        default=BLOCK,
        show_default=True,
        help="Customers at a time: memory grows with it, and a killed run goes on by it.",
    ),
)
