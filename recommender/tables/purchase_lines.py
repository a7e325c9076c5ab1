"""Checked purchase lines as they come, until they are brought into canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.tables.cells.numbers import Numbers
from recommender.tables.cells.zones import Seconds
from recommender.tables.channels import Channels
from recommender.tables.chunk import Mask
from recommender.tables.coded import as_ids, as_texts, coded
from recommender.tables.purchases import COLUMNS, Purchases


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
        columns = {name: getattr(lines, name) for name in COLUMNS}
        columns |= {"channels": lines.channels.numbers} if lines.channels else {}
        repeated = repeats(columns)
        return (lines.take(~repeated) if repeated.any() else lines), int(repeated.sum())


def _channels(parts: list[pa.DictionaryArray]) -> Channels | None:
    names, numbers = coded(parts)
    return Channels.of(as_texts(names), numbers)


def _joined(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def repeats(columns: Mapping[str, npt.NDArray[Any]]) -> Mask:
    """(n,) true where a line of a known order equals the one before it; lines in canonical order.

    Without an order two equal lines are two purchases.
    """
    repeated = np.asarray(columns["orders"] >= 0)
    repeated[:1] = False
    for column in columns.values():
        here, before = column[1:], column[:-1]
        repeated[1:] &= (here == before) | ((here != here) & (before != before))  # noqa: PLR0124
    return repeated
