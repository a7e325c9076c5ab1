"""What a customer buys in each category, and what it would if it were like its peers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from recommender.insight.potential.told import LEAST_PEERS, Told
from recommender.release.opening import Release


@dataclass(frozen=True)
class Expected:
    """Money of a year."""

    middle: float
    low: float
    """95 % interval of `middle`."""
    high: float
    peers_buying: int


@dataclass(frozen=True)
class CategoryPotential:
    category: str
    actual: float
    expected: Expected | None
    """None where too few of the peers buy in it."""

    @property
    def gap(self) -> float:
        """Money that it would spend more; 0 where that is not told."""
        return max(self.expected.middle - self.actual, 0.0) if self.expected else 0.0

    @property
    def has_gap(self) -> bool:
        """Even the low end of what is expected lies above what is bought."""
        return self.expected is not None and self.expected.low > self.actual


@dataclass(frozen=True)
class CustomerPotential:
    size: float
    """Money of the year in all."""
    peers: int
    """Customers alike that bought anything in it."""
    told: Told
    """Whether anything is expected of it, or why not."""
    categories: tuple[CategoryPotential, ...]
    """Those it buys in or is expected to; of all others too few peers buy."""


def potential_of(release: Release, row: int) -> CustomerPotential | None:
    """None where the release foretells none at all; `potential_withheld` says why."""
    part, sizes = release.contents.potential, release.contents.sizes
    if not len(part.categories):
        return None
    first, end = part.starts[row : row + 2].tolist()
    size, peers = float(sizes.size[row]), int(sizes.peers[row])
    return CustomerPotential(
        size=size,
        peers=peers,
        told=_told(size, peers),
        categories=_categories(release, slice(first, end)),
    )


def potential_withheld(release: Release) -> str | None:
    """Why nobody's is told; None where it is, and in a release of before it was."""
    about = release.manifest.settings.get("insight", {})
    reason: str | None = about.get("potential", {}).get("withheld")
    return reason


def _told(size: float, peers: int) -> Told:
    if size <= 0:
        return Told.NO_SIZE
    return Told.YES if peers >= LEAST_PEERS else Told.FEW_PEERS


def _categories(release: Release, entries: slice) -> tuple[CategoryPotential, ...]:
    part, names = release.contents.potential, release.category_names
    columns = (
        part.categories,
        part.actual,
        part.expected,
        part.low,
        part.high,
        part.peers_buying,
    )
    rows = zip(*(column[entries].tolist() for column in columns), strict=True)
    return tuple(
        CategoryPotential(
            category=names[category],
            actual=actual,
            expected=None if math.isnan(middle) else Expected(middle, low, high, peers_buying),
        )
        for category, actual, middle, low, high, peers_buying in rows
    )
