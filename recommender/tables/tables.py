"""All tables of one config, read and checked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.tables.purchases import Purchases
from recommender.tables.report import TableReport


@dataclass(frozen=True)
class Tables:
    """What the training learns from."""

    purchases: Purchases
    products: pd.DataFrame | None
    """product_id, name, category, brand: str ("" where unknown); price, cost: float64 (NaN);
    in_stock: bool (True where unknown); listed_at: datetime64[us, UTC] (NaT); every other
    column: str. Sorted by product_id, unique."""
    customers: pd.DataFrame | None
    """customer_id, name, segment, region, rep, parent_id and every other column: str ("" where
    unknown). Sorted by customer_id, unique."""
    events: pd.DataFrame | None
    """customer_id, product_id: str; event: view | cart | quote; happened_at: datetime64[us, UTC].
    Sorted by all four."""
    reports: tuple[TableReport, ...]
