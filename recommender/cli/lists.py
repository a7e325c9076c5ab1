"""`suggest` and `cross-sell`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recommender.cli.effort import effort_options
from recommender.cli.options import (
    config_option,
    kinds_option,
    out_option,
    selection_options,
    talk,
    wish_options,
)
from recommender.cli.told import as_told, book_of, open_told, say_defaults
from recommender.config import Config, load_config
from recommender.cross_sell import Batch, list_batch
from recommender.errors import ConfigError, ReadWriteError, UnknownCustomerError
from recommender.listing.effort import Effort
from recommender.listing.formats import writer_of
from recommender.listing.selection import Selection, chosen_customers
from recommender.listing.written import HASHES
from recommender.release.opening import Release, open_release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Kind, SuggestionList, Wish
from recommender.suggest.wording import product_name, why
from recommender.tables.reading.inputs import table_that_reads
from recommender.tables.wording import counted

COUNT = click.IntRange(1, MOST)


@click.command("suggest")
@click.argument("customer_id", metavar="CUSTOMER")
@click.option("-n", type=COUNT, default=8, show_default=True, help="How many at most.")
@kinds_option
@click.option("--json", "as_json", is_flag=True, help="The answer of the API, word for word.")
@config_option
def suggest_command(
    customer_id: str, n: int, kinds: frozenset[Kind], as_json: bool, config_path: Path
) -> None:
    """One customer's list on the terminal."""
    config = load_config(config_path)
    locale, told = config.service.locale, open_told(config)
    opened = open_release(config.releases_directory, verified=False, locale=locale)
    release = as_told(opened, told)
    with book_of(told, release) as book:
        facts = book.of(customer_id)
    row = release.customers.ids.position(customer_id)
    if row is None and facts.consent.may_personalise(customer_id):
        raise UnknownCustomerError(
            f"no customer {customer_id!r} in release {release.name}; "
            "ids are taken as they are written, with their zeros"
        )
    say_defaults(told, config)
    found = suggest(release, customer_id, Wish(n, kinds), facts)
    if as_json:
        click.echo(json.dumps(suggestions_answer(release, found), indent=1, ensure_ascii=False))
        return
    click.echo(_as_text(release, row, found))


@click.command("cross-sell")
@out_option
@wish_options
@selection_options
@effort_options
@config_option
def cross_sell_command(
    out: Path,
    wish: Wish,
    selection: Selection,
    effort: Effort,
    config_path: Path,
) -> None:
    """The list of all customers as a file, with what was held back and a manifest beside it."""
    config = load_config(config_path)
    check_out(out, config)
    opened = open_release(config.releases_directory, locale=config.service.locale)
    told = open_told(config)
    release = as_told(opened, told)
    say_defaults(told, config)
    rows = chosen_customers(release, selection)
    if told is not None:  # before it is written: a killed run leaves something to be erased too
        told.wrote_list(out, release.name)
    with book_of(told, release) as book:
        batch = Batch(release, wish, selection, rows, book)
        counts = list_batch(batch, out, effort).manifest["counts"]
    talk(
        f"{counted(counts['suggestions'], 'suggestion')} "
        f"for {counted(counts['customers'], 'customer')} "
        f"from release {release.name}"
    )
    if failed := counts.get("customers_failed", 0):
        stand = "stands" if failed == 1 else "stand"
        talk(
            f"{counted(failed, 'customer')} failed and {stand} in {out.name}.held.csv; run again "
            "with --debug to see why"
        )
    click.echo(out)


def check_out(out: Path, config: Config) -> None:
    """Raises `ConfigError` before anything is written where the list cannot go, or must not."""
    writer_of(out)
    if not out.parent.is_dir():
        raise ReadWriteError(f"--out {out}: cannot be written: there is no folder {out.parent}")
    for written in (out.with_name(f"{out.name}{ending}") for ending in HASHES):
        if table := table_that_reads(written, config):
            raise ConfigError(
                f"--out {out}: {written.name} would be among the files that [{table}] source "
                "reads; name another file or folder"
            )


def _as_text(release: Release, row: int | None, found: SuggestionList) -> str:
    c = release.customers
    described = () if row is None else (c.name[row], c.segment[row], c.region[row])
    who = ", ".join(filter(None, described))
    formats = release.formats
    head = f"{found.customer_id}  {who}".rstrip()
    lines = [head, f"release {found.release}, purchases through {found.data_through}", ""]
    if found.fallback_reason:
        lines += [f"not personal but {found.source}: {found.fallback_reason}", ""]
    for s in found.suggestions:
        worth = (
            ""
            if s.expected_value is None
            else f", worth {formats.money(s.expected_value, release.manifest.currency)}"
        )
        lines += [
            f"{s.rank:>3}. {product_name(release, s.product_id)}  [{s.product_id}]",
            f"     {s.kind}, chance {formats.percent(s.chance, 1)}{worth}",
            f"     {why(release, s.reasons)}",
        ]
    if not found.suggestions:
        lines += ["nothing to suggest"]
    withheld = ", ".join(
        f"{formats.number(count)} {rule}" for rule, count in found.withheld.items()
    )
    return "\n".join([*lines, "", f"withheld: {withheld or 'nothing'}"])
