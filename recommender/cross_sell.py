"""The cross-sell list of all customers: ask `suggest` for each, write, account for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from recommender import __version__
from recommender.errors import BadDataError
from recommender.listing.changes import Since
from recommender.listing.effort import Effort
from recommender.listing.fingerprint import consent_fingerprint, facts_fingerprint, fingerprint
from recommender.listing.made import Made, unpacked
from recommender.listing.making import CUSTOMERS_OWN, Failure, Finished, Known, Making, Task
from recommender.listing.selection import Selection
from recommender.listing.unfinished import Unfinished, working_on
from recommender.listing.workers import made
from recommender.listing.written import About, WrittenList, write_list, written_list
from recommender.release.changes import ProductsNow
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release
from recommender.suggest.facts import EVERYONE, Facts, FactsInBlocks, NoFacts
from recommender.suggest.suggestion import Wish

NOTHING_KEPT: FactsInBlocks = NoFacts()
ALWAYS_COUNTED = ("customers", "customers_without_suggestion", "suggestions")
MOST_FAILED = 0.01
"""Share of customers past which a list is not worth having; of few, one may always fail."""


@dataclass(frozen=True)
class Batch:
    """Whose lists are made from what: the same give the same bytes."""

    release: Release
    wish: Wish
    selection: Selection
    rows: Sequence[int]
    """What `chosen_customers` gave."""
    book: FactsInBlocks = NOTHING_KEPT

    @property
    def settings(self) -> dict[str, Any]:
        wish = self.wish
        asked = {"n": wish.n, "kinds": sorted(wish.kinds), "rank_by": wish.rank_by}
        return asked | self.selection.settings

    @property
    def fingerprint(self) -> str:
        """Of all but what was told about single customers."""
        release_hash = sha256_of(self.release.folder / MANIFEST)
        consent = consent_fingerprint(self.release, self.book.consent)
        now = ProductsNow.of(self.release)
        products = now.sha256 if now else None
        made_with = (__version__, release_hash, self.release.locale, products)
        return fingerprint(made_with, self.wish, self.selection, consent)


def cross_sell(
    release: Release,
    out: Path,
    wish: Wish,
    selection: Selection,
    rows: Sequence[int],
    book: FactsInBlocks = NOTHING_KEPT,
) -> WrittenList:
    """As `list_batch`, by this process alone."""
    return list_batch(Batch(release, wish, selection, rows, book), out, Effort())


def list_batch(batch: Batch, out: Path, effort: Effort) -> WrittenList:
    """Writes `out` and what accounts for it beside it, each replaced as a whole.

    The list is sorted by customer, then rank. What a killed run had finished is not made again
    where it would come out the same. Raises `BadDataError` where too many customers fail.
    """
    with working_on(out) as work:
        made_anew = _finish_blocks(work, batch, effort)
        if work.was_whole and not made_anew:  # what changed was told of: it is not to be lost
            work.clear()
            return written_list(out)
        about = About(Since(batch.release, batch.wish.kinds), batch.settings, ALWAYS_COUNTED)
        with effort.shown("written", len(batch.rows)) as step:
            return write_list(work, about, _watched(_parts(work, batch, effort.block), step))


def _finish_blocks(work: Unfinished, batch: Batch, effort: Effort) -> int:
    """How many customers were asked: none where a killed run had asked all of them."""
    run = batch.fingerprint
    work.begin(fingerprint(run, effort.block, batch.rows))
    blocks = len(range(0, len(batch.rows), effort.block))
    making = Making(batch.release, batch.wish, batch.selection, batch.book.consent)
    asked = failed = 0
    with effort.shown("customers", len(batch.rows)) as step:
        tasks = _missing(work, _tasks(batch, run, effort.block), step)
        for finished in made(making, tasks, max(1, min(effort.workers, blocks))):
            work.keep(finished)
            asked += finished.customers
            failed += len(finished.failures)
            _tell(finished, effort)
            _check(failed, len(batch.rows))
            step(finished.customers)
    return asked


def _tasks(batch: Batch, run: str, block: int) -> Iterator[Task]:
    ids = batch.release.customers.ids
    for number, first in enumerate(range(0, len(batch.rows), block)):
        rows = tuple(batch.rows[first : first + block])
        known = _known(batch.book, [ids[row] for row in rows])
        told = [facts_fingerprint(k) if isinstance(k, Facts) else k.kind for k in known]
        yield Task(number, rows, known, fingerprint(run, rows, told))


def _missing(work: Unfinished, tasks: Iterable[Task], step: Any) -> Iterator[Task]:
    for task in tasks:
        if work.has(task.number, task.made_from):
            step(len(task.rows))
        else:
            yield task


def _known(book: FactsInBlocks, customer_ids: Sequence[str]) -> list[Known]:
    """One by one where what was told about one of them breaks the reading of all."""
    try:
        block = book.some(customer_ids)
    except CUSTOMERS_OWN:
        return [_known_of(book, customer_id) for customer_id in customer_ids]
    return [_without_consent(block.of(customer_id)) for customer_id in customer_ids]


def _without_consent(facts: Facts) -> Facts:
    """What all agreed to is told to a process once, not with every customer."""
    return replace(facts, consent=EVERYONE)


def _known_of(book: FactsInBlocks, customer_id: str) -> Known:
    try:
        return _without_consent(book.of(customer_id))
    except CUSTOMERS_OWN as error:
        return Failure.of(error)


def _tell(finished: Finished, effort: Effort) -> None:
    for customer_id, failure in finished.failures.items():
        effort.failed(customer_id, failure.told)


def _check(failed: int, customers: int) -> None:
    if failed == customers or failed > max(1, customers * MOST_FAILED):
        raise BadDataError(
            f"the lists of {failed:,} of {customers:,} customers cannot be made, which is no "
            "longer a single fault; run again with --debug to see why. The last list stays"
        )


def _parts(work: Unfinished, batch: Batch, block: int) -> Iterator[Made]:
    for number in range(len(range(0, len(batch.rows), block))):
        yield from unpacked(work.block(number))


def _watched(parts: Iterable[Made], step: Any) -> Iterator[Made]:
    for part in parts:
        yield part
        step(1)
