"""Which pairs were bought in a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.matrix.cells import is_among
from recommender.matrix.returns import net_returns
from recommender.tables.purchases import Purchases


@dataclass(frozen=True)
class Outcome:
    """For looking up candidates."""

    cells: npt.NDArray[np.int64]
    """Ascending customer * products + product."""
    products: int

    def of(
        self, customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.bool_]:
        """(pairs,) True where the customer bought the product."""
        return is_among(customers.astype(np.int64) * self.products + products, self.cells)


def outcome_of(window: Purchases) -> Outcome:
    """Of purchases of a window alone; what was given back within it was not bought."""
    stays = net_returns(window).left > 0
    size = len(window.products)
    cells = window.customer_rows[stays].astype(np.int64) * size + window.product_columns[stays]
    return Outcome(np.unique(cells), size)
