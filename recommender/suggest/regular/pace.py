"""What a customer takes of a product in a year, beside what customers like it take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
import numpy.typing as npt

from recommender.insight.rhythm.state import State, states
from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Consent
from recommender.suggest.reasons import MINIMUM_CUSTOMERS, agreed_peers

YEAR_DAYS = 365
OUTSIDE = 0.025
"""On either side of the 95 % interval of a median."""
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PeersPace:
    """Of some products of one customer, what its peers take in a year."""

    peers: int
    """That agreed to be counted."""
    products: Numbers
    """Asked about, ascending."""
    places: npt.NDArray[np.intp]
    """(n,) position in `products`."""
    quantity: Doubles
    """(n,) a year, of one peer with a rhythm of that product."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(products,) peers with a rhythm of each."""
        return np.bincount(self.places, minlength=len(self.products))

    def lie_above(self, own: Doubles) -> Flags:
        """Where `own` (products,) lies below the 95 % interval of the median of the peers'.

        As many peers as lie below that interval may take as little; of five, none may.
        """
        counts = self.counts
        as_little = self.quantity <= own[self.places]
        below = np.bincount(self.places[as_little], minlength=len(own))
        most = _below_the_interval(int(counts.max(initial=0)))[counts]
        return np.asarray((counts >= MINIMUM_CUSTOMERS) & (below <= most))

    def of(self, product: int) -> Doubles:
        """What each of its peers takes in a year."""
        place = np.searchsorted(self.products, product)
        return np.asarray(self.quantity[self.places == place])


def peers_pace(
    release: Release, row: int, products: Numbers, day: int, consent: Consent
) -> PeersPace:
    """Of peers that have not stopped by `day` (days since 1970-01-01); each stands for itself."""
    peers, part = agreed_peers(release, row, consent), release.contents.product_rhythms
    entries = _entries(part.starts[peers], part.starts[peers + 1])
    place = np.full(len(release.products.ids), -1, np.int32)
    place[products] = np.arange(len(products))
    places = place[part.products[entries]]
    entries, places = entries[places >= 0], places[places >= 0]
    gaps = part.gap_days[entries]
    buys = states(day - part.last_day[entries], gaps) != State.LAPSED
    quantity = quantity_a_year(part.quantity[entries[buys]], gaps[buys])
    return PeersPace(len(peers), products, places[buys].astype(np.intp), quantity)


def quantity_a_year(quantity: Doubles, gap_days: npt.NDArray[np.float32]) -> Doubles:
    return np.asarray(quantity * YEAR_DAYS / gap_days.astype(np.float64))


def _entries(first: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All positions of the rows, one row after the other."""
    lengths = end - first
    return np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())


@cache
def _below_the_interval(most: int) -> npt.NDArray[np.int64]:
    """(most + 1,) for each number of values, how many lie below the interval of their median.

    Conover, Practical Nonparametric Statistics, 1999, 3.2, as in the potential: as many as a fair
    coin falls short of with a chance of at most 2.5 %.
    """
    return np.array([max(_falls_short(n) - 1, 0) for n in range(most + 1)])


def _falls_short(throws: int) -> int:
    """The fewest heads that so many throws stay at or below with a chance of 2.5 % or more."""
    heads, chance = 0, 0.5**throws
    while chance < OUTSIDE:
        heads += 1
        chance += comb(throws, heads) * 0.5**throws
    return heads
