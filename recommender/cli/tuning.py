"""`tune`."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli.counter import Counter
from recommender.cli.options import config_option, talk
from recommender.config import load_config
from recommender.tune import tune
from recommender.tuning.train_table import as_toml, write_values


@click.command("tune")
@click.option(
    "--trials", type=click.IntRange(1, 10_000), default=50, show_default=True, help="In all."
)
@click.option("--write", is_flag=True, help="Put what is better than the defaults into the config.")
@config_option
def tune_command(config_path: Path, trials: int, write: bool) -> None:
    """Search settings on validation windows; those found are printed as TOML."""
    with Counter() as counter:
        tuned = tune(load_config(config_path), trials, say=counter.say, progress=counter)
    talk(str(tuned))
    if write and tuned.is_real:
        written = write_values(config_path, tuned.best.values)
        talk(f"written into {config_path}: {', '.join(written)}; train to use them")
    elif write:
        talk(f"{config_path} stays as it is")
    click.echo(as_toml(tuned.best.values), nl=False)
