"""From scores to lists: the best products of each customer, a block of customers at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from recommender.judging.history import History
from recommender.models.highest import highest
from recommender.ranking.ranked import Ranked

LISTED = 20
"""Places of a baseline's list."""
BLOCK_CELLS = 4_000_000
"""Scores held at once."""

Rows = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float32]
Score = Callable[[Rows], Scores]
"""Customers -> (customers, products), -inf for what must not be listed."""


def best_unbought(history: History, score: Score) -> Ranked:
    """The 20 highest of each customer among products sold in the year and never bought by it."""
    unsold = history.buyers == 0
    lists, owners = [], []
    for customers in _blocks(history):
        scores = score(customers)
        scores[history.owned[customers].nonzero()] = -np.inf
        scores[:, unsold] = -np.inf
        rows, products, _ = highest(scores, LISTED)
        lists.append(products)
        owners.append(customers[rows])
    return ranked_of(owners, lists, history.bought.shape[0])


def first_unbought(history: History, order: Rows) -> Ranked:
    """The first 20 of one order for all that each customer has not bought."""
    lists, owners = [], []
    owned = history.owned[:, order]
    counts = np.diff(history.owned.indptr)
    for customers in _blocks(history):
        within = min(LISTED + int(counts[customers].max()), len(order))
        free = owned[customers, :within].toarray() == 0
        listed = free & (np.cumsum(free, axis=1) <= LISTED)
        lists.append(order[listed.nonzero()[1]])
        owners.append(np.repeat(customers, listed.sum(axis=1)))
    return ranked_of(owners, lists, history.bought.shape[0])


def ranked_of(
    owners: Sequence[Rows], products: Sequence[npt.NDArray[np.integer]], customers: int
) -> Ranked:
    """Lists of customers in ascending order; `chance` only falls from place to place."""
    owner = np.concatenate([np.zeros(0, np.int32), *owners])
    starts = np.searchsorted(owner, np.arange(customers + 1)).astype(np.int64)
    place = np.arange(len(owner)) - starts[owner]
    listed = np.concatenate([np.zeros(0, np.int32), *products]).astype(np.int32)
    return Ranked(starts=starts, products=listed, chance=(1 / (place + 1)).astype(np.float32))


def _blocks(history: History) -> Iterator[Rows]:
    customers = history.customers
    size = max(1, BLOCK_CELLS // max(history.bought.shape[1], 1))
    for first in range(0, len(customers), size):
        yield customers[first : first + size]
