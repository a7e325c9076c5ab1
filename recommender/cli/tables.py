"""`init` and `check`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from recommender.cli.counter import Counter
from recommender.cli.options import config_option, program, talk
from recommender.cli.report import told
from recommender.config import load_config
from recommender.errors import ConfigError
from recommender.tables.guessing.guess import guess_tables, no_purchases, render_config
from recommender.tables.tables import read_tables


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
def init(folder: Path) -> None:
    """Write a commented recommender.toml, columns guessed from the files in DIR."""
    target = folder / "recommender.toml"
    if target.exists():
        raise ConfigError(f"{target}: exists already; move it away to have a new one written")
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; name the one that holds your tables")
    guess = guess_tables(folder)
    if "purchases" not in guess.tables:
        raise ConfigError(no_purchases(folder, guess))
    target.write_text(render_config(guess), encoding="utf-8")
    for name, why in guess.unused.items():
        talk(f"not used: {name} ({why})")
    talk(f"Look at {target}, then run: {program()} check --config {shlex.quote(str(target))}")
    click.echo(target)


@click.command()
@config_option
def check(config_path: Path) -> None:
    """Read everything and report what would be kept; change nothing."""
    with Counter() as counter:
        tables = read_tables(load_config(config_path), progress=counter)
    for report in tables.reports:
        click.echo(told(report))
