"""Windows of 28 days that end with the history: each a future that its past did not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.matrix.returns import net_returns, pair_starts
from recommender.models.popularity import RECENT_DAYS
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LEAST_PAST_DAYS = 56
"""Before a window, for its past to teach anything."""
MOST = 7
JUDGED = 2
"""Windows that are held out to judge; what judges them has seen none of their futures."""
FEWEST = JUDGED + 3
"""Windows are looked at where the three before those that judge teach plenty."""
PLENTY = 10_000
"""Pairs first bought in the three."""
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


def enough_windows(purchases: Purchases, now: int) -> list[Window]:
    """Newest first: `FEWEST` where those that teach show plenty, else as many as there are."""
    first = purchases.purchased_at[pair_starts(purchases)[:-1]]
    teach = (first >= now - LENGTH * FEWEST) & (first < now - LENGTH * JUDGED)
    return windows_before(purchases, now, FEWEST if int(teach.sum()) >= PLENTY else MOST)


def windows_before(purchases: Purchases, now: int, most: int = MOST) -> list[Window]:
    """Newest first, as many as the history holds; none overlaps another's future."""
    begins = int(purchases.purchased_at.min())
    moments = [now - LENGTH * k for k in range(1, most + 1)]
    long_enough = [at for at in moments if at - begins >= LEAST_PAST_DAYS * SECONDS_PER_DAY]
    return [Window(at, purchases) for at in long_enough]
