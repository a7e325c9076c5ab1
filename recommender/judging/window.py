"""What customers bought in the weeks after a moment: the truth that lists are judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

WINDOW_DAYS = 28
HISTORY_DAYS = 365
"""In which a customer or a product must have been seen to be judged."""
BEGINNING = np.iinfo(np.int64).min
"""Earlier than every purchase."""


@dataclass(frozen=True, repr=False)
class Truth:
    """Matrices (customers, products) bool; `new` and `again` hold only what was known at `at`.

    A customer or a product is known by a purchase in the year before; returns are not looked at.
    """

    at: int
    """Seconds since 1970 UTC."""
    new: sparse.csr_matrix
    """Bought within 28 days from `at`, never before."""
    again: sparse.csr_matrix
    """Bought within 28 days from `at` and within the year before."""
    before: sparse.csr_matrix
    """Bought within the year before."""
    after: sparse.csr_matrix
    """Bought within 28 days from `at`, by anyone, known or not."""

    def __repr__(self) -> str:
        return f"Truth({self.new.nnz:,} pairs new, {self.again.nnz:,} again)"

    def of(self, customers: npt.NDArray[np.bool_]) -> Truth:
        """(customers,) True for those to be judged on."""
        new, again, after = (_rows(m, customers) for m in (self.new, self.again, self.after))
        return replace(self, new=new, again=again, after=after)


def truth_of(purchases: Purchases, at: int) -> Truth:
    """Of the window that begins at `at` (seconds since 1970 UTC); `purchases` reach past it."""
    before = bought_between(purchases, at - HISTORY_DAYS * SECONDS_PER_DAY, at)
    after = bought_between(purchases, at, at + WINDOW_DAYS * SECONDS_PER_DAY)
    judged = _among_known(after, before)
    return Truth(
        at=at,
        new=_canonical(judged > bought_between(purchases, BEGINNING, at)),
        again=_canonical(judged.multiply(before)),
        before=before,
        after=after,
    )


def bought_between(purchases: Purchases, since: int, until: int) -> sparse.csr_matrix:
    """(customers, products) True where a quantity above 0 was bought in [since, until)."""
    times = purchases.purchased_at
    lines = np.flatnonzero((times >= since) & (times < until) & (purchases.quantity > 0))
    customers, products = purchases.customer_rows[lines], purchases.product_columns[lines]
    # canonical order puts the lines of a pair next to each other
    first = np.ones(len(lines), bool)
    first[1:] = (np.diff(customers) != 0) | (np.diff(products) != 0)
    return _bool_matrix(customers[first], products[first], purchases)


def _bool_matrix(
    customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32], purchases: Purchases
) -> sparse.csr_matrix:
    shape = (len(purchases.customers), len(purchases.products))
    return _canonical(
        sparse.csr_matrix((np.ones(len(customers), bool), (customers, products)), shape)
    )


def _rows(matrix: sparse.csr_matrix, kept: npt.NDArray[np.bool_]) -> sparse.csr_matrix:
    """The others become empty."""
    entries = np.repeat(kept, np.diff(matrix.indptr))
    starts = np.concatenate([[0], np.cumsum(entries)])[matrix.indptr]
    return sparse.csr_matrix((matrix.data[entries], matrix.indices[entries], starts), matrix.shape)


def _among_known(after: sparse.csr_matrix, before: sparse.csr_matrix) -> sparse.csr_matrix:
    """`after` without customers and products that have no purchase in `before`."""
    pairs = after.tocoo()
    customers = np.diff(before.indptr) > 0
    products = np.bincount(before.indices, minlength=before.shape[1]) > 0
    known = customers[pairs.row] & products[pairs.col]
    kept = (pairs.data[known], (pairs.row[known], pairs.col[known]))
    return sparse.csr_matrix(kept, shape=after.shape)


def _canonical(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Sorted, and storing nothing that is False."""
    rows = sparse.csr_matrix(matrix)
    rows.eliminate_zeros()
    rows.sort_indices()
    return rows
