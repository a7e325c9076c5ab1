"""Purchases numbered by everyone and everything a release holds."""

from __future__ import annotations

import pandas as pd

from recommender.assembly.about import iso
from recommender.errors import BadDataError
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.tables import Tables
from recommender.text import Ids


def number_purchases(tables: Tables, now: int, history_days: int) -> Purchases:
    """All purchases, on the ids of all tables.

    Raises `BadDataError` where the history before `now` holds nothing to learn from.
    """
    _check_history(tables.purchases, now, history_days)
    customers, products = tables.customers, tables.products
    return tables.purchases.onto(
        _joined(
            tables.purchases.customers, None if customers is None else customers["customer_id"]
        ),
        _joined(tables.purchases.products, None if products is None else products["product_id"]),
    )


def _check_history(purchases: Purchases, now: int, days: int) -> None:
    recent = purchases.purchased_at >= now - days * SECONDS_PER_DAY
    if (purchases.quantity < 0).all():
        raise BadDataError(
            f"all {len(purchases):,} quantities are negative, so all are returns; "
            "is the sign reversed in this export?"
        )
    if not (purchases.quantity[recent] > 0).any():
        raise BadDataError(
            f"no purchase in the last {days} days before {iso(now)}; "
            "raise [train] history_days or choose another --as-of"
        )


def _joined(ids: Ids, more: pd.Series | None) -> Ids:
    return ids if more is None else Ids.of([*ids, *more])
