"""One order out of many candidates: most likely first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.tables.large.growing import Growing

MOST_KEPT = 200
"""Ranked candidates a customer keeps in a release."""


@dataclass(frozen=True)
class Scored:
    """Candidates of some customers, customer by customer, with their chances."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    chance: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Ranked:
    """Products of every customer, most likely first."""

    starts: npt.NDArray[np.int64]
    products: npt.NDArray[np.int32]
    chance: npt.NDArray[np.float32]

    @property
    def customers(self) -> npt.NDArray[np.int64]:
        """(entries,) whose list each entry stands in."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """(entries,) 0 for the first of a list."""
        return np.arange(len(self.products)) - self.starts[self.customers]

    def first(self, most: int) -> Ranked:
        """The first so many places of every list."""
        return self._beginnings(np.minimum(np.diff(self.starts), most))

    def of(self, customers: npt.NDArray[np.bool_]) -> Ranked:
        """(customers,) True for whose lists stay; the others are empty."""
        return self._beginnings(np.where(customers, np.diff(self.starts), 0))

    def _beginnings(self, lengths: npt.NDArray[np.int64]) -> Ranked:
        """So many places of each list; asks for memory for these alone."""
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        entries = np.repeat(self.starts[:-1] - starts[:-1], lengths)
        entries += np.arange(starts[-1])
        return Ranked(starts, self.products[entries], self.chance[entries])

    def take(self, entries: npt.NDArray[np.bool_]) -> Ranked:
        """(entries,) True for what stays."""
        kept = np.flatnonzero(entries)
        starts = np.searchsorted(kept, self.starts).astype(np.int64)
        return Ranked(starts, self.products[kept], self.chance[kept])


def rank(scored: Iterable[Scored], customers: int) -> Ranked:
    """At most `MOST_KEPT` each; blocks come with customers ascending over all of them."""
    lengths = np.zeros(customers, np.int64)
    with Growing(np.int32) as products, Growing(np.float32) as chances:
        for block in scored:
            order = _most_likely_first(block)
            lengths += np.bincount(block.customers[order], minlength=customers)
            products.write(block.products[order])
            chances.write(block.chance[order])
        return Ranked(
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            products=products.whole(),
            chance=chances.whole(),
        )


def _most_likely_first(block: Scored) -> npt.NDArray[np.intp]:
    """Positions of the kept pairs, customer by customer; of equals the lower product first."""
    order = np.lexsort((block.products, -block.chance, block.customers))
    customers = block.customers[order]
    place = np.arange(len(order)) - np.searchsorted(customers, customers)
    return order[place < MOST_KEPT]
