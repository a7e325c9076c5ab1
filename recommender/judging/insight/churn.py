"""Whether customers that were said to stay silent did, against a fixed number of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.insight.order_days import order_days
from recommender.insight.rhythm.customers import AHEAD_DAYS, CustomerRhythms, customer_rhythms
from recommender.insight.withheld import Withheld
from recommender.judging.insight.held_out import HeldOut, Mask
from recommender.judging.insight.rules import Rule, auc, judge_rules
from recommender.matrix.returns import Netted
from recommender.tables.purchases import Purchases

LEAST_CUSTOMERS = 100
FIXED = f"no order for {AHEAD_DAYS} days"


@dataclass(frozen=True)
class ChurnCheck:
    today: int
    """Days since 1970-01-01 UTC; what came after it was not seen."""
    customers: int
    silent: float
    """Share without an order in the days after."""
    said: float
    """Mean chance of silence that was said."""
    auc: float
    """Of the chance of silence."""
    auc_of_days: float
    """Of the days since the last order."""
    rules: tuple[Rule, ...]
    """The fixed one, and as many customers by own rhythm."""
    regular_rules: tuple[Rule, ...]
    """Among customers with three order days: the fixed one, and the warnings."""

    def as_json(self) -> dict[str, Any]:
        numbers = {
            "days": AHEAD_DAYS,
            "customers": self.customers,
            "silent": round(self.silent, 6),
            "said": round(self.said, 6),
            "auc": round(self.auc, 6),
            "auc_of_days_since": round(self.auc_of_days, 6),
        }
        return numbers | {
            "rules": [rule.as_json() for rule in self.rules],
            "regular_rules": [rule.as_json() for rule in self.regular_rules],
        }


def check_churn(purchases: Purchases, whole: Netted, now: int) -> ChurnCheck | Withheld:
    held = HeldOut(purchases, now, AHEAD_DAYS)
    if held.past_days < AHEAD_DAYS:
        return Withheld(
            f"only {max(held.past_days, 0):,} days are known before the {AHEAD_DAYS} set aside; "
            f"churn needs {AHEAD_DAYS}"
        )
    orders = order_days(held.past)
    rows = orders.customers[orders.firsts]
    silent = ~np.isin(rows, whole.purchases.customer_rows[held.came(whole)])
    if len(rows) < LEAST_CUSTOMERS or silent.all() or not silent.any():
        return Withheld(
            f"of {len(rows):,} customers {int(silent.sum()):,} did not order in {AHEAD_DAYS} days; "
            f"to judge by, churn needs {LEAST_CUSTOMERS} customers, some that did and some that "
            "did not"
        )
    return _checked(held.today, customer_rhythms(orders, held.today), rows, silent)


def _checked(
    today: int, rhythms: CustomerRhythms, rows: np.ndarray[Any, Any], silent: Mask
) -> ChurnCheck:
    since, said = rhythms.days_since[rows], rhythms.chance_silent[rows]
    fixed = since >= AHEAD_DAYS
    likeliest = np.zeros(len(rows), bool)
    likeliest[np.argsort(-said, kind="stable")[: int(fixed.sum())]] = True
    regular = np.isfinite(rhythms.usual_days[rows])
    warned = rhythms.warned[rows]
    return ChurnCheck(
        today,
        customers=len(rows),
        silent=float(silent.mean()),
        said=float(said.mean()),
        auc=auc(said, silent),
        auc_of_days=auc(since, silent),
        rules=judge_rules({"as many by own rhythm": likeliest, FIXED: fixed}, silent, rows),
        regular_rules=judge_rules(
            {"our warnings": warned[regular], FIXED: fixed[regular]}, silent[regular], rows[regular]
        ),
    )
