"""Products in tiles, those with the longest factors first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.shortlists import Columns, Scores

TILE = 256
"""Products; with a strip's customers their scores fit into a processor's second cache."""


@dataclass(frozen=True)
class Tiles:
    """Products whose factors are not NaN."""

    factors: Scores
    """(tiles, TILE, factors) NaN beyond the last product."""
    products: Columns
    """(tiles, TILE) which they are."""
    lengths: npt.NDArray[np.float64]
    """(tiles,) of the longest factors in each: times a customer's, no score is above it."""
    places: Columns
    """(products,) of each in this order; those left out come last."""

    def __repr__(self) -> str:
        return f"Tiles({len(self.factors)} of {TILE} products)"

    def ordered(self, never: sparse.csr_matrix) -> sparse.csr_matrix:
        """A copy with places for columns, ascending in each row, without stored zeros."""
        parts = (never.data, self.places[never.indices], never.indptr)
        kept = sparse.csr_matrix(parts, never.shape, copy=True)
        kept.eliminate_zeros()
        kept.sort_indices()
        return kept


def lengths_of(factors: Scores) -> npt.NDArray[np.float64]:
    """(rows,) Euclidean."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", factors, factors, dtype=np.float64)))


def tiles_of(products: Scores) -> Tiles:
    """From (products, factors)."""
    lengths = lengths_of(products)
    order = np.argsort(-lengths, kind="stable").astype(np.int32)  # NaN comes last
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order))
    known = order[: len(order) - np.count_nonzero(np.isnan(lengths))]
    count, width = -(-len(known) // TILE), products.shape[1]
    factors = np.full((count * TILE, width), np.nan, np.float32)
    factors[: len(known)] = products[known]
    numbers = np.zeros(count * TILE, np.int32)
    numbers[: len(known)] = known
    rounded_up = 1 + width * float(np.finfo(np.float32).eps)
    return Tiles(
        factors=factors.reshape(count, TILE, width),
        products=numbers.reshape(count, TILE),
        lengths=lengths[known[::TILE]] * rounded_up,
        places=places,
    )
