"""What the baselines know at the moment they are asked: the year before, as it was bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.judging.window import BEGINNING, HISTORY_DAYS, bought_between
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases


@dataclass(frozen=True)
class History:
    purchases: Purchases
    """Lines of the year before `at` with a quantity above 0."""
    bought: sparse.csr_matrix
    """(customers, products) float32, 1.0 where there is such a line."""
    owned: sparse.csr_matrix
    """(customers, products) bool, True where there is one in any year before `at`."""
    at: int
    """Seconds since 1970 UTC."""
    judged: npt.NDArray[np.bool_] | None = None
    """(customers,) who is asked for lists; None is everyone."""

    @property
    def customers(self) -> npt.NDArray[np.int32]:
        """Those with a purchase that are asked for, ascending."""
        buys = np.diff(self.bought.indptr) > 0
        return np.flatnonzero(buys if self.judged is None else buys & self.judged).astype(np.int32)

    @property
    def buyers(self) -> npt.NDArray[np.int64]:
        """(products,) customers that bought each."""
        return np.bincount(self.bought.indices, minlength=self.bought.shape[1])

    def buyers_since(self, days: int) -> npt.NDArray[np.int64]:
        """(products,) customers that bought each in the last `days`."""
        recent = bought_between(self.purchases, self.at - days * SECONDS_PER_DAY, self.at)
        return np.bincount(recent.indices, minlength=recent.shape[1])


def history_of(
    purchases: Purchases, at: int, judged: npt.NDArray[np.bool_] | None = None
) -> History:
    """The year before `at` (seconds since 1970 UTC), of purchases that may reach past it."""
    since, times = at - HISTORY_DAYS * SECONDS_PER_DAY, purchases.purchased_at
    year = purchases.take((times >= since) & (times < at) & (purchases.quantity > 0))
    bought = bought_between(year, since, at).astype(np.float32)
    return History(year, bought, bought_between(purchases, BEGINNING, at), at, judged)
