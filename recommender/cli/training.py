"""`train`."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

import click

from recommender.cli.counter import Counter
from recommender.cli.options import config_option, is_debugged, parsed_moment, talk
from recommender.cli.report import told
from recommender.cli.told import defaults_in_words
from recommender.config import Config, load_config
from recommender.errors import ConfigError
from recommender.models.engine import IMPLICIT, Engine, EngineName
from recommender.models.settings import check_settings
from recommender.train import Say, train


@click.command("train")
@click.option(
    "--as-of", callback=parsed_moment, metavar="DATE", help="Leave out all that came later."
)
@click.option(
    "--force", metavar="WHY", help="Publish what the gate refused; the reason is recorded."
)
@click.option(
    "--engine",
    type=click.Choice(["implicit", "spark"]),
    default="implicit",
    show_default=True,
    help="What sums and fits: this process, or Spark for data past one machine.",
)
@config_option
def train_command(
    config_path: Path, as_of: datetime | None, force: str | None, engine: EngineName
) -> None:
    """Check, build, fit, judge and publish a release; its name is printed."""
    if force is not None and not force.strip():
        raise ConfigError('--force is empty; say why: --force "known gap in the data of May"')
    began, counter = time.monotonic(), Counter()

    def say(message: str) -> None:
        counter.say(f"{time.monotonic() - began:6.1f} s  {message}")

    config = load_config(config_path)
    talk(defaults_in_words(config))
    check_settings(config.train, engine)
    with counter, _started(engine, config, say) as running:
        published = train(
            config, as_of=as_of, force=force, say=say, progress=counter, engine=running
        )
    for report in published.reports:
        talk(told(report))
    say("published")
    if published.forced:
        talk(f"The gate would have kept it back: {published.forced}.")
    for line in published.verdict:
        talk(line)
    click.echo(published.name)


def _started(engine: EngineName, config: Config, say: Say) -> AbstractContextManager[Engine]:
    if engine == "implicit":
        return nullcontext(IMPLICIT)
    # only who asks for Spark has to have it installed
    from recommender.models.spark_als import spark_engine  # noqa: PLC0415

    section = config.train.spark
    say(f"starting Spark on {section.master}")
    shared = config.folder / section.directory if section.directory else None
    return spark_engine(section, shared, is_loud=is_debugged())
