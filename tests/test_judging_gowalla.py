"""The ruler gives what papers published, before anything else it says is believed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recommender.judging.baselines import popularity
from recommender.judging.history import History
from recommender.judging.metrics import Depth, scores
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


def test_popularity_reproduces_the_published_figures_on_gowalla() -> None:
    rows = pd.read_parquet(raw_dataset("gowalla") / "interactions.parquet")
    shape = (int(rows.user.max()) + 1, int(rows.item.max()) + 1)
    nothing = Ids.of([])
    none = {name: np.zeros(0, np.int32) for name in ("customer_rows", "product_columns", "orders")}
    numbers = {name: np.zeros(0) for name in ("purchased_at", "quantity", "unit_price")}
    unread = Purchases(nothing, nothing, **none, **numbers)
    train = of_split(rows, "train", shape).astype(np.float32)
    ranked = popularity(History(unread, train, at(0)))
    recall, ndcg, _, _ = scores(ranked, of_split(rows, "test", shape), AS_PUBLISHED).mean(axis=0)
    assert (round(recall, 4), round(ndcg, 4)) == (0.0416, 0.0317)
