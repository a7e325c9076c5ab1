"""How much one customer's purchases of one product count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY


@dataclass(frozen=True)
class RecencyQuantity:
    """Recent purchases count most, large ones a little more than small ones.

    implicit knows no time, so recency lives here; on wholesale data it is worth 15 to 25 % nDCG.
    """

    half_life_days: float
    """Age at which a purchase counts half."""
    quantity_power: float = 0.1
    """0 counts lines, 1 counts units; units only say who is large."""
    value_power: float = 0.0
    """Of price times quantity against the customer's usual: what it spends much on. Measured, and
    worth nothing on the data we have; see benchmarks/README.md."""
    least: float = 0.01
    """Of a pair: what was bought long ago still counts as bought."""
    most: float = 5.0
    """Of a pair: no customer bends the model by buying one product a thousand times."""
    most_of_customer: float = 30.0
    """Times the median customer's, of all pairs of one: nor by buying everything."""

    def __str__(self) -> str:
        power = f" x (value / the customer's usual value)^{self.value_power:g}"
        value = power if self.value_power else ""
        return (
            "weight = sum over the purchases of a pair of 2^(-age / "
            f"{self.half_life_days:g} days) x (quantity kept / the product's usual quantity)"
            f"^{self.quantity_power:g}{value}, between {self.least:g} and {self.most:g}; together "
            f"a customer's count at most {self.most_of_customer:g} times the median customer's"
        )

    def of_lines(
        self, netted: Netted, now: int, lines: slice = slice(None)
    ) -> npt.NDArray[np.float64]:
        """(lines,) weight of each at `now` (seconds since 1970 UTC); 0 where nothing stayed."""
        purchases, left = netted.purchases, netted.left[lines]
        age_days = np.maximum(now - purchases.purchased_at[lines], 0) / SECONDS_PER_DAY
        usual = netted.usual_quantities[purchases.product_columns[lines]]
        size = np.clip(left / usual, 1e-3, 1e3) ** self.quantity_power
        if self.value_power:
            relative = np.clip(netted.relative_values[lines], 1e-3, 1e3)
            size = size * relative**self.value_power
        return np.where(left > 0, size * 2.0 ** (-age_days / self.half_life_days), 0.0)

    def of_pairs(
        self, lines: npt.NDArray[np.float64], starts: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.float32]:
        """Line weights summed over the pairs that begin at `starts`, held within the bounds."""
        sums = np.add.reduceat(lines, starts[:-1]) if len(lines) else lines
        return np.clip(sums, self.least, self.most).astype(np.float32)

    def of_customers(
        self, pairs: npt.NDArray[np.float32], customers: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.float32]:
        """Pair weights, made smaller where those of one customer are too much together."""
        if not len(pairs):
            return pairs
        totals = np.bincount(customers, pairs)
        most = self.most_of_customer * np.median(totals[totals > 0])
        return (pairs * np.minimum(1.0, most / totals[customers])).astype(np.float32)
