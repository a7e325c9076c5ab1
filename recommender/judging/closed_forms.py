"""Baselines that fit a model to who bought what, as their authors published them."""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse
from threadpoolctl import threadpool_limits

from recommender.judging.best import LISTED, Rows, Scores, best_unbought, ranked_of
from recommender.judging.history import History
from recommender.models.als import AlsSettings, fit_products, fold_in
from recommender.models.overlaps import shared
from recommender.models.topn import only, top_n
from recommender.ranking.ranked import Ranked

MOST_PRODUCTS = 5_000
"""EASE inverts a matrix of products by products: past this it costs minutes and gigabytes."""
EASE_REGULARIZATION = 300.0
"""On gift and on liquor wholesale 250 and 500 came out alike, 100 and 1,000 a little behind."""
IMPLICIT_DEFAULTS = AlsSettings(factors=100, regularization=0.01, alpha=1.0, iterations=15)
"""Of implicit 0.7."""


def ease_fits(history: History) -> bool:
    return int((history.buyers > 0).sum()) <= MOST_PRODUCTS


def ease(history: History) -> Ranked:
    """A linear model of each product by all others, solved exactly: few models beat it.

    Steck, Embarrassingly Shallow Autoencoders for Sparse Data, 2019.
    Raises ValueError when more than `MOST_PRODUCTS` products were bought.
    """
    if not ease_fits(history):
        raise ValueError(f"EASE is for at most {MOST_PRODUCTS:,} products; ask `ease_fits` first")
    sold = np.flatnonzero(history.buyers)
    bought = history.bought[:, sold]
    weights = _ease_weights(bought, EASE_REGULARIZATION)

    def score(customers: Rows) -> Scores:
        scores = np.full((len(customers), history.bought.shape[1]), -np.inf, np.float32)
        scores[:, sold] = bought[customers] @ weights
        return scores

    return best_unbought(history, score)


def implicit_als(history: History) -> Ranked:
    """Alternating least squares on who bought what, with the settings that implicit comes with."""
    products, customers = fit_products(history.bought, IMPLICIT_DEFAULTS), history.customers
    factors = fold_in(products, history.bought[customers], IMPLICIT_DEFAULTS)
    offered = only(products, history.buyers > 0)
    lists = list(top_n(factors, offered, history.owned[customers], LISTED))
    owners = [customers[some.customers] for some in lists]
    return ranked_of(owners, [some.products for some in lists], history.bought.shape[0])


def _ease_weights(bought: sparse.csr_matrix, regularization: float) -> Scores:
    """(products, products) float32, 0 on the diagonal: no product speaks for itself."""
    gram = shared(bought, bought.T.tocsr(), range(bought.shape[1]))
    gram[np.diag_indices_from(gram)] += regularization
    with threadpool_limits(1, "blas"):
        factor, _ = linalg.lapack.spotrf(gram, overwrite_a=True)
        inverse, _ = linalg.lapack.spotri(factor, overwrite_c=True)
    # LAPACK gives one half of what is symmetric
    inverse = np.triu(inverse) + np.triu(inverse, 1).T
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0.0
    return np.asarray(weights, np.float32)
