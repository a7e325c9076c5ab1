"""What share of their money a customer's peers spend in each category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from recommender.insight.potential.spend import Spend
from recommender.insight.potential.told import LEAST_BUYING, LEAST_PEERS

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
BLOCK_CELLS = 4_000_000
"""Shares held at once; 32 MB."""
OUTSIDE = 0.025
"""On either side of a 95 % interval."""


@dataclass(frozen=True)
class PeerShares:
    """One entry a customer and category of which enough peers buy, in that order."""

    customers: Numbers
    categories: Numbers
    buying: Numbers
    """(n,) peers that buy in the category."""
    middle: Floats
    """(n,) median of their shares."""
    low: Floats
    """(n,) 95 % interval of that median, by order statistics."""
    high: Floats


def active_peers(spend: Spend, peers: Numbers) -> npt.NDArray[np.bool_]:
    """(customers, peers) True for peers there are, that bought anything in the time."""
    return np.asarray((peers >= 0) & (spend.size > 0)[peers])


def peer_shares(spend: Spend, peers: Numbers) -> PeerShares:
    """`peers` (customers, peers) rows of others, -1 where there are fewer."""
    blocks = list(_blocks(spend, peers))
    columns = [np.concatenate(column) for column in zip(*blocks, strict=True)] if blocks else []
    if not columns:
        none = np.zeros(0, np.int32)
        return PeerShares(none, none, none, *(np.zeros(0) for _ in range(3)))
    return PeerShares(*columns)


def _blocks(spend: Spend, peers: Numbers) -> Iterator[tuple[npt.NDArray[np.generic], ...]]:
    shares, active = spend.shares, active_peers(spend, peers)
    counts = active.sum(axis=1)
    asked = np.flatnonzero((counts >= LEAST_PEERS) & (spend.size > 0))
    width = max(1, BLOCK_CELLS // max(1, peers.shape[1] * shares.shape[1]))
    for first in range(0, len(asked), width):
        rows = asked[first : first + width]
        block = shares[peers[rows].ravel()].toarray().reshape(*peers[rows].shape, -1)
        block *= active[rows][:, :, None]
        buying = (block > 0).sum(axis=1)
        place, categories = np.nonzero(buying >= LEAST_BUYING * counts[rows][:, None])
        buyers = buying[place, categories]
        ordered = np.sort(block[place, :, categories], axis=1)
        yield (
            rows[place].astype(np.int32),
            categories.astype(np.int32),
            buyers.astype(np.int32),
            *_of_buyers(ordered, buyers),
        )


def _of_buyers(ordered: Floats, buyers: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Median and its interval over the last `buyers` of each ascending row; the rest is 0."""
    none = ordered.shape[1] - buyers
    rows = np.arange(len(ordered))
    middle = ordered[rows, none + (buyers - 1) // 2] + ordered[rows, none + buyers // 2]
    rank = _ranks(ordered.shape[1])[buyers]
    return middle / 2, ordered[rows, none + rank], ordered[rows, none + buyers - 1 - rank]


@cache
def _ranks(most: int) -> npt.NDArray[np.int64]:
    """(most + 1,) for each number of values, how many lie below the interval of their median.

    Conover, Practical Nonparametric Statistics, 1999, 3.2: as many as a fair coin falls short of
    with a chance of at most 2.5 %.
    """
    short = binom.ppf(OUTSIDE, np.arange(most + 1), 0.5)
    return np.maximum(np.nan_to_num(short) - 1, 0).astype(np.int64)
