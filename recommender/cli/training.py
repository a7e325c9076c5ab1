"""`train`."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import click

from recommender.cli.counter import Counter
from recommender.cli.options import config_option, parsed_moment, talk
from recommender.cli.report import told
from recommender.cli.told import defaults_in_words
from recommender.config import load_config
from recommender.errors import ConfigError
from recommender.train import train


@click.command("train")
@click.option(
    "--as-of", callback=parsed_moment, metavar="DATE", help="Leave out all that came later."
)
@click.option(
    "--force", metavar="WHY", help="Publish what the gate refused; the reason is recorded."
)
@config_option
def train_command(config_path: Path, as_of: datetime | None, force: str | None) -> None:
    """Check, build, fit, judge and publish a release; its name is printed."""
    if force is not None and not force.strip():
        raise ConfigError('--force is empty; say why: --force "known gap in the data of May"')
    began, counter = time.monotonic(), Counter()

    def say(message: str) -> None:
        counter.say(f"{time.monotonic() - began:6.1f} s  {message}")

    config = load_config(config_path)
    talk(defaults_in_words(config))
    with counter:
        published = train(config, as_of=as_of, force=force, say=say, progress=counter)
    for report in published.reports:
        talk(told(report))
    say("published")
    if published.forced:
        talk(f"The gate would have kept it back: {published.forced}.")
    for line in published.judgement.verdict():
        talk(line)
    click.echo(published.name)
