"""How good each customer's list was, by what the customer bought next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.ranking.ranked import Ranked

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Depth:
    """How far down a list each metric looks, and what recall divides by."""

    recall: int = 20
    ndcg: int = 10
    hit: int = 10
    mrr: int = 20
    of_all_bought: bool = False
    """Recall's divisor: everything bought, as papers have it; else at most as many as fit in."""

    @property
    def names(self) -> tuple[str, ...]:
        return (
            f"recall{self.recall}",
            f"ndcg{self.ndcg}",
            f"hit{self.hit}",
            f"mrr{self.mrr}",
        )

    @property
    def most(self) -> int:
        return max(self.recall, self.ndcg, self.hit, self.mrr)


RULER = Depth()
METRICS = RULER.names
"""The columns of every score: recall20, ndcg10, hit10, mrr20."""


def buyers(bought: sparse.csr_matrix) -> Rows:
    """Customers with at least one product in `bought`: those a list is judged on."""
    return np.flatnonzero(np.diff(bought.indptr)).astype(np.int32)


def scores(
    ranked: Ranked, bought: sparse.csr_matrix, depth: Depth = RULER
) -> npt.NDArray[np.float64]:
    """(buyers, 4) recall, nDCG, hit and reciprocal rank; 0 throughout for one without a list.

    `bought` (customers, products) bool, sorted. nDCG with the ideal list cut at what was bought.
    """
    rows = buyers(bought)
    hits = _hits(first_places(ranked, rows, depth.most), rows, bought)
    wanted = np.diff(bought.indptr)[rows]
    return np.column_stack(
        [
            _recall(hits[:, : depth.recall], wanted, depth.of_all_bought),
            _ndcg(hits[:, : depth.ndcg], wanted),
            hits[:, : depth.hit].any(axis=1),
            _reciprocal_rank(hits[:, : depth.mrr]),
        ]
    ).astype(np.float64)


def first_places(ranked: Ranked, customers: Rows, depth: int) -> Rows:
    """(customers, depth) products in order of rank, -1 where a list is shorter."""
    first = ranked.starts[customers]
    lengths = ranked.starts[customers.astype(np.int64) + 1] - first
    places = np.arange(depth)
    listed = places < lengths[:, None]
    found = np.full(listed.shape, -1, np.int32)
    found[listed] = ranked.products[(first[:, None] + places)[listed]]
    return found


def _hits(products: Rows, customers: Rows, bought: sparse.csr_matrix) -> npt.NDArray[np.bool_]:
    """(customers, depth) True where the product of that place was bought."""
    width = bought.shape[1]
    pairs = bought.tocoo()
    keys = pairs.row.astype(np.int64) * width + pairs.col
    asked = customers[:, None].astype(np.int64) * width + products
    return np.isin(asked, keys) & (products >= 0)


def _recall(hits: npt.NDArray[np.bool_], wanted: Rows, of_all_bought: bool) -> Floats:
    most = wanted if of_all_bought else np.minimum(wanted, hits.shape[1])
    return np.asarray(hits.sum(axis=1) / most)


def _ndcg(hits: npt.NDArray[np.bool_], wanted: Rows) -> Floats:
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)
    return np.asarray((hits * discount).sum(axis=1) / ideal[np.minimum(wanted, len(ideal)) - 1])


def _reciprocal_rank(hits: npt.NDArray[np.bool_]) -> Floats:
    return np.where(hits.any(axis=1), 1.0 / (hits.argmax(axis=1) + 1), 0.0)
