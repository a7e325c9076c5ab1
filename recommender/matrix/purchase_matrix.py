"""The sparse matrix of customers by products that everything is learned from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.returns import Netted, pair_starts
from recommender.matrix.weights import RecencyQuantity
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.text import Ids


@dataclass(frozen=True, repr=False)
class PurchaseMatrix:
    """Customers by products, with what came to stay; pairs fully returned are kept apart."""

    weights: sparse.csr_matrix
    """(customers, products) float32, every stored weight finite and above 0."""
    times: npt.NDArray[np.int32]
    """(nnz,) purchases behind each stored weight, in the same order."""
    last_day: npt.NDArray[np.int32]
    """(nnz,) day of the last one, in days since 1970-01-01 UTC."""
    returned: sparse.csr_matrix
    """(customers, products) bool: bought and given back entirely."""
    customers: Ids
    products: Ids

    def __post_init__(self) -> None:
        wanted = (len(self.customers), len(self.products))
        if self.weights.shape != wanted or self.returned.shape != wanted:
            raise ValueError(f"matrices have shape {self.weights.shape}, the ids {wanted}")
        data = self.weights.data
        for name, column in (("times", self.times), ("last_day", self.last_day)):
            if len(column) != len(data):
                raise ValueError(f"{name} holds {len(column)} values for {len(data)} weights")
        if not (np.isfinite(data).all() and (data > 0).all()):
            raise ValueError(
                f"weights must be finite and above 0, found {data.min()} to {data.max()}"
            )

    def __repr__(self) -> str:
        customers, products = self.weights.shape
        return f"PurchaseMatrix({customers:,} x {products:,}, {self.weights.nnz:,} pairs)"

    @property
    def bought(self) -> sparse.csr_matrix:
        """1.0 where there is a weight."""
        ones = np.ones_like(self.weights.data)
        return sparse.csr_matrix(
            (ones, self.weights.indices, self.weights.indptr), self.weights.shape
        )


@dataclass(frozen=True)
class Pairs:
    """What the lines of each customer and product come to, by customer and product ascending."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    """Within the bounds of a pair; not yet held against what a customer may count."""
    times: npt.NDArray[np.int32]
    """Purchases that came to stay, maybe 0."""
    last_day: npt.NDArray[np.int32]
    """Of these, in days since 1970-01-01 UTC."""
    bought: npt.NDArray[np.bool_]
    """False where there are only returns."""


def build_matrix(netted: Netted, weighting: RecencyQuantity, now: int) -> PurchaseMatrix:
    """`now` (seconds since 1970 UTC) is what ages are counted from."""
    purchases = netted.purchases
    pairs = sum_pairs(netted, weighting, now)
    return matrix_of(pairs, weighting, purchases.customers, purchases.products)


LINES = 2**18
"""Summed at once: a dozen columns of so many numbers stay near the processor."""


def sum_pairs(netted: Netted, weighting: RecencyQuantity, now: int) -> Pairs:
    """Of all lines of some products: what a product weighs depends on no other one."""
    runs = _runs(netted)
    parts = [vars(_sum_run(netted, weighting, now, run)) for run in runs]
    return Pairs(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def weigh_again(
    matrix: PurchaseMatrix, netted: Netted, weighting: RecencyQuantity, now: int
) -> sparse.csr_matrix:
    """(customers, products) the weights of `matrix`, which came of the same lines, by another
    weighting; what pairs there are is shared with it."""
    parts = []
    for starts in _runs(netted):
        lines, first = slice(int(starts[0]), int(starts[-1])), starts - starts[0]
        weights = weighting.of_pairs(weighting.of_lines(netted, now, lines), first)
        stays = (netted.left[lines] > 0).astype(np.int32)
        parts.append(weights[_by_pair(np.add, stays, first[:-1]) > 0])
    counts = np.diff(matrix.weights.indptr)
    customers = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    weights = weighting.of_customers(np.concatenate(parts), customers)
    pairs = matrix.weights.indices, matrix.weights.indptr
    return sparse.csr_matrix((weights, *pairs), matrix.weights.shape)


def _runs(netted: Netted) -> list[npt.NDArray[np.intp]]:
    """Where the pairs of a run of lines begin and the last of them ends; at least one run.

    A run begins with the pair of every so many-th line, so that each pair lies within one.
    """
    starts = pair_starts(netted.purchases)
    begins = np.searchsorted(starts[:-1], np.arange(0, starts[-1], LINES))
    edges = np.unique(np.append(begins, len(starts) - 1)).tolist()
    return [starts[a : b + 1] for a, b in pairwise(edges)] or [starts]


def _sum_run(
    netted: Netted, weighting: RecencyQuantity, now: int, starts: npt.NDArray[np.intp]
) -> Pairs:
    """Of the pairs that begin at `starts`, without the last, which is where the lines end."""
    purchases, lines = netted.purchases, slice(int(starts[0]), int(starts[-1]))
    stays, first = netted.left[lines] > 0, starts[:-1] - starts[0]
    days = np.where(stays, purchases.purchased_at[lines] // SECONDS_PER_DAY, 0)
    bought = _by_pair(np.add, (purchases.quantity[lines] > 0).astype(np.int32), first)
    weights = weighting.of_lines(netted, now, lines)
    return Pairs(
        customers=purchases.customer_rows[starts[:-1]],
        products=purchases.product_columns[starts[:-1]],
        weights=weighting.of_pairs(weights, starts - starts[0]),
        times=_by_pair(np.add, stays.astype(np.int32), first).astype(np.int32),
        last_day=_by_pair(np.maximum, days, first).astype(np.int32),
        bought=bought > 0,
    )


def matrix_of(
    pairs: Pairs, weighting: RecencyQuantity, customers: Ids, products: Ids
) -> PurchaseMatrix:
    """Of all pairs there are, in canonical order."""
    kept = pairs.times > 0
    gone = pairs.bought & ~kept
    rows, columns = pairs.customers, pairs.products
    shape = (len(customers), len(products))
    weights = weighting.of_customers(pairs.weights[kept], rows[kept])
    return PurchaseMatrix(
        weights=_csr(weights, rows[kept], columns[kept], shape),
        times=pairs.times[kept],
        last_day=pairs.last_day[kept],
        returned=_csr(np.ones(int(gone.sum()), bool), rows[gone], columns[gone], shape),
        customers=customers,
        products=products,
    )


def _by_pair(
    ufunc: np.ufunc, lines: npt.NDArray[np.generic], first: npt.NDArray[np.intp]
) -> npt.NDArray[np.int64]:
    return np.asarray(ufunc.reduceat(lines, first) if len(lines) else lines)


def _csr(
    data: npt.NDArray[np.generic],
    customers: npt.NDArray[np.int32],
    products: npt.NDArray[np.int32],
    shape: tuple[int, int],
) -> sparse.csr_matrix:
    """Pairs arrive in canonical order, so rows and columns are already sorted and unique."""
    indptr = np.searchsorted(customers, np.arange(shape[0] + 1)).astype(np.int32)
    return sparse.csr_matrix((data, products, indptr), shape)
