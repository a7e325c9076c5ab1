"""The cross-sell list of all customers: ask `suggest` for each, write, account for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from recommender.listing.rows import held_rows, list_rows
from recommender.listing.selection import Selection
from recommender.listing.written import Write, WrittenList, write_list
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FactsBook, NoFacts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import SuggestionList, Wish
from recommender.suggest.targets import NO_CONTACT

NOTHING_KEPT: FactsBook = NoFacts()
ALWAYS_COUNTED = ("customers", "customers_without_suggestion", "suggestions")
"""Also where there are none; other counts are left out then."""


def cross_sell(
    release: Release,
    out: Path,
    wish: Wish,
    selection: Selection,
    rows: Iterable[int],
    book: FactsBook = NOTHING_KEPT,
) -> WrittenList:
    """Writes `out`, `out.held.csv` and `out.manifest.json`, each replaced as a whole.

    `rows` are what `chosen_customers` gave, perhaps wrapped in a progress bar. The list is sorted
    by customer, then rank; the same release, wish and facts give the same bytes.
    """

    def fill(write: Write, write_held: Write) -> Counter[str]:
        with threadpool_limits(1, "blas"):  # a list is too small to share between threads
            lists = _lists(release, wish, selection, rows, book)
            return _filled(release, lists, write, write_held)

    settings = {"n": wish.n, "kinds": sorted(wish.kinds), "rank_by": wish.rank_by}
    return write_list(release, out, settings | selection.settings, fill)


@dataclass(frozen=True)
class Listed:
    """One customer's list, as it goes into the files."""

    row: int
    found: SuggestionList
    facts: Facts


def _lists(
    release: Release, wish: Wish, selection: Selection, rows: Iterable[int], book: FactsBook
) -> Iterator[Listed]:
    for row in rows:
        customer_id = release.customers.ids[row]
        facts = book.of(customer_id)
        found = suggest(release, customer_id, wish, facts)
        yield Listed(row, found if selection.lists(facts) else _all_held(found), facts)


def _all_held(found: SuggestionList) -> SuggestionList:
    """What would be offered to one that may not be contacted stands among what is held back."""
    kept_back = tuple((s.product_id, NO_CONTACT) for s in found.suggestions)
    return replace(found, suggestions=(), held=(*found.held, *kept_back))


def _filled(
    release: Release, lists: Iterable[Listed], write: Write, write_held: Write
) -> Counter[str]:
    """Counts of customers, suggestions and what each rule held back."""
    counts = Counter(dict.fromkeys(ALWAYS_COUNTED, 0))
    for listed in lists:
        counts.update(_counted(listed.found))
        for line in list_rows(release, listed.row, listed.found, listed.facts):
            write(line)
        for line in held_rows(release, listed.row, listed.found):
            write_held(line)
    return counts


def _counted(found: SuggestionList) -> Counter[str]:
    held = Counter(f"held_{rule}" for _, rule in found.held)
    return held + Counter(
        {
            "customers": 1,
            "customers_without_suggestion": int(not found.suggestions),
            "customers_without_contact": int(held[f"held_{NO_CONTACT}"] > 0),
            "customers_without_permission": int(found.fallback_reason == "no_permission"),
            "suggestions": found.returned,
            f"source_{found.source}": 1,
        }
    )
