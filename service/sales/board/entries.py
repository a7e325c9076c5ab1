"""The potential of all customers, laid out so that totals are a few passes over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags
from recommender.release.opening import Release

Money = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class BoardEntries:
    """Built once a release. A gap counts only where even the low end lies above what is bought."""

    categories: tuple[str, ...]
    """Those that anybody buys in or should."""
    customers: npt.NDArray[np.int32]
    """Of each entry; entries are sorted by category, then customer."""
    starts: Rows
    """(categories,) where the entries of a category begin."""
    actual: Money
    gap: Money
    actual_of: Money
    """(customers,) in all categories."""
    gap_of: Money
    regions: tuple[str, ...]
    region_numbers: Rows
    """(customers,) -1 where none is known."""

    @classmethod
    def of(cls, release: Release) -> BoardEntries:
        part, count = release.contents.potential, len(release.customers.ids)
        owners = np.repeat(np.arange(count, dtype=np.int32), np.diff(part.starts))
        gap = np.where(part.low > part.actual, part.expected - part.actual, 0.0)
        order = np.argsort(part.categories, kind="stable")
        numbers, starts = np.unique(part.categories[order], return_index=True)
        regions, region_numbers = np.unique(list(release.customers.region), return_inverse=True)
        return cls(
            categories=tuple(release.category_names[int(number)] for number in numbers),
            customers=owners[order],
            starts=starts,
            actual=part.actual[order],
            gap=gap[order],
            actual_of=np.bincount(owners, part.actual, count).astype(np.float64),
            gap_of=np.bincount(owners, gap, count).astype(np.float64),
            regions=tuple(regions.tolist()),
            region_numbers=region_numbers.astype(np.int64),
        )

    def totals(self, counted: Flags) -> tuple[Money, Money, Rows]:
        """By category: actual, gap, and how many customers have one."""
        if not len(self.starts):
            nothing = np.zeros(0)
            return nothing, nothing, nothing.astype(np.int64)
        of = counted[self.customers]
        has_gap = of & (self.gap > 0)
        return (
            np.add.reduceat(self.actual * of, self.starts),
            np.add.reduceat(self.gap * of, self.starts),
            np.add.reduceat(has_gap, self.starts, dtype=np.int64),
        )

    def of_region(self, region: str) -> Flags:
        if region not in self.regions:
            return np.zeros(len(self.region_numbers), bool)
        found: Flags = self.region_numbers == self.regions.index(region)
        return found


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
