"""`evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli.counter import Counter
from recommender.cli.options import config_option, talk
from recommender.config import load_config
from recommender.evaluate import evaluate


@click.command("evaluate")
@config_option
def evaluate_command(config_path: Path) -> None:
    """How good the live release is beside the baselines: report.html and report.json."""
    with Counter() as counter:
        found = evaluate(load_config(config_path), say=counter.say, progress=counter)
    for line in found.verdict:
        talk(line)
    click.echo(found.html)
