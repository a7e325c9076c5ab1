"""The cross-sell list of all customers: ask `suggest` for each, write, account for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from recommender.errors import ConfigError
from recommender.listing.difference import difference
from recommender.listing.formats import CsvWriter, writer_of
from recommender.listing.replacing import replacing
from recommender.listing.rows import HELD_COLUMNS, LIST_COLUMNS, held_rows, list_rows
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish


@dataclass(frozen=True)
class Selection:
    """Whose lists are wanted."""

    rep: str | None = None
    """Customers of one rep only."""
    also_without_contact: bool = False
    """Also those who may not be contacted; until permissions are kept, nobody is left out."""


@dataclass(frozen=True)
class CrossSold:
    """What was written, as the manifest beside the list says it."""

    out: Path
    manifest: dict[str, Any]


def chosen_customers(release: Release, selection: Selection) -> list[int]:
    """Positions in `release.customers`; raises `ConfigError` for a rep without customers."""
    everyone = range(len(release.customers.ids))
    if selection.rep is None:
        return list(everyone)
    chosen = [row for row in everyone if release.customers.rep[row] == selection.rep]
    if not chosen:
        known = ", ".join(sorted(set(release.customers.rep) - {""})[:10]) or "none"
        raise ConfigError(f"--rep {selection.rep}: no customer has this rep; there are: {known}")
    return chosen


def cross_sell(
    release: Release, out: Path, wish: Wish, selection: Selection, rows: Iterable[int]
) -> CrossSold:
    """Writes `out`, `out.held.csv` and `out.manifest.json`, each replaced as a whole.

    `rows` are what `chosen_customers` gave, perhaps wrapped in a progress bar. The list is sorted
    by customer, then rank; the same release and wish give the same bytes.
    """
    beside_held, beside_manifest = _beside(out, "held.csv"), _beside(out, "manifest.json")
    with ExitStack() as files:
        new_manifest = files.enter_context(replacing(beside_manifest))
        new_held = files.enter_context(replacing(beside_held))
        new_out = files.enter_context(replacing(out))
        with threadpool_limits(1, "blas"):  # a list is too small to share between threads
            counts = _write(release, wish, rows, new_out, new_held)
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


def _write(
    release: Release, wish: Wish, rows: Iterable[int], out: Path, held: Path
) -> Counter[str]:
    """Counts of customers, suggestions and what each rule held back."""
    counts: Counter[str] = Counter()
    with (
        closing(writer_of(out)(out, LIST_COLUMNS)) as list_file,
        closing(CsvWriter(held, HELD_COLUMNS)) as held_file,
    ):
        for row in rows:
            found = suggest(release, release.customers.ids[row], wish)
            counts["customers"] += 1
            counts["customers_without_suggestion"] += not found.suggestions
            counts["suggestions"] += found.returned
            counts[f"source_{found.source}"] += 1
            counts.update(f"held_{rule}" for _, rule in found.held)
            for line in list_rows(release, row, found):
                list_file.write(line)
            for line in held_rows(release, row, found):
                held_file.write(line)
    return counts


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
        },
        "counts": dict(sorted(counts.items())),
    }
