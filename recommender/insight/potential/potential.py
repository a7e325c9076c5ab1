"""Actual against expected money of each customer and category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.money import Money
from recommender.insight.potential.peer_shares import PeerShares, active_peers, peer_shares
from recommender.insight.potential.spend import Spend
from recommender.insight.potential.told import LEAST_PEERS, Told
from recommender.insight.withheld import Withheld

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, repr=False)
class Potential:
    """Entries are those categories the customer buys in or is expected to.

    Of every other category the reason is the customer's `told`, or FEW_BUY where that is YES.
    """

    size: Money
    """(customers,) money in all."""
    peers: Numbers
    """(customers,) that bought anything in the time."""
    told: npt.NDArray[np.int8]
    """(customers,) `Told` of the customer: YES, NO_SIZE or FEW_PEERS."""
    starts: npt.NDArray[np.int64]
    """(customers + 1,) the entries of customer i are `starts[i]` up to `starts[i + 1]`."""
    categories: Numbers
    """(n,) ascending within a customer."""
    actual: Money
    """(n,)"""
    expected: Money
    """(n,) size times the median share of peers that buy; NaN where not told."""
    low: Money
    """(n,) 95 % interval of `expected`."""
    high: Money
    peers_buying: Numbers
    """(n,) 0 where not told."""

    def __len__(self) -> int:
        return len(self.categories)

    def __repr__(self) -> str:
        return (
            f"Potential({len(self.size):,} customers, {len(self):,} entries, "
            f"{int(self.has_gap.sum()):,} gaps)"
        )

    @property
    def customers(self) -> Numbers:
        """(n,) row of each entry."""
        rows = np.arange(len(self.size), dtype=np.int32)
        return np.repeat(rows, np.diff(self.starts))

    @property
    def gap(self) -> Money:
        """(n,) money the customer would spend more if it were like its peers; NaN if not told."""
        return np.maximum(self.expected - self.actual, 0.0)

    @property
    def has_gap(self) -> npt.NDArray[np.bool_]:
        """(n,) True where even the low end of what is expected lies above what is bought."""
        return np.asarray(self.low > self.actual)


def find_potential(spend: Spend, peers: Numbers) -> Potential | Withheld:
    """`peers` (customers, peers) rows of customers alike, -1 where there are fewer."""
    if peers.shape[:1] != spend.size.shape:
        raise ValueError(f"peers of {len(peers)} customers, money of {len(spend.size)}")
    if not spend.by_category.nnz:
        return Withheld(
            "no purchase has both a price and a category; potential needs [purchases] unit_price "
            "and [products] category"
        )
    shares = peer_shares(spend, peers)
    counts = active_peers(spend, peers).sum(axis=1).astype(np.int32)
    told = np.where(counts >= LEAST_PEERS, Told.YES, Told.FEW_PEERS)
    told = np.where(spend.size > 0, told, Told.NO_SIZE)
    return _entries(spend, shares, counts, told.astype(np.int8))


def _entries(
    spend: Spend, shares: PeerShares, counts: Numbers, told: npt.NDArray[np.int8]
) -> Potential:
    """Cells with money, and cells with an expectation, each once and in order."""
    customers, categories = spend.by_category.shape
    money = spend.by_category.tocoo()
    expected_at = shares.customers.astype(np.int64) * categories + shares.categories
    actual_at = money.row.astype(np.int64) * categories + money.col
    cells = np.union1d(expected_at, actual_at)
    actual, buying = np.zeros(len(cells)), np.zeros(len(cells), np.int32)
    actual[np.searchsorted(cells, actual_at)] = money.data
    told_at = np.searchsorted(cells, expected_at)
    buying[told_at] = shares.buying
    expected = np.full((3, len(cells)), np.nan)
    expected[:, told_at] = spend.size[shares.customers] * [shares.middle, shares.low, shares.high]
    return Potential(
        size=spend.size,
        peers=counts,
        told=told,
        starts=np.searchsorted(cells, np.arange(customers + 1) * categories),
        categories=(cells % categories).astype(np.int32),
        actual=actual,
        expected=expected[0],
        low=expected[1],
        high=expected[2],
        peers_buying=buying,
    )
