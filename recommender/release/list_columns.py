"""The columns of a release that the usual list is read off, as compiled code takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Contents, Floats, Money, Numbers, Products, Starts
from recommender.release.evidence import Shares

Array = npt.NDArray[Any]


class ListColumns(NamedTuple):
    """As `Contents` has them, with products as they are now. None may be written to."""

    bought_starts: Starts
    bought: Numbers
    earlier_starts: Starts
    earlier: Numbers
    returned_starts: Starts
    returned: Numbers
    candidate_starts: Starts
    candidates: Numbers
    chances: Floats
    evidence_starts: Starts
    first: Numbers
    first_shares: Shares
    second: Numbers
    second_shares: Shares
    peers_bought: Numbers
    peers: Numbers
    category_numbers: Numbers
    trained_prices: Money
    """What was paid before is not what it costs since this morning."""
    prices: Money
    spend: Money
    why_held: npt.NDArray[np.uint8]
    """(products,) 0 for what may be offered, else 1 + the position in `held`."""
    held: npt.NDArray[np.int64]
    """(rules,) how many products each holds for all."""

    @classmethod
    def of(
        cls,
        contents: Contents,
        trained: Products,
        why_held: npt.NDArray[np.uint8],
        held_for_all: Sequence[Numbers],
    ) -> ListColumns:
        """`trained` are the products as the training read them."""
        evidence, products = contents.evidence, contents.products
        columns: tuple[tuple[Array, type[np.generic]], ...] = (
            (contents.bought.starts, np.int64),
            (contents.bought.products, np.int32),
            (contents.earlier.starts, np.int64),
            (contents.earlier.products, np.int32),
            (contents.returned.starts, np.int64),
            (contents.returned.products, np.int32),
            (contents.candidates.starts, np.int64),
            (contents.candidates.products, np.int32),
            (contents.candidates.chance, np.float32),
            (evidence.starts, np.int64),
            (evidence.first, np.int32),
            (evidence.first_share, np.int16),
            (evidence.second, np.int32),
            (evidence.second_share, np.int16),
            (evidence.peers_bought, np.int32),
            (contents.alike.peers, np.int32),
            (products.category_number, np.int32),
            (trained.price, np.float64),
            (products.price, np.float64),
            (products.spend, np.float64),
            (why_held, np.uint8),
            (np.array([len(products) for products in held_for_all]), np.int64),
        )
        return cls(*(_as_compiled(column, kind) for column, kind in columns))


def _as_compiled(column: Array, kind: type[np.generic]) -> Array:
    """The same memory wherever it may be: one kind of array, so that one compilation does."""
    plain = np.ascontiguousarray(column, kind).view(np.ndarray)
    plain.flags.writeable = False
    return plain
