"""Whether products said to be due were bought, against a fixed number of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.insight.rhythm.products import product_rhythms
from recommender.insight.rhythm.state import State
from recommender.insight.withheld import Withheld
from recommender.judging.insight.held_out import HeldOut
from recommender.judging.insight.long_ago import LongAgo, long_ago
from recommender.judging.insight.rules import Rule, judge_rules
from recommender.matrix.returns import Netted
from recommender.tables.purchases import Purchases

DAYS, FIXED_DAYS = 28, 30
LEAST_PAIRS = 100
FIXED = f"last bought {FIXED_DAYS} days ago"
SPOKEN = {State.REORDER: "due", State.QUIET: "not due yet", State.LAPSED: "lapsed"}


@dataclass(frozen=True)
class ReorderCheck:
    today: int
    """Days since 1970-01-01 UTC; what came after it was not seen."""
    pairs: int
    """Customers and products with a rhythm."""
    bought: float
    """Share of them bought in the days after."""
    rules: tuple[Rule, ...]
    long_ago: LongAgo

    def as_json(self) -> dict[str, Any]:
        return {
            "days": DAYS,
            "pairs": self.pairs,
            "bought": round(self.bought, 6),
            "rules": [rule.as_json() for rule in self.rules],
            "long_ago": self.long_ago.as_json(),
        }


def check_reorder(purchases: Purchases, whole: Netted, now: int) -> ReorderCheck | Withheld:
    held = HeldOut(purchases, now, DAYS)
    rhythms = product_rhythms(held.past, held.ends - 1)
    width, came = len(purchases.products), held.came(whole)
    pairs = rhythms.customers.astype(np.int64) * width + rhythms.products
    later = whole.purchases.customer_rows[came].astype(np.int64) * width
    bought = np.isin(pairs, later + whole.purchases.product_columns[came])
    if len(pairs) < LEAST_PAIRS or not bought.any():
        return Withheld(
            f"{len(pairs):,} times a customer had bought a product on three days, and "
            f"{int(bought.sum()):,} of these were bought in the {DAYS} days after; to judge by, "
            f"rhythm needs {LEAST_PAIRS}, and some bought"
        )
    told = {SPOKEN[state]: rhythms.state == state for state in SPOKEN}
    told[FIXED] = held.today - rhythms.last_day >= FIXED_DAYS
    return ReorderCheck(
        held.today,
        pairs=len(pairs),
        bought=float(bought.mean()),
        rules=judge_rules(told, bought, rhythms.customers),
        long_ago=long_ago(held, rhythms, bought),
    )
