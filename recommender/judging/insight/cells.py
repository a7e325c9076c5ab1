"""Customers and categories: which had a gap, which grew; counted again and again for intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.insight.potential.potential import Potential
from recommender.insight.potential.spend import Spend
from recommender.insight.potential.told import Told
from recommender.judging.bootstrap import Floats

DRAWS, BLOCK_CELLS = 200, 2_000_000
Mask = npt.NDArray[np.bool_]
Matrix = sparse.csr_matrix


@dataclass(frozen=True)
class Counted:
    """(customers, categories) each, 1 where one counts."""

    grew: Matrix
    """Of those with a gap."""
    gap: Matrix
    others_grew: Matrix
    other: Matrix
    are_all_but: bool = False
    """`other` holds what is not counted among the others: far less than what is."""

    def totals(self, seed: int = 0) -> tuple[Floats, Floats, Floats, Floats]:
        """(1 + draws, categories) each: as it was, then with customers drawn with putting back."""
        random, size = np.random.default_rng(seed), self.gap.shape[0]
        block = max(1, BLOCK_CELLS // max(size, 1))
        blocks = [self._weighed(np.ones((1, size)))]
        draws = [min(block, DRAWS - first) for first in range(0, DRAWS, block)]
        blocks += [self._weighed(_drawn(random, size, some)) for some in draws]
        grew, gap, others_grew, other = (np.vstack(part) for part in zip(*blocks, strict=True))
        return grew, gap, others_grew, other

    def _weighed(self, weights: Floats) -> list[Floats]:
        found = [
            np.asarray((part.T @ weights.T).T)
            for part in (self.grew, self.gap, self.others_grew, self.other)
        ]
        if self.are_all_but:
            found[-1] = weights.sum(axis=1, keepdims=True) - found[-1]
        return found


class Cells:
    """Of customers whose potential is told and that bought anything in the time after."""

    def __init__(self, before: Spend, after: Spend, potential: Potential) -> None:
        seen = (potential.told == Told.YES) & (after.size > 0)
        self.customers = int(seen.sum())
        self._rows = np.cumsum(seen) - 1
        self._before, self._after = before.shares[seen], after.shares[seen]
        self._potential = potential
        self._is_seen = seen[potential.customers]

    def begins(self) -> Counted:
        """In a category it had not bought in: expected to buy there, or not."""
        p = self._potential
        had, has = _ones(self._before), _ones(self._after)
        gap = self._cells((p.actual == 0) & p.has_gap)
        grew = gap.multiply(has).tocsr()
        began = has - has.multiply(had)
        return Counted(grew, gap, (began - grew).tocsr(), (had + gap).tocsr(), are_all_but=True)

    def widens(self) -> Counted:
        """Shares against the category's own trend: what all buy more of is nobody's growth."""
        p = self._potential
        told = (p.actual > 0) & np.isfinite(p.expected)
        gap, met = told & p.has_gap, told & (p.actual >= p.expected)
        trend = self._trend()
        was, became = self._at(self._before), self._at(self._after)
        grew = became > was * trend[p.categories]
        return Counted(
            self._cells(gap & grew), self._cells(gap), self._cells(met & grew), self._cells(met)
        )

    def _trend(self) -> Floats:
        later, before = (np.asarray(m.sum(axis=0)).ravel() for m in (self._after, self._before))
        return np.asarray((later + 1e-12) / (before + 1e-12))

    def _at(self, shares: Matrix) -> Floats:
        """(n,) of each entry of the potential, 0 for customers that are not looked at."""
        p, found = self._potential, np.zeros(len(self._potential))
        places = self._rows[p.customers[self._is_seen]], p.categories[self._is_seen]
        found[self._is_seen] = np.asarray(shares[places]).ravel()
        return found

    def _cells(self, entries: Mask) -> Matrix:
        p, kept = self._potential, entries & self._is_seen
        places = self._rows[p.customers[kept]], p.categories[kept]
        return sparse.csr_matrix((np.ones(int(kept.sum())), places), self._before.shape)


def _ones(shares: Matrix) -> Matrix:
    return (shares > 0).astype(np.float64).tocsr()


def _drawn(random: np.random.Generator, customers: int, draws: int) -> Floats:
    """(draws, customers) how often each was drawn."""
    drawn = [
        np.bincount(random.integers(0, customers, customers), minlength=customers)
        for _ in range(draws)
    ]
    return np.array(drawn, np.float64)
