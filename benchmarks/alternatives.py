"""What others would hand in: ranked lists of products never bought, from a history alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from implicit.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

N = 20
Matrix = sparse.csr_matrix
Scores = Callable[[Matrix], np.ndarray]


def popularity(bought: Matrix) -> np.ndarray:
    return np.tile(np.asarray(bought.sum(axis=0)).ravel(), (bought.shape[0], 1))


def als_out_of_the_box(bought: Matrix) -> np.ndarray:
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(random_state=0)
        model.fit(bought, show_progress=False)
    return model.user_factors @ model.item_factors.T


def item_knn(bought: Matrix) -> np.ndarray:
    """Cosine, 100 neighbours."""
    both = (bought.T @ bought).toarray().astype(np.float32)
    length = np.sqrt(np.maximum(both.diagonal(), 1))
    cosine = both / length[:, None] / length[None, :]
    np.fill_diagonal(cosine, 0)
    if cosine.shape[0] > 100:
        least = np.partition(cosine, -100, axis=0)[-100]
        cosine[cosine < least[None, :]] = 0
    return bought @ cosine


def ease(bought: Matrix, regularization: float = 250.0) -> np.ndarray:
    """Steck, Embarrassingly Shallow Autoencoders, 2019."""
    gram = (bought.T @ bought).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += regularization
    inverse = np.linalg.inv(gram)
    weights = -inverse / inverse.diagonal()[None, :]
    np.fill_diagonal(weights, 0)
    return bought @ weights


ALTERNATIVES: dict[str, Scores] = {
    "popularity": popularity,
    "item-kNN": item_knn,
    "EASE": ease,
    "implicit ALS out of the box": als_out_of_the_box,
}


def ranked_list(history: pd.DataFrame, scores_of: Scores) -> pd.DataFrame:
    """customer_id, product_id, rank: the best 20 that each customer never bought."""
    kept = history[history["quantity"] > 0]
    customers, customer_ids = pd.factorize(kept["customer_id"], sort=True)
    products, product_ids = pd.factorize(kept["product_id"], sort=True)
    bought = sparse.csr_matrix((np.ones(len(kept), np.float32), (customers, products)))
    bought.data[:] = 1.0
    scores = np.asarray(scores_of(bought), np.float64)
    scores[bought.nonzero()] = -np.inf
    best = np.argsort(-scores, axis=1, kind="stable")[:, :N]
    return pd.DataFrame(
        {
            "customer_id": np.repeat(customer_ids, N),
            "product_id": product_ids[best.ravel()],
            "rank": np.tile(np.arange(1, N + 1), len(customer_ids)),
        }
    )


def personal_frequency(history: pd.DataFrame) -> pd.DataFrame:
    """customer_id, product_id, rank: what each customer bought most often, newest first on ties."""
    kept = history[history["quantity"] > 0]
    pairs = kept.groupby(["customer_id", "product_id"])["purchased_at"]
    counted = pairs.agg(["size", "max"]).reset_index()
    ordered = counted.sort_values(["customer_id", "size", "max"], ascending=[True, False, False])
    ordered["rank"] = ordered.groupby("customer_id").cumcount() + 1
    return ordered[ordered["rank"] <= N][["customer_id", "product_id", "rank"]]
