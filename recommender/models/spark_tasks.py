"""What executors do with the rows of a partition: the code of one machine, on a part of the whole.

Spark carries these functions to them by name, so the package must be installed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.matrix.purchase_matrix import sum_pairs
from recommender.matrix.returns import net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models.liked import most_liked
from recommender.tables.purchases import Purchases
from recommender.text import Ids

PAIRS = "customer int, product int, weight float, times int, last_day int, bought boolean"
LIKED = "customer int, products array<int>"


@dataclass(frozen=True)
class Summing:
    """How lines become weights."""

    weighting: RecencyQuantity
    begins: int
    """The history, in seconds since 1970 UTC; older lines only meet returns."""
    now: int


class Shared(Protocol):
    """What every executor was sent once, as Spark's broadcasts are."""

    @property
    def value(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]: ...


def summed_pairs(batches: Iterable[pa.RecordBatch], summing: Summing) -> Iterator[pa.RecordBatch]:
    """`PAIRS` of lines that hold whole products, returns netted."""
    parts = list(batches)
    if not parts:
        return
    lines = pa.Table.from_batches(parts)
    customers, rows = np.unique(_column(lines, "customer"), return_inverse=True)
    products, columns = np.unique(_column(lines, "product"), return_inverse=True)
    history = net_returns(_purchases(lines, rows, columns)).since(summing.begins)
    pairs = sum_pairs(history, summing.weighting, summing.now)
    yield pa.RecordBatch.from_pydict(
        {
            "customer": customers[pairs.customers],
            "product": products[pairs.products],
            "weight": pairs.weights,
            "times": pairs.times,
            "last_day": pairs.last_day,
            "bought": pairs.bought,
        }
    )


def liked_most(
    batches: Iterable[pa.RecordBatch], shared: Shared, n: int
) -> Iterator[pa.RecordBatch]:
    """`LIKED` of rows of customers with their factors and what is closed to them."""
    products, unsold = shared.value
    for batch in batches:
        factors, closed = batch.column("factors"), batch.column("closed")
        rows = factors.flatten().to_numpy().reshape(-1, products.shape[1])
        lengths = closed.value_lengths().to_numpy(zero_copy_only=False)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        found = most_liked(rows, products, (ends, closed.flatten().to_numpy()), unsold, n)
        lists = pa.array(list(found), pa.list_(pa.int32()))
        yield pa.RecordBatch.from_arrays(
            [batch.column("customer"), lists], ["customer", "products"]
        )


def _purchases(
    lines: pa.Table, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
) -> Purchases:
    """In canonical order, by numbers of their own."""
    return Purchases.sorted(
        _numbered(rows),
        _numbered(columns),
        customer_rows=rows.astype(np.int32),
        product_columns=columns.astype(np.int32),
        purchased_at=_column(lines, "purchased_at"),
        quantity=_column(lines, "quantity"),
        unit_price=_column(lines, "unit_price"),
        orders=_column(lines, "orders"),
    )


def _numbered(numbers: npt.NDArray[np.intp]) -> Ids:
    return Ids.of(f"{number:010}" for number in range(int(numbers.max(initial=-1)) + 1))


def _column(table: pa.Table, name: str) -> npt.NDArray[np.generic]:
    return np.asarray(table.column(name).to_numpy())
