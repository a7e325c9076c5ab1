"""Windows of 28 days that end with the history: each a future that its past did not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.matrix.returns import net_returns
from recommender.models.popularity import RECENT_DAYS
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LEAST_PAST_DAYS = 56
"""Before a window, for its past to teach anything."""
MOST = 7
JUDGED = 2
"""Windows that are held out to judge; what judges them has seen none of their futures."""
LENGTH = RECENT_DAYS * SECONDS_PER_DAY


@dataclass(frozen=True)
class Window:
    """The 28 days from `at` on, of purchases that reach past them."""

    at: int
    purchases: Purchases

    @property
    def ends(self) -> int:
        return self.at + LENGTH

    def past(self) -> Purchases:
        """All that is earlier than `at`; a copy, made when it is asked for."""
        return self.purchases.before(self.at)

    def future(self) -> Purchases:
        return self.purchases.between(self.at, self.ends)

    def holds_a_history(self, days: int) -> bool:
        """Whether anything bought within so many days before it came to stay."""
        all_, begins = self.purchases, self.at - days * SECONDS_PER_DAY
        is_past = all_.purchased_at < self.at
        gave_back = np.zeros(len(all_.customers), bool)
        gave_back[all_.customer_rows[is_past & (all_.quantity < 0)]] = True
        if (~gave_back[all_.customer_rows[is_past & (all_.purchased_at >= begins)]]).any():
            return True
        return bool((net_returns(self.past()).since(begins).left > 0).any())


def windows_before(purchases: Purchases, now: int, most: int = MOST) -> list[Window]:
    """Newest first, as many as the history holds; none overlaps another's future."""
    begins = int(purchases.purchased_at.min())
    moments = [now - LENGTH * k for k in range(1, most + 1)]
    long_enough = [at for at in moments if at - begins >= LEAST_PAST_DAYS * SECONDS_PER_DAY]
    return [Window(at, purchases) for at in long_enough]
