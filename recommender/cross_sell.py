"""The cross-sell list of all customers: ask `suggest` for each, write, account for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from recommender.listing.difference import difference
from recommender.listing.formats import CsvWriter, writer_of
from recommender.listing.replacing import replacing
from recommender.listing.rows import HELD_COLUMNS, LIST_COLUMNS, held_rows, list_rows
from recommender.listing.selection import Selection
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FactsBook, NoFacts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import SuggestionList, Wish
from recommender.suggest.targets import NO_CONTACT

NOTHING_KEPT: FactsBook = NoFacts()
ALWAYS_COUNTED = ("customers", "customers_without_suggestion", "suggestions")
"""Also where there are none; other counts are left out then."""


@dataclass(frozen=True)
class CrossSold:
    """What was written, as the manifest beside the list says it."""

    out: Path
    manifest: dict[str, Any]


def cross_sell(
    release: Release,
    out: Path,
    wish: Wish,
    selection: Selection,
    rows: Iterable[int],
    book: FactsBook = NOTHING_KEPT,
) -> CrossSold:
    """Writes `out`, `out.held.csv` and `out.manifest.json`, each replaced as a whole.

    `rows` are what `chosen_customers` gave, perhaps wrapped in a progress bar. The list is sorted
    by customer, then rank; the same release, wish and facts give the same bytes.
    """
    beside_held, beside_manifest = _beside(out, "held.csv"), _beside(out, "manifest.json")
    with ExitStack() as files:
        new_manifest = files.enter_context(replacing(beside_manifest))
        new_held = files.enter_context(replacing(beside_held))
        new_out = files.enter_context(replacing(out))
        with threadpool_limits(1, "blas"):  # a list is too small to share between threads
            lists = _lists(release, wish, selection, rows, book)
            counts = _write(release, lists, new_out, new_held)
        manifest = _manifest(release, wish, selection, counts) | {
            "file": out.name,
            "sha256": sha256_of(new_out),
            "held_sha256": sha256_of(new_held),
            "difference_to_last_run": difference(out, new_out),
        }
        new_manifest.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return CrossSold(out, manifest)


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f"{out.name}.{ending}")


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


def _write(release: Release, lists: Iterable[Listed], out: Path, held: Path) -> Counter[str]:
    """Counts of customers, suggestions and what each rule held back."""
    counts: Counter[str] = Counter()
    with (
        closing(writer_of(out)(out, LIST_COLUMNS)) as list_file,
        closing(CsvWriter(held, HELD_COLUMNS)) as held_file,
    ):
        for listed in lists:
            counts += _counted(listed.found)
            for line in list_rows(release, listed.row, listed.found, listed.facts):
                list_file.write(line)
            for line in held_rows(release, listed.row, listed.found):
                held_file.write(line)
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


def _manifest(
    release: Release, wish: Wish, selection: Selection, counts: Counter[str]
) -> dict[str, Any]:
    return {
        "release": release.name,
        "release_sha256": sha256_of(release.folder / MANIFEST),
        "inputs": {name: table["sha256"] for name, table in release.manifest.data.items()},
        "data_through": release.manifest.data_through,
        "settings": {
            "n": wish.n,
            "kinds": sorted(wish.kinds),
            "rank_by": wish.rank_by,
            "rep": selection.rep,
            "all": selection.also_without_contact,
            "channel": selection.channel,
        },
        "counts": dict(sorted((dict.fromkeys(ALWAYS_COUNTED, 0) | counts).items())),
    }
