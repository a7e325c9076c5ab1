"""The potential of all customers, laid out so that totals are a few passes over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags
from recommender.release.opening import Release

Money = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """(categories,) each."""

    actual: Money
    gap: Money
    bought: Rows
    """Customers with purchases, or returns."""
    with_gap: Rows

    def without(self, some: Sums) -> Sums:
        """Of the others; what nobody is left of is 0, whatever rounding leaves."""
        bought, with_gap = self.bought - some.bought, self.with_gap - some.with_gap
        return Sums(
            np.where(bought > 0, self.actual - some.actual, 0.0),
            np.where(with_gap > 0, self.gap - some.gap, 0.0),
            bought,
            with_gap,
        )


@dataclass(frozen=True, repr=False)
class BoardEntries:
    """Built once a release. A gap counts only where even the low end lies above what is bought."""

    categories: tuple[str, ...]
    """Those that anybody buys in or should."""
    starts: Rows
    """(customers + 1,) where the entries of each customer begin."""
    numbers: npt.NDArray[np.int32]
    """Of each entry, its position in `categories`."""
    actual: Money
    gap: Money
    actual_of: Money
    """(customers,) in all categories."""
    gap_of: Money
    whole: Sums
    """Of all customers."""
    regions: tuple[str, ...]
    region_numbers: Rows
    """(customers,) -1 where none is known."""

    @classmethod
    def of(cls, release: Release) -> BoardEntries:
        part, count = release.contents.potential, len(release.customers.ids)
        owners = np.repeat(np.arange(count, dtype=np.int32), np.diff(part.starts))
        gap = np.where(part.low > part.actual, part.expected - part.actual, 0.0)
        known, numbers = np.unique(part.categories, return_inverse=True)
        regions, region_numbers = np.unique(list(release.customers.region), return_inverse=True)
        return cls(
            categories=tuple(release.category_names[int(number)] for number in known),
            starts=part.starts,
            numbers=numbers.astype(np.int32),
            actual=part.actual,
            gap=gap,
            actual_of=np.bincount(owners, part.actual, count).astype(np.float64),
            gap_of=np.bincount(owners, gap, count).astype(np.float64),
            whole=_sums(numbers, part.actual, gap, len(known)),
            regions=tuple(regions.tolist()),
            region_numbers=region_numbers.astype(np.int64),
        )

    def totals(self, counted: Flags) -> tuple[Money, Money, Rows]:
        """By category: actual, gap, and how many customers have one.

        Costs as much as the fewer have: those who are counted, or those left out of the whole.
        """
        if 2 * np.count_nonzero(counted) <= len(counted):
            found = self._sums_of(np.flatnonzero(counted))
        else:
            found = self.whole.without(self._sums_of(np.flatnonzero(~counted)))
        return found.actual, found.gap, found.with_gap

    def orders(self, by_name: Rows) -> dict[Literal["gap", "actual"], Rows]:
        """Customers, most money first; of equals the one whose name comes first."""
        money: dict[Literal["gap", "actual"], Money] = {
            "gap": self.gap_of,
            "actual": self.actual_of,
        }
        return {
            sort: by_name[np.argsort(-amounts[by_name], kind="stable")]
            for sort, amounts in money.items()
        }

    def _sums_of(self, rows: Rows) -> Sums:
        first, sizes = self.starts[rows], np.diff(self.starts)[rows]
        before = np.cumsum(sizes) - sizes
        entries = np.repeat(first - before, sizes) + np.arange(sizes.sum())
        of = self.numbers[entries], self.actual[entries], self.gap[entries]
        return _sums(*of, len(self.categories))

    def of_region(self, region: str) -> Flags:
        if region not in self.regions:
            return np.zeros(len(self.region_numbers), bool)
        found: Flags = self.region_numbers == self.regions.index(region)
        return found


def _sums(numbers: npt.NDArray[np.integer[Any]], actual: Money, gap: Money, count: int) -> Sums:
    return Sums(
        np.bincount(numbers, actual, count).astype(np.float64),
        np.bincount(numbers, gap, count).astype(np.float64),
        np.bincount(numbers[actual != 0], minlength=count),
        np.bincount(numbers[gap > 0], minlength=count),
    )


class NotAllowed:
    """Whose purchases may not be used; a change costs as much as there is changed."""

    def __init__(self, release: Release) -> None:
        self._ids = release.customers.ids
        self._known: tuple[frozenset[str], Flags] = (
            frozenset(),
            np.zeros(len(self._ids), bool),
        )

    def flags(self, refused: frozenset[str], asked_first: bool) -> Flags:
        """`refused` differ from the rest: they said no, or yes where one must be `asked_first`."""
        before, differing = self._known
        if before is not refused:
            differing = differing.copy()
            for customer_id in before ^ refused:
                row = self._ids.position(customer_id)
                if row is not None:
                    differing[row] = customer_id in refused
            self._known = refused, differing
        return ~differing if asked_first else differing
