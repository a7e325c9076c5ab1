"""What was known on an earlier day, and what came after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import Netted, net_returns
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """The last `days` before `now` are set aside."""

    purchases: Purchases
    now: int
    """Seconds since 1970 UTC, after the last line."""
    days: int

    @property
    def last_day(self) -> int:
        """Of all, in days since 1970-01-01 UTC."""
        return (self.now - 1) // SECONDS_PER_DAY

    @property
    def today(self) -> int:
        """The last day that may be looked at."""
        return self.last_day - self.days

    @property
    def ends(self) -> int:
        """The first moment that may not."""
        return (self.today + 1) * SECONDS_PER_DAY

    @property
    def past_days(self) -> int:
        """Days with a history before the ones set aside."""
        first = int(self.purchases.purchased_at.min()) // SECONDS_PER_DAY
        return self.today + 1 - first

    @cached_property
    def past(self) -> Netted:
        """Netted as one could on that day."""
        return net_returns(self.purchases.before(self.ends))

    def came(self, whole: Netted) -> Mask:
        """(n,) lines of the days set aside that came to stay."""
        return np.asarray((whole.left > 0) & (whole.purchases.purchased_at >= self.ends))
