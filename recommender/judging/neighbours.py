"""Baselines by products bought together: by the same customers, or on the same day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.judging.best import Rows, Scores, best_unbought
from recommender.judging.history import History
from recommender.models.highest import highest
from recommender.models.overlaps import shared
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import SECONDS_PER_DAY

NEIGHBOURS = 100
BLOCK_CELLS = 4_000_000


def item_knn(history: History) -> Ranked:
    """The 100 nearest products of each by cosine over customers, summed over what was bought."""
    sizes = np.sqrt(np.maximum(history.buyers, 1))
    return _liked(history, history.bought, _nearest(history.bought, sizes, sizes))


def last_basket(history: History) -> Ranked:
    """What others most often bought on one day with the products of the customer's last day."""
    baskets, owners = _baskets(history)
    held = np.maximum(np.bincount(baskets.indices, minlength=baskets.shape[1]), 1)
    together = _nearest(baskets, held.astype(np.float64), np.ones(len(held)))
    # of equal owners the last one written stays: their newest day
    newest = np.zeros(history.bought.shape[0], np.intp)
    newest[owners] = np.arange(len(owners))
    return _liked(history, baskets[newest], together)


def _liked(history: History, taken: sparse.csr_matrix, near: sparse.csr_matrix) -> Ranked:
    """Best by the sum of nearness to what was `taken`; nothing that is near to none of it."""

    def score(customers: Rows) -> Scores:
        scores = np.asarray((taken[customers] @ near).toarray(), np.float32)
        return np.where(scores > 0, scores, np.float32(-np.inf))

    return best_unbought(history, score)


def _nearest(
    held: sparse.csr_matrix,
    ones_size: npt.NDArray[np.float64],
    others_size: npt.NDArray[np.float64],
) -> sparse.csr_matrix:
    """(products, products) rows held both / (size of one * size of the other), 100 a product."""
    by_product = held.T.tocsr()
    products = held.shape[1]
    block = max(1, BLOCK_CELLS // products)
    parts = []
    for first in range(0, products, block):
        both = shared(held, by_product, range(products)[first : first + block])
        both[np.arange(len(both)), first + np.arange(len(both))] = 0.0
        both /= ones_size[first : first + block, None] * others_size
        parts.append(_largest(both))
    return sparse.csr_matrix(sparse.vstack(parts))


def _largest(values: npt.NDArray[np.float32]) -> sparse.csr_matrix:
    """The 100 largest of each row."""
    rows, columns, _ = highest(values, NEIGHBOURS, least=0.0)
    return sparse.csr_matrix((values[rows, columns], (rows, columns)), values.shape)


def _baskets(history: History) -> tuple[sparse.csr_matrix, npt.NDArray[np.int64]]:
    """(baskets, products) 1.0 where bought, a basket being a customer's day, and whose it is.

    By customer, then by day.
    """
    p = history.purchases
    days = p.purchased_at // SECONDS_PER_DAY
    span = int(days.max(initial=0)) + 1
    placed, basket = np.unique(p.customer_rows * span + days, return_inverse=True)
    shape = (len(placed), len(p.products))
    held = sparse.csr_matrix((np.ones(len(basket), np.float32), (basket, p.product_columns)), shape)
    held.data[:] = 1.0
    return held, placed // span
