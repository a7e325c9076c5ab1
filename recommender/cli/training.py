"""`train`."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from recommender.cli.options import config_option, parsed_moment, talk
from recommender.cli.report import told
from recommender.config import load_config
from recommender.train import train


@click.command("train")
@click.option(
    "--as-of", callback=parsed_moment, metavar="DATE", help="Leave out all that came later."
)
@config_option
def train_command(config_path: Path, as_of: datetime | None) -> None:
    """Check, build, fit and publish a release; its name is printed."""
    began = time.monotonic()

    def say(message: str) -> None:
        talk(f"{time.monotonic() - began:6.1f} s  {message}")

    published = train(load_config(config_path), as_of=as_of, say=say)
    for report in published.reports:
        talk(told(report))
    say("published")
    click.echo(published.name)
