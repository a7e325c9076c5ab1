"""Views, carts and quotes: interest that has not become a purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.text import Ids

EVENTS = ("view", "cart", "quote")
REMEMBERED_DAYS = 182
HALF_LIFE_DAYS = 14.0


@dataclass(frozen=True)
class Events:
    """Of customers and products that the release holds, in order of time."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int8]
    """(events,) position among the names of its table, such as `EVENTS`."""
    happened_at: npt.NDArray[np.int64]
    """(events,) seconds since 1970 UTC."""
    shape: tuple[int, int]


def number_events(table: pd.DataFrame | None, customers: Ids, products: Ids) -> Events | None:
    """None where there is no event of a customer and a product that the release holds."""
    return None if table is None else number_rows(table, EVENTS, customers, products)


def number_rows(
    table: pd.DataFrame, names: tuple[str, ...], customers: Ids, products: Ids
) -> Events | None:
    """The same of rows of other kinds, `event` among `names`."""
    rows = pd.Index(list(customers)).get_indexer(pd.Index(table["customer_id"]))
    columns = pd.Index(list(products)).get_indexer(pd.Index(table["product_id"]))
    kinds = pd.Index(names).get_indexer(pd.Index(table["event"]))
    times = table["happened_at"].astype("datetime64[s, UTC]").astype("int64").to_numpy(np.int64)
    known = np.flatnonzero((rows >= 0) & (columns >= 0) & (kinds >= 0))
    if not len(known):
        return None
    order = known[np.argsort(times[known], kind="stable")]
    return Events(
        customers=rows[order].astype(np.int32),
        products=columns[order].astype(np.int32),
        kinds=kinds[order].astype(np.int8),
        happened_at=times[order].astype(np.int64),
        shape=(len(customers), len(products)),
    )


def interest_at(events: Events, now: int) -> dict[str, sparse.csr_matrix]:
    """Name -> (customers, products) of what happened in the half year before `now`.

    `viewed`, `in_cart`, `quoted` count events, each half as much after two weeks; `noticed`
    is 1 / (1 + days since the last one of any kind).
    """
    first, end = np.searchsorted(
        events.happened_at, [now - REMEMBERED_DAYS * SECONDS_PER_DAY, now]
    ).tolist()
    lately = slice(first, end)
    age_days = (now - events.happened_at[lately]) / SECONDS_PER_DAY
    rows, columns, kinds = events.customers[lately], events.products[lately], events.kinds[lately]
    fading = 2.0 ** (-age_days / HALF_LIFE_DAYS)
    counts = {
        name: summed(np.where(kinds == kind, fading, 0.0), rows, columns, events.shape)
        for kind, name in enumerate(("viewed", "in_cart", "quoted"))
    }
    return counts | {"noticed": newest(1 / (1 + age_days), rows, columns, events.shape)}


def summed(
    values: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    shape: tuple[int, int],
) -> sparse.csr_matrix:
    some = values > 0
    cells = (rows[some], columns[some])
    return sparse.csr_matrix((values[some].astype(np.float32), cells), shape)


def newest(
    values: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    shape: tuple[int, int],
) -> sparse.csr_matrix:
    """Events come in order of time, so the last of a pair is the newest."""
    cells = rows.astype(np.int64) * shape[1] + columns
    _, last = np.unique(cells[::-1], return_index=True)
    kept = len(cells) - 1 - last
    pairs = (rows[kept], columns[kept])
    return sparse.csr_matrix((values[kept].astype(np.float32), pairs), shape)
