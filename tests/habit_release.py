"""The small release with what customers buy regularly, habit by habit, to be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recommender.release.contents import Contents
from recommender.release.insight import ProductRhythms
from recommender.release.opening import Release
from recommender.release.regular import Regular
from tests.made_up_release import in_memory
from tests.small_release import DATA_THROUGH, TODAY, small_contents

SAWMILL = "C09"
"""It bought all blades but the one that left the catalogue."""
_SMALL = small_contents()
PEERS = tuple(
    _SMALL.customers.ids[int(row)]
    for row in _SMALL.alike.peers[_SMALL.customers.ids.position(SAWMILL)]  # type: ignore[index]
)
"""The ten customers like it."""


@dataclass(frozen=True)
class Habit:
    """So much of a product every `gap` days, last `since` days before the day after the data."""

    customer: str
    product: str
    gap: float
    since: int
    quantity: float = 1.0
    chance: float = 0.3

    @property
    def place(self) -> tuple[int, int]:
        row = _SMALL.customers.ids.position(self.customer)
        column = _SMALL.products.ids.position(self.product)
        assert row is not None
        assert column is not None
        return row, column


def contents_with(habits: Iterable[Habit]) -> Contents:
    rows = sorted(habits, key=lambda habit: habit.place)
    each = np.bincount([h.place[0] for h in rows], minlength=len(_SMALL.customers.ids))
    starts = np.concatenate([[0], np.cumsum(each)]).astype(np.int64)
    rhythms = ProductRhythms(
        starts=starts,
        products=np.array([h.place[1] for h in rows], np.int32),
        days=np.full(len(rows), 5, np.int32),
        gap_days=np.array([h.gap for h in rows], np.float32),
        quantity=np.array([h.quantity for h in rows], np.float64),
        last_day=np.array([TODAY + 1 - h.since for h in rows], np.int32),
    )
    chances = Regular(starts, np.array([h.chance for h in rows], np.float32))
    return replace(small_contents(), product_rhythms=rhythms, regular=chances)


def release_with(*habits: Habit) -> Release:
    """In memory; its data end where those of the small release do."""
    made = in_memory(contents_with(habits))
    ends = DATA_THROUGH.isoformat()
    known = {"data_through": ends, "as_of": "2026-11-20T00:00:00+00:00"}
    manifest = made.manifest.model_copy(update=known)
    return Release(Path("nowhere"), manifest, made.contents)


def peers_that_take(product: str, *quantities: float) -> list[Habit]:
    """The first peers, every 73 days: five times the quantity a year."""
    return [
        Habit(peer, product, 73, 10, quantity)
        for peer, quantity in zip(PEERS, quantities, strict=False)
    ]
