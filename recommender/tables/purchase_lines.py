"""Checked purchase lines as they come, until they are brought into canonical order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.tables.cells.numbers import Numbers
from recommender.tables.cells.zones import Seconds
from recommender.tables.channels import Channels
from recommender.tables.chunk import Mask
from recommender.tables.coded import as_ids, coded
from recommender.tables.purchases import COLUMNS, Purchases
from recommender.text import TextColumn


@dataclass(frozen=True)
class PurchaseLines:
    """The same columns as `Purchases`, ids, orders and channels still as texts."""

    customers: list[pa.DictionaryArray] = field(default_factory=list)
    products: list[pa.DictionaryArray] = field(default_factory=list)
    orders: list[pa.DictionaryArray] = field(default_factory=list)
    channels: list[pa.DictionaryArray] = field(default_factory=list)
    purchased_at: list[Seconds] = field(default_factory=list)
    quantity: list[Numbers] = field(default_factory=list)
    unit_price: list[Numbers] = field(default_factory=list)

    def add(self, other: PurchaseLines, rows: Mask) -> None:
        """Takes these rows of another one."""
        mask = pa.array(rows)
        for name in ("customers", "products", "orders", "channels"):
            getattr(self, name).extend(c.filter(mask) for c in getattr(other, name))
        for name in ("purchased_at", "quantity", "unit_price"):
            getattr(self, name).extend(c[rows] for c in getattr(other, name))

    def purchases(self) -> tuple[Purchases, int]:
        """In canonical order, and how many lines were the same line of an order once more.

        Leaves nothing here: there are many lines, and they are needed only once.
        """
        _, orders = coded(self.orders)
        channels = _channels(self.channels)
        customers, customer_rows = coded(self.customers)
        products, product_columns = coded(self.products)
        lines = Purchases.sorted(
            as_ids(customers),
            as_ids(products),
            customer_rows=customer_rows,
            product_columns=product_columns,
            purchased_at=_joined(self.purchased_at),
            quantity=_joined(self.quantity),
            unit_price=_joined(self.unit_price),
            orders=orders,
            channels=channels,
        )
        repeated = _repeats(lines)
        return (lines.take(~repeated) if repeated.any() else lines), int(repeated.sum())


def _channels(parts: list[pa.DictionaryArray]) -> Channels | None:
    names, numbers = coded(parts)
    return Channels.of(TextColumn.of(names.to_pylist()), numbers)


def _joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def _repeats(lines: Purchases) -> Mask:
    """(n,) true where a line of a known order equals the one before it.

    Without an order two equal lines are two purchases.
    """
    repeated = np.asarray(lines.orders >= 0)
    repeated[:1] = False
    columns = [getattr(lines, name) for name in COLUMNS]
    columns += [lines.channels.numbers] if lines.channels else []
    for column in columns:
        here, before = column[1:], column[:-1]
        repeated[1:] &= (here == before) | ((here != here) & (before != before))  # noqa: PLR0124
    return repeated
