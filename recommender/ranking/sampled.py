"""Of very many customers so many as tell the same: rehearsals are of them, lists of everyone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.tables.purchases import Purchases

MOST_REHEARSED = 100_000
"""Customers that rehearsals rank, and that lists are judged on."""
Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def enough(customers: Rows, most: int, random: np.random.Generator) -> Rows:
    """All, or so many of them at random, ascending."""
    if len(customers) <= most:
        return customers
    return np.sort(random.choice(customers, most, replace=False))


def are_very_many(purchases: Purchases) -> bool:
    """Whether some of the customers are rehearsed, and not all."""
    return int(np.count_nonzero(_buying(purchases))) > MOST_REHEARSED


def draw_rehearsed(purchases: Purchases, seed: int) -> Mask | None:
    """(customers,) True for whom is rehearsed; None where that is everyone."""
    buys = _buying(purchases)
    customers = np.flatnonzero(buys).astype(np.int32)
    if len(customers) <= MOST_REHEARSED:
        return None
    mask = np.zeros(len(buys), bool)
    mask[enough(customers, MOST_REHEARSED, np.random.default_rng(seed))] = True
    return mask


def _buying(purchases: Purchases) -> Mask:
    buys = np.zeros(len(purchases.customers), bool)
    buys[purchases.customer_rows] = True
    return buys
