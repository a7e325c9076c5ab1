"""`init` and `check`."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli.options import config_option, talk
from recommender.cli.report import told
from recommender.config import load_config
from recommender.errors import ConfigError
from recommender.tables.guessing.guess import guess_tables, render_config
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
    target.write_text(render_config(guess_tables(folder)), encoding="utf-8")
    talk(f"Look at {target}, then run: recommender check --config {target}")
    click.echo(target)


@click.command()
@config_option
def check(config_path: Path) -> None:
    """Read everything and report what would be kept; change nothing."""
    tables = read_tables(load_config(config_path))
    for report in tables.reports:
        click.echo(told(report))
