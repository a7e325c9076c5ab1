"""What Spark is handed, as tables of Arrow."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from recommender.models.als import Factors
from recommender.tables.purchases import COLUMNS, Purchases


def lines_of(purchases: Purchases) -> pa.Table:
    names = {"customer_rows": "customer", "product_columns": "product"}
    return pa.table({names.get(name, name): getattr(purchases, name) for name in COLUMNS})


def ratings_of(weights: sparse.csr_matrix) -> pa.Table:
    """MLlib takes whole numbers of 32 bits for ids."""
    customers = np.repeat(np.arange(weights.shape[0], dtype=np.int32), np.diff(weights.indptr))
    products = weights.indices.astype(np.int32)
    return pa.table({"customer": customers, "product": products, "weight": weights.data})


def customers_of(factors: Factors, closed: tuple[sparse.csr_matrix, ...]) -> pa.Table:
    """All that were fitted, with their factors and what is closed to them."""
    known = np.flatnonzero(factors.customers.any(axis=1))
    width = factors.customers.shape[1]
    shut = reduce(add, (part[known].astype(bool) for part in closed))
    return pa.table(
        {
            "customer": known.astype(np.int32),
            "factors": _lists(np.arange(len(known) + 1) * width, factors.customers[known].ravel()),
            "closed": _lists(shut.indptr, shut.indices.astype(np.int32)),
        }
    )


def _lists(ends: npt.NDArray[np.integer[Any]], values: npt.NDArray[np.generic]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), pa.array(values))
