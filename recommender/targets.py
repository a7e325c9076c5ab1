"""The call list of one product: who is most likely to take it, written and accounted for."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.errors import UnknownProductError
from recommender.listing.difference import difference
from recommender.listing.formats import CsvWriter, writer_of
from recommender.listing.replacing import replacing
from recommender.listing.rows import (
    HELD_COLUMNS,
    LIST_COLUMNS,
    held_target_rows,
    target_rows,
)
from recommender.listing.selection import Selection, chosen_customers
from recommender.release.contents import Flags
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release
from recommender.suggest.facts import FactsBook
from recommender.suggest.suggestion import RankBy
from recommender.suggest.targets import TargetList, TargetWish, targets
from recommender.text import TextColumn

NEAR_IDS = 3


@dataclass(frozen=True)
class Ask:
    """What is asked for, word for word as the flags say it."""

    product_id: str
    n: int
    selection: Selection
    rank_by: RankBy = "chance"
    per_rep: int | None = None

    @property
    def wish(self) -> TargetWish:
        return TargetWish(self.n, self.rank_by, self.per_rep, self.selection.lists)


@dataclass(frozen=True)
class Targeted:
    """What was written, as the manifest beside the list says it."""

    out: Path
    manifest: dict[str, Any]


def call_list(release: Release, out: Path, ask: Ask, book: FactsBook) -> Targeted:
    """Writes `out`, `out.held.csv` and `out.manifest.json`, each replaced as a whole.

    Raises `UnknownProductError` that names the nearest, `ConfigError` for a rep nobody has. The
    same release, facts and flags give the same bytes.
    """
    check_known(release, ask.product_id)
    with threadpool_limits(1, "blas"):  # one customer is too small to share between threads
        found = targets(release, ask.product_id, ask.wish, book, _among(release, ask.selection))
    manifest = _manifest(release, ask, found)
    with ExitStack() as files:
        new_manifest = files.enter_context(replacing(_beside(out, "manifest.json")))
        new_held = files.enter_context(replacing(_beside(out, "held.csv")))
        new_out = files.enter_context(replacing(out))
        _write(release, found, new_out, new_held)
        manifest |= {
            "file": out.name,
            "sha256": sha256_of(new_out),
            "held_sha256": sha256_of(new_held),
            "difference_to_last_run": difference(out, new_out),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        new_manifest.write_text(text, encoding="utf-8")
    return Targeted(out, manifest)


def check_known(release: Release, product_id: str) -> None:
    """Raises `UnknownProductError` with the products whose id or name comes nearest."""
    products = release.products
    if products.ids.position(product_id) is not None:
        return
    near = _near(product_id, products.ids) or _near(product_id, products.name)
    named = [f"{products.ids[p]} ({products.name[p] or 'without a name'})" for p in near]
    remedy = f"did you mean {', or '.join(named)}?" if named else "nothing is called nearly so"
    raise UnknownProductError(
        f"no product {product_id!r} in release {release.name}; {remedy} "
        "Ids are taken as they are written, with their zeros"
    )


def _near(word: str, texts: TextColumn) -> list[int]:
    """Positions of the texts most alike in any case."""
    places: dict[str, int] = {}
    for place, text in enumerate(texts):
        places.setdefault(text.casefold(), place)
    return [places[text] for text in difflib.get_close_matches(word.casefold(), places, NEAR_IDS)]


def _among(release: Release, selection: Selection) -> Flags | None:
    if selection.rep is None:
        return None
    among = np.zeros(len(release.customers.ids), bool)
    among[chosen_customers(release, selection)] = True
    return among


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f"{out.name}.{ending}")


def _write(release: Release, found: TargetList, out: Path, held: Path) -> None:
    with (
        closing(writer_of(out)(out, LIST_COLUMNS)) as list_file,
        closing(CsvWriter(held, HELD_COLUMNS)) as held_file,
    ):
        for line in target_rows(release, found):
            list_file.write(line)
        for line in held_target_rows(release, found):
            held_file.write(line)


def _manifest(release: Release, ask: Ask, found: TargetList) -> dict[str, Any]:
    without_chance = sum(target.chance is None for target in found.targets)
    counts = Counter({f"held_{rule}": n for rule, n in found.withheld.items()}) | Counter(
        {"targets_without_chance": without_chance}
    )
    return {
        "release": release.name,
        "release_sha256": sha256_of(release.folder / MANIFEST),
        "inputs": {name: table["sha256"] for name, table in release.manifest.data.items()},
        "data_through": release.manifest.data_through,
        "settings": {
            "product_id": ask.product_id,
            "n": ask.n,
            "per_rep": ask.per_rep,
            "rank_by": ask.rank_by,
            "rep": ask.selection.rep,
            "all": ask.selection.also_without_contact,
            "channel": ask.selection.channel,
        },
        "counts": dict(sorted(({"targets": found.returned} | counts).items())),
    }
