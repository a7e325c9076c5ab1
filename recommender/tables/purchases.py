"""The purchases as columns of numbers, with their ids beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.tables.canonical import canonical_order
from recommender.tables.channels import Channels
from recommender.tables.large.mapped import blocks, looked_up, taken
from recommender.text import Ids

SECONDS_PER_DAY = 86_400
KINDS = {
    "customer_rows": np.int32,
    "product_columns": np.int32,
    "purchased_at": np.int64,
    "quantity": np.float64,
    "unit_price": np.float64,
    "orders": np.int32,
}
"""Of the columns of one line, in the order of the keys that lines are sorted by."""
COLUMNS = tuple(KINDS)


@dataclass(frozen=True, repr=False)
class Purchases:
    """Checked purchase lines in canonical order, so that no sum depends on the order of the input.

    Sorted by customer, product, time, quantity, price, order, channel.
    """

    customers: Ids
    products: Ids
    customer_rows: npt.NDArray[np.int32]
    """(n,) position in `customers`."""
    product_columns: npt.NDArray[np.int32]
    """(n,) position in `products`."""
    purchased_at: npt.NDArray[np.int64]
    """(n,) seconds since 1970-01-01 UTC."""
    quantity: npt.NDArray[np.float64]
    """(n,) finite, never 0; negative is a return."""
    unit_price: npt.NDArray[np.float64]
    """(n,) at least 0, NaN where not known."""
    orders: npt.NDArray[np.int32]
    """(n,) number of the order, -1 where none is known."""
    channels: Channels | None = None
    """(n,) None where no line names one."""

    @classmethod
    def sorted(
        cls,
        customers: Ids,
        products: Ids,
        *,
        channels: Channels | None = None,
        **columns: npt.NDArray[Any],
    ) -> Purchases:
        """Columns by their names, in any order, brought into the canonical one."""
        keys = [columns[name] for name in COLUMNS] + ([channels.numbers] if channels else [])
        order = canonical_order(keys[:3], keys[3:])
        taken = {name: columns[name][order] for name in COLUMNS}
        return cls(customers, products, **taken, channels=channels and channels.take(order))

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self._columns().items()}
        if self.channels:
            lengths["channels"] = len(self.channels.numbers)
        if len(set(lengths.values())) != 1:
            raise ValueError(f"columns of one table have one length, not {lengths}")
        if not all(np.isfinite(self.quantity[a:b]).all() for a, b in blocks(len(self))):
            raise ValueError("quantities must be finite")
        for name, rows, ids in (
            ("customer", self.customer_rows, self.customers),
            ("product", self.product_columns, self.products),
        ):
            if len(rows) and not (rows.min() >= 0 and rows.max() < len(ids)):
                raise ValueError(f"{name} {rows.min()}..{rows.max()} outside 0..{len(ids) - 1}")
        if not all(self._is_in_order(slice(a, b)) for a, b in blocks(len(self), overlap=1)):
            raise ValueError("lines must be sorted by customer, product and time")

    def __len__(self) -> int:
        return len(self.customer_rows)

    def _is_in_order(self, lines: slice) -> bool:
        """Pairs are cut out of the columns by where customer or product change."""
        customers = np.diff(self.customer_rows[lines])
        products = np.where(customers == 0, np.diff(self.product_columns[lines]), 1)
        times = np.where(products == 0, np.diff(self.purchased_at[lines]), 1)
        return bool(((customers >= 0) & (products >= 0) & (times >= 0)).all())

    def __repr__(self) -> str:
        return (
            f"Purchases({len(self):,} lines, {len(self.customers):,} customers, "
            f"{len(self.products):,} products)"
        )

    def take(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Purchases:
        """The same ids with only these lines; a mask or increasing positions keep the order."""
        if rows.dtype == np.bool_ and not isinstance(self.purchased_at, np.memmap):
            rows = np.flatnonzero(rows)  # looked for once, not once a column
        columns = {name: taken(column, rows) for name, column in self._columns().items()}
        channels = self.channels and self.channels.take(rows)
        return Purchases(self.customers, self.products, **columns, channels=channels)

    def before(self, moment: int) -> Purchases:
        """Lines earlier than `moment` (seconds since 1970 UTC)."""
        return self.take(self.purchased_at < moment)

    def since(self, moment: int) -> Purchases:
        return self.take(self.purchased_at >= moment)

    def between(self, since: int, until: int) -> Purchases:
        """Lines from `since` on and earlier than `until`."""
        return self.take((self.purchased_at >= since) & (self.purchased_at < until))

    def onto(self, customers: Ids, products: Ids) -> Purchases:
        """The same lines numbered by larger sets of ids; raises ValueError where one is missing.

        Both sets are sorted alike, so the canonical order stays.
        """
        columns = self._columns()
        for name, ours, theirs in (
            ("customer_rows", self.customers, customers),
            ("product_columns", self.products, products),
        ):
            if ours is not theirs:
                columns[name] = looked_up(positions(ours, theirs), columns[name])
        return Purchases(customers, products, **columns, channels=self.channels)

    @property
    def last_at(self) -> int:
        """Time of the newest line, in seconds since 1970 UTC."""
        return int(self.purchased_at.max())

    def _columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in COLUMNS}


def positions(few: Ids, many: Ids) -> npt.NDArray[np.int32]:
    """(few,) where each of the few ids stands among the many."""
    places = {key: place for place, key in enumerate(many)}
    missing = [key for key in few if key not in places]
    if missing:
        raise ValueError(f"{len(missing)} ids are missing, among them {missing[0]!r}")
    return np.array([places[key] for key in few], np.int32)
