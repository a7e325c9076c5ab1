"""The four foretold numbers, each judged on days that it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recommender.insight.withheld import Withheld
from recommender.judging.insight.churn import ChurnCheck, check_churn
from recommender.judging.insight.growth import GrowthCheck
from recommender.judging.insight.reorder import ReorderCheck, check_reorder
from recommender.judging.insight.value import ValueCheck, check_value
from recommender.matrix.returns import Netted
from recommender.tables.purchases import Purchases


@dataclass(frozen=True)
class OwnChecks:
    """Of what a customer's own purchases foretell."""

    value: ValueCheck | Withheld
    reorder: ReorderCheck | Withheld
    churn: ChurnCheck | Withheld


@dataclass(frozen=True)
class Checks:
    potential: GrowthCheck | Withheld
    own: OwnChecks

    def as_json(self) -> dict[str, Any]:
        found = {
            "potential": self.potential,
            "lifetime_value": self.own.value,
            "rhythm": self.own.reorder,
            "churn": self.own.churn,
        }
        return {
            name: {"withheld": check.reason} if isinstance(check, Withheld) else check.as_json()
            for name, check in found.items()
        }


def check_own(purchases: Purchases, whole: Netted, now: int) -> OwnChecks:
    """`whole` are `purchases` netted; all are earlier than `now`."""
    return OwnChecks(
        check_value(purchases, whole, now),
        check_reorder(purchases, whole, now),
        check_churn(purchases, whole, now),
    )
