"""The ruler gives what papers published, before anything else it says is believed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recommender.judging.baselines import popularity
from recommender.judging.best import Rows, Scores, best_unbought
from recommender.judging.history import History
from recommender.judging.metrics import Depth, scores
from recommender.models.als import AlsSettings, fit_als
from recommender.tables.purchases import Purchases
from recommender.text import Ids
from tests.conftest import raw_dataset
from tests.made_up import at

pytestmark = pytest.mark.slow
AS_PUBLISHED = Depth(recall=20, ndcg=20, of_all_bought=True)


def of_split(rows: pd.DataFrame, split: str, shape: tuple[int, int]) -> sparse.csr_matrix:
    pairs = rows[rows.split == split]
    ones = np.ones(len(pairs), bool)
    return sparse.csr_matrix((ones, (pairs.user, pairs.item)), shape)


NOTHING = Ids.of([])
UNREAD = Purchases(
    NOTHING,
    NOTHING,
    **{name: np.zeros(0, np.int32) for name in ("customer_rows", "product_columns", "orders")},
    **{name: np.zeros(0) for name in ("purchased_at", "quantity", "unit_price")},
)
"""For what looks at who bought what alone."""


@cache
def gowalla() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The train split, 1.0 where bought, and the test split."""
    rows = pd.read_parquet(raw_dataset("gowalla") / "interactions.parquet")
    shape = (int(rows.user.max()) + 1, int(rows.item.max()) + 1)
    return of_split(rows, "train", shape).astype(np.float32), of_split(rows, "test", shape)


def test_popularity_reproduces_the_published_figures_on_gowalla() -> None:
    train, test = gowalla()
    ranked = popularity(History(UNREAD, train, train, at(0)))
    recall, ndcg, _, _ = scores(ranked, test, AS_PUBLISHED).mean(axis=0)
    assert (round(recall, 4), round(ndcg, 4)) == (0.0416, 0.0317)


def test_our_als_reaches_the_published_figures_on_gowalla() -> None:
    train, test = gowalla()
    factors = fit_als(train, AlsSettings(factors=256, regularization=30.0, alpha=40.0))

    def liked(customers: Rows) -> Scores:
        return factors.customers[customers] @ factors.products.T

    ranked = best_unbought(History(UNREAD, train, train, at(0)), liked)
    recall, ndcg, _, _ = scores(ranked, test, AS_PUBLISHED).mean(axis=0)
    assert round(recall, 3) >= 0.171
    assert round(ndcg, 3) >= 0.142
