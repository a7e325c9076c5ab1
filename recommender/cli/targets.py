"""`targets`."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli.lists import check_out
from recommender.cli.options import (
    config_option,
    out_option,
    selection_options,
    talk,
)
from recommender.cli.progress import shown
from recommender.cli.told import as_told, book_of, open_told, say_defaults
from recommender.config import load_config
from recommender.listing.effort import Effort
from recommender.listing.selection import Selection
from recommender.release.opening import open_release
from recommender.tables.wording import counted
from recommender.targets import Ask, call_list, check_known

COUNT = click.IntRange(1)


@click.command("targets")
@click.argument("product_id", metavar="PRODUCT")
@out_option
@click.option("-n", type=COUNT, default=100, show_default=True, help="How many customers at most.")
@click.option("--per-rep", type=COUNT, metavar="N", help="How many of one rep at most.")
@selection_options
@config_option
def targets_command(
    product_id: str,
    out: Path,
    n: int,
    per_rep: int | None,
    selection: Selection,
    config_path: Path,
) -> None:
    """The customers most likely to take one product, a new one too, by what it resembles."""
    config = load_config(config_path)
    check_out(out, config)
    ask = Ask(product_id, n, selection, per_rep)
    opened = open_release(config.releases_directory, locale=config.service.locale)
    told = open_told(config)
    release = as_told(opened, told)
    say_defaults(told, config)
    check_known(release, product_id)
    if told is not None:  # before it is written: a killed run leaves something to be erased too
        told.wrote_list(out, release.name)
    with book_of(told, release) as book:
        written = call_list(release, out, ask, book, Effort(shown=shown))
    counts = written.manifest["counts"]
    talk(f"{counted(counts['targets'], 'customer')} for {product_id} from release {release.name}")
    if without := counts.get("targets_without_chance", 0):
        talk(
            f"{without:,} of them without a chance: hardly anyone bought the product, so they "
            "stand in the order of how much they bought of what it resembles"
        )
    click.echo(out)
