"""A customer's purchases as the model weighs them, and the factors they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.fresh import MOST, Fresh

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class History:
    products: Numbers
    """Ascending."""
    weights: npt.NDArray[np.floating[Any]]
    row: int | None = None
    """Of the customer, where this is all that the release knows of it and nothing else."""


def history_of(release: Release, row: int) -> History:
    """What the release knows of the customer."""
    first, end = release.bought.starts[row : row + 2]
    bought = release.bought
    return History(bought.products[first:end], bought.weights[first:end], row)


def history_with(release: Release, row: int | None, fresh: Fresh) -> History:
    """The same with newer purchases; all there is of a customer the release does not know."""
    if row is None:
        return History(fresh.kept, fresh.weights)
    before = history_of(release, row)
    products = np.union1d(before.products, fresh.kept)
    weights = np.zeros(len(products))
    weights[np.searchsorted(products, before.products)] = before.weights
    places = np.searchsorted(products, fresh.kept)
    weights[places] = np.minimum(weights[places] + fresh.weights, MOST)
    return History(products, weights)


def factors_of(release: Release, history: History) -> Vector:
    """(factors,) exact, against the release's product factors: A^-1 of sum over j of c_j y_j.

    Hu, Koren and Volinsky 2008; with the release's own weights these are its stored factors.
    """
    confidence, bought = _confidence(release, history), _bought(release, history)
    solved = np.linalg.solve(_system(release, bought, confidence), bought.T @ confidence)
    return np.asarray(solved)


def contributions_of(release: Release, history: History, products: Numbers) -> Vector:
    """(products, bought) what each purchase adds to the score of each product.

    Hu, Koren and Volinsky 2008, section 5: with A = Y'CY + lambda I, the score of product i is the
    sum over bought j of c_j y_i' A^-1 y_j.
    """
    confidence, bought = _confidence(release, history), _bought(release, history)
    wanted = release.model.product_factors[products].astype(float)
    if len(bought) < bought.shape[1]:
        return _by_purchases(release, wanted, bought, confidence)
    system = _system(release, bought, confidence)
    # a list has fewer products than a customer has purchases, so these are the sides to solve for
    return np.asarray(np.linalg.solve(system, wanted.T).T @ (bought.T * confidence))


def _by_purchases(release: Release, wanted: Vector, bought: Vector, confidence: Vector) -> Vector:
    """The same from a system as large as the purchases, where these are fewer than the factors.

    With M = Y'Y + lambda I of all products, which a release solves once, and K = Y M^-1 Y' of those
    bought, A = M + Y'(C - I)Y has Y A^-1 Y'C = Y M^-1 Y' (I + (C - I)K)^-1 C: Woodbury's identity.
    """
    solved = release.solved_gram @ bought.T
    system = np.eye(len(bought)) + (confidence - 1.0)[:, None] * (bought @ solved)
    return np.asarray(np.linalg.solve(system.T, (wanted @ solved).T).T * confidence)


def _confidence(release: Release, history: History) -> Vector:
    return float(release.manifest.settings["alpha"]) * history.weights.astype(float)


def _bought(release: Release, history: History) -> Vector:
    return release.model.product_factors[history.products].astype(float)


def _system(release: Release, bought: Vector, confidence: Vector) -> Vector:
    system: Vector = release.system + (bought.T * (confidence - 1.0)) @ bought
    return system
