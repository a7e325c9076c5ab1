"""What the tables say of customers and products, as numbers a ranker can split on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.ranking.boosted.answers import number_answers
from recommender.ranking.boosted.interest import Events, number_events
from recommender.tables.tables import Tables
from recommender.text import Ids

Groups = npt.NDArray[np.int32]
"""A group number each, -1 where none is known."""
Values = npt.NDArray[np.float64]

MOST_GROUPINGS = 3
"""Of customers, and of products: further columns seldom add and always cost."""
FIRST = {
    "products": ("category", "brand", "subcategory"),
    "customers": ("segment", "region"),
}
NOT_GROUPS = frozenset({"name", "rep", "parent_id", "product_id", "customer_id"})
LEAST_SHARE_FILLED = 0.3
LEAST_SHARE_NUMERIC = 0.8


@dataclass(frozen=True)
class Known:
    """What the tables say; what only a later date could know stays out."""

    product_groups: dict[str, Groups] = field(default_factory=dict)
    customer_groups: dict[str, Groups] = field(default_factory=dict)
    product_values: dict[str, Values] = field(default_factory=dict)
    """Price and numeric attributes, NaN where not known."""
    listed_at: Values | None = None
    """(products,) seconds since 1970 UTC, NaN where not known."""
    events: Events | None = None
    """Of all times; a moment looks only at those before it."""
    answers: Events | None = None
    """What became of suggestions, likewise."""


def read_known(customers: Ids, products: Ids, tables: Tables) -> Known:
    """Aligned to the ids of the release; without tables there is nothing to know."""
    of_products = _aligned(tables.products, "product_id", products)
    of_customers = _aligned(tables.customers, "customer_id", customers)
    return Known(
        product_groups=_groupings(of_products, "products"),
        customer_groups=_groupings(of_customers, "customers"),
        product_values=_values(of_products),
        listed_at=_listed_at(of_products),
        events=number_events(tables.events, customers, products),
        answers=number_answers(tables.outcomes, customers, products),
    )


def _aligned(table: pd.DataFrame | None, key: str, ids: Ids) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(index=range(len(ids)))
    return table.set_index(key).reindex(list(ids))


def _groupings(table: pd.DataFrame, kind: str) -> dict[str, Groups]:
    """The named columns first, then those with the fewest groups; numbers are not groups."""
    found = {}
    for column in _texts(table):
        cells = table[column].fillna("")
        groups = cells[cells != ""]
        count = groups.nunique()
        full = len(groups) >= LEAST_SHARE_FILLED * len(table)
        if full and 2 <= count <= max(len(table) // 3, 2):
            found[column] = (FIRST[kind].index(column) if column in FIRST[kind] else 9, count)
    chosen = sorted(found, key=lambda column: (*found[column], column))[:MOST_GROUPINGS]
    return {column: _numbered(table[column].fillna("")) for column in chosen}


def _texts(table: pd.DataFrame) -> list[str]:
    return [
        c
        for c in table.columns
        if c not in NOT_GROUPS
        and pd.api.types.is_string_dtype(table[c].dtype)
        and not _is_numeric(table[c])
    ]


def _numbered(cells: pd.Series) -> Groups:
    numbers = {name: n for n, name in enumerate(sorted(set(cells) - {""}))}
    return np.array([numbers.get(cell, -1) for cell in cells], np.int32)


def _values(table: pd.DataFrame) -> dict[str, Values]:
    values = {}
    if "price" in table:
        values["price"] = table["price"].to_numpy(np.float64)
    for column in table.columns:
        text = pd.api.types.is_string_dtype(table[column].dtype)
        if text and column not in NOT_GROUPS and _is_numeric(table[column]):
            values[column] = pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64)
    return {name: column for name, column in values.items() if np.isfinite(column).any()}


def _is_numeric(cells: pd.Series) -> bool:
    filled = cells[cells.fillna("") != ""]
    if len(filled) < LEAST_SHARE_FILLED * len(cells):
        return False
    numbers = pd.to_numeric(filled, errors="coerce")
    return bool(np.isfinite(numbers).mean() >= LEAST_SHARE_NUMERIC)


def _listed_at(table: pd.DataFrame) -> Values | None:
    if "listed_at" not in table or table["listed_at"].isna().all():
        return None
    listed = pd.to_datetime(table["listed_at"], utc=True)
    seconds = listed.astype("datetime64[s, UTC]").astype("int64").to_numpy(np.float64)
    return np.where(listed.isna().to_numpy(), np.nan, seconds)
