"""Pairs held out at random: they teach the blend where no later window can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.highest import highest
from recommender.models.paths import find_paths
from recommender.models.settings import Settings
from recommender.ranking.plain.blend import Blend, Scores, blended

SHARE_HELD = 0.2
"""Of each customer's pairs."""
LEAST_HELD = 500
"""Pairs, below which hits are luck."""
MOST_CUSTOMERS = 5_000
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of paths, from ALS alone to paths alone."""
TOP = 10
BLOCK = 256


@dataclass(frozen=True)
class Split:
    rest: sparse.csr_matrix
    """(customers, products) what is learned from."""
    held: sparse.csr_matrix
    """(customers, products) what is to be foretold."""


def hits_of_shares(weights: sparse.csr_matrix, settings: Settings) -> dict[float, int]:
    """Held-out pairs in the first ten places by each share; empty where too few can be held out."""
    seed = settings.als.seed
    split = hold_out(weights, seed)
    if split.held.nnz < LEAST_HELD:
        return {}
    factors = settings.engine.fit(split.rest, settings.als)
    blend = Blend(split.rest, factors, find_paths(split.rest))
    hits = dict.fromkeys(SHARES, 0)
    customers = _judged(split.held, seed)
    for first in range(0, len(customers), BLOCK):
        some = customers[first : first + BLOCK]
        liked, led_to = blend.of(some)
        for share in SHARES:
            hits[share] += _hits(blended(liked, led_to, share), split, some)
    return hits


def hold_out(weights: sparse.csr_matrix, seed: int) -> Split:
    """A fifth of each customer's pairs, rounded down, so that whoever has four keeps them all."""
    lengths = np.diff(weights.indptr)
    customers = np.repeat(np.arange(len(lengths)), lengths)
    drawn = np.random.default_rng(seed).random(weights.nnz)
    places = np.empty(weights.nnz, np.int64)
    places[np.lexsort((drawn, customers))] = np.arange(weights.nnz)
    held = places - weights.indptr[customers] < np.floor(lengths * SHARE_HELD)[customers]
    return Split(_only(weights, customers, ~held), _only(weights, customers, held))


def _only(
    weights: sparse.csr_matrix, customers: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]
) -> sparse.csr_matrix:
    place = (customers[kept], weights.indices[kept])
    return sparse.csr_matrix((weights.data[kept], place), weights.shape)


def _judged(held: sparse.csr_matrix, seed: int) -> npt.NDArray[np.int32]:
    customers = np.flatnonzero(np.diff(held.indptr)).astype(np.int32)
    chosen = np.random.default_rng(seed).permutation(customers)[:MOST_CUSTOMERS]
    return np.sort(chosen)


def _hits(scores: Scores, split: Split, customers: npt.NDArray[np.int32]) -> int:
    scores[split.rest[customers].nonzero()] = -np.inf
    rows, products, _ = highest(scores, TOP)
    return int((np.asarray(split.held[customers[rows], products]) > 0).sum())
