"""Alternating least squares, by `implicit`. The one file that talks to that library.

Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, 2008. A stored
weight w counts with confidence alpha * w against 1 for every unseen pair, as implicit has it: a
weight below 1 / alpha, a purchase of long ago, counts less than one never made.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from implicit.cpu.als import AlternatingLeastSquares
from implicit.recommender_base import ModelFitError
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.errors import BadDataError
from recommender.models.exact import solve_exactly

WARM_ITERATIONS = 5
"""From factors of a like matrix; measured in benchmarks/README.md."""


@dataclass(frozen=True)
class AlsSettings:
    factors: int
    regularization: float
    alpha: float
    iterations: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise ValueError(
                f"seed is {self.seed!r}; implicit repeats itself only for whole numbers "
                "from 0 to 2^32 - 1"
            )


@dataclass(frozen=True)
class Factors:
    """Two dense matrices whose product estimates every liking."""

    customers: npt.NDArray[np.float32]
    """(customers, factors), solved exactly against `products`."""
    products: npt.NDArray[np.float32]
    """(products, factors)."""


def fit_als(
    weights: sparse.csr_matrix, settings: AlsSettings, start: Factors | None = None
) -> Factors:
    """Factors of the matrix; the same weights, settings, seed and start give the same bytes.

    From a `start` of the same shape that a like matrix led to, `WARM_ITERATIONS` are enough.
    Customers and products without a weight get zeros: implicit would leave its random start there.
    Raises `BadDataError` when the matrix has no weight or the factors are not finite.
    """
    matrix, products = _learned(weights, settings, start)
    # implicit's own customers are half an iteration older than the products' factors
    try:
        customers = solve_exactly(
            products, matrix, alpha=1.0, regularization=settings.regularization
        )
    except ValueError as error:  # a system without a solution
        raise _not_finite(settings) from error
    return Factors(_finite(customers, settings), products)


def fit_products(weights: sparse.csr_matrix, settings: AlsSettings) -> npt.NDArray[np.float32]:
    """(products, factors) of the same fit, for customers who are then folded in.

    Raises as `fit_als` does.
    """
    return _learned(weights, settings, None)[1]


def fold_in(
    products: npt.NDArray[np.float32], weights: sparse.csr_matrix, settings: AlsSettings
) -> npt.NDArray[np.float32]:
    """(rows, factors) exact factors of customers the fit never saw, from their weights."""
    return solve_exactly(
        products, weights, alpha=settings.alpha, regularization=settings.regularization
    )


def _learned(
    weights: sparse.csr_matrix, settings: AlsSettings, start: Factors | None
) -> tuple[sparse.csr_matrix, npt.NDArray[np.float32]]:
    """The matrix of confidences, and the factors of products."""
    if weights.nnz == 0:
        raise BadDataError("no purchase came to stay, so there is nothing to learn from")
    # implicit changes no input, but sums and sorts what is not canonical in place
    matrix = weights.astype(np.float32).tocsr(copy=True)
    matrix.sort_indices()
    matrix.data *= np.float32(settings.alpha)  # here, where it saves implicit another copy
    try:
        products = _fitted(matrix, settings, start)
    except (ModelFitError, ValueError) as error:  # the latter from a system without a solution
        raise _not_finite(settings) from error
    return matrix, _finite(products, settings)


def _fitted(
    matrix: sparse.csr_matrix, settings: AlsSettings, start: Factors | None
) -> npt.NDArray[np.float32]:
    """Products' factors of a matrix of confidences; implicit's customers are let go."""
    with threadpool_limits(1, "blas"):  # other results and up to ten times slower otherwise
        model = _new_model(settings)
        if start is not None:
            _begin_at(model, start, settings)
        model.fit(matrix, show_progress=False)
    known = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    return np.where(known[:, None], model.item_factors, np.float32(0))


def _finite(factors: npt.NDArray[np.float32], settings: AlsSettings) -> npt.NDArray[np.float32]:
    if not np.isfinite(factors).all():
        raise _not_finite(settings)
    return factors


def _begin_at(model: AlternatingLeastSquares, start: Factors, settings: AlsSettings) -> None:
    """What the start did not know begins small and random: zeros that only meet zeros stay so."""
    random = np.random.default_rng(settings.seed)
    model.user_factors = _filled(start.customers, random)
    model.item_factors = _filled(start.products, random)
    model.iterations = min(WARM_ITERATIONS, settings.iterations)


def _filled(
    factors: npt.NDArray[np.float32], random: np.random.Generator
) -> npt.NDArray[np.float32]:
    unknown = ~factors.any(axis=1)
    filled = factors.copy()
    filled[unknown] = 0.01 * random.random((int(unknown.sum()), factors.shape[1]), np.float32)
    return filled


def _not_finite(settings: AlsSettings) -> BadDataError:
    return BadDataError(
        f"the fit did not stay finite with {settings}; raise regularization or lower alpha"
    )


def _new_model(settings: AlsSettings) -> AlternatingLeastSquares:
    """A new one each time: a second `fit` of the same object goes on from the old factors."""
    logging.getLogger("implicit").setLevel(logging.ERROR)
    return AlternatingLeastSquares(
        factors=settings.factors,
        regularization=settings.regularization,
        alpha=1.0,  # what is fitted counts it already
        iterations=settings.iterations,
        random_state=settings.seed,
        num_threads=os.cpu_count() or 1,
    )
