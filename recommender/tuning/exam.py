"""An exam: one window whose past is known, on which settings show what they are worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.judging.best import ranked_of
from recommender.judging.metrics import Depth, buyers, scores
from recommender.judging.window import bought_between
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import Netted, net_returns, pair_starts
from recommender.models.settings import Settings
from recommender.models.topn import only, top_n
from recommender.ranking.windows import LENGTH
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

SHOWN, DEEP = Depth(), Depth(recall=100)
METRICS = ("ndcg10", "recall20", "recall100")
"""What a list shows, and what a ranker finds among its candidates."""


@dataclass(frozen=True, repr=False)
class Exam:
    """What was known at `at`, and what was bought for the first time in the 28 days from it on."""

    at: int
    """Seconds since 1970 UTC."""
    netted: Netted
    """The history that is learned from."""
    owned: sparse.csr_matrix
    """(customers, products) bool: ever bought before."""
    new: sparse.csr_matrix
    """(customers, products) bool: first bought in the window, of what was known."""

    def __repr__(self) -> str:
        return f"Exam({self.day}, {len(self.customers):,} customers, {self.new.nnz:,} pairs)"

    @property
    def day(self) -> str:
        return str(np.datetime64(self.at, "s").astype("datetime64[D]"))

    @property
    def customers(self) -> npt.NDArray[np.int32]:
        """Those who bought something new, ascending."""
        return buyers(self.new)

    @property
    def pairs(self) -> int:
        """Of customers and products in the history: what a fit has to go through."""
        return len(pair_starts(self.netted.purchases)) - 1

    @property
    def rows(self) -> int:
        """Customers and products in the history."""
        purchases = self.netted.purchases
        return len(np.unique(purchases.customer_rows)) + len(np.unique(purchases.product_columns))

    def marks(self, settings: Settings, iterations: int) -> npt.NDArray[np.float64]:
        """(customers, 3) `METRICS` of the lists of a plain ALS with these settings."""
        owners, lists = self.best_new(settings, iterations, self.customers)
        ranked = ranked_of(owners, lists, self.new.shape[0])
        marks = [_named(scores(ranked, self.new, depth), depth) for depth in (SHOWN, DEEP)]
        return np.column_stack([(marks[0] | marks[1])[name] for name in METRICS])

    def best_new(
        self, settings: Settings, iterations: int, customers: npt.NDArray[np.int32]
    ) -> tuple[list[npt.NDArray[np.int32]], list[npt.NDArray[np.intp]]]:
        """Customers (which must ascend) and products of the first 100 places of their lists."""
        weights = build_matrix(self.netted, settings.weighting, self.at).weights
        fewer = min(iterations, settings.als.iterations)
        factors = settings.engine.fit(weights, replace(settings.als, iterations=fewer))
        sold = np.bincount(weights.indices, minlength=weights.shape[1]) > 0
        offered, liking = only(factors.products, sold), factors.customers[customers]
        lists = list(top_n(liking, offered, self.owned[customers], DEEP.most))
        return [customers[some.customers] for some in lists], [some.products for some in lists]


def set_exam(purchases: Purchases, at: int, history_days: int) -> Exam:
    """Of the window that begins at `at` (seconds since 1970 UTC)."""
    ever = net_returns(purchases.before(at))
    history = ever.since(at - history_days * SECONDS_PER_DAY)
    owned = bought_between(purchases, int(purchases.purchased_at.min()), at)
    bought = bought_between(purchases, at, at + LENGTH)
    return Exam(at, history, owned, _first_bought(bought, owned, history))


def _named(found: npt.NDArray[np.float64], depth: Depth) -> dict[str, npt.NDArray[np.float64]]:
    return dict(zip(depth.names, found.T, strict=True))


def _first_bought(
    bought: sparse.csr_matrix, owned: sparse.csr_matrix, history: Netted
) -> sparse.csr_matrix:
    """What is bought but not owned, by customers and of products that the history knows."""
    kept = history.left > 0
    customers, products = (np.zeros(n, bool) for n in bought.shape)
    customers[history.purchases.customer_rows[kept]] = True
    products[history.purchases.product_columns[kept]] = True
    pairs = sparse.csr_matrix(bought > owned).tocoo()
    known = customers[pairs.row] & products[pairs.col] & pairs.data
    first = (pairs.data[known], (pairs.row[known], pairs.col[known]))
    new = sparse.csr_matrix(first, shape=bought.shape)
    new.sort_indices()
    return new
