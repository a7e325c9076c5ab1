"""Whether the money that was foretold came, against what anyone would have guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from recommender.insight.lifetime.forecast import YEAR_DAYS
from recommender.insight.lifetime.lifetime import learn_lifetime
from recommender.insight.lifetime.rehearsal import Trust
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.withheld import Withheld
from recommender.judging.bootstrap import Floats, Interval, resampled_means
from recommender.judging.insight.held_out import HeldOut
from recommender.judging.insight.rules import ratio
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

MOST_DAYS = 182
OURS, NAIVE, PACE = "our forecast", "past mean times retention", "past mean"


@dataclass(frozen=True)
class Forecaster:
    name: str
    off: Interval
    """Mean absolute error, as a share of what customers spent on average."""
    rank_correlation: float | None
    """Of what was foretold and what came (Spearman); None where one is the same for all."""
    mean: float
    """Money foretold."""

    def as_json(self) -> dict[str, Any]:
        rank = self.rank_correlation
        return {
            "forecast": self.name,
            "off": self.off.as_json(),
            "rank_correlation": None if rank is None else round(rank, 6),
            "mean": round(self.mean, 4),
        }


@dataclass(frozen=True)
class ValueCheck:
    today: int
    """Days since 1970-01-01 UTC; what came after it was not seen."""
    days: int
    customers: int
    came: float
    """Money of a customer in the days after, on average."""
    forecasts: tuple[Forecaster, ...]
    """Ours first."""
    leads: dict[str, Interval]
    """Error of each other one less ours, on the same draws."""
    models: float
    """Share of ours that the models make; the rest is each customer's own pace."""
    retention: float
    """What that pace was multiplied by."""

    def as_json(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "customers": self.customers,
            "came": round(self.came, 4),
            "forecasts": [forecast.as_json() for forecast in self.forecasts],
            "less_ours": {name: lead.as_json() for name, lead in self.leads.items()},
            "models": self.models,
            "retention": round(self.retention, 6),
        }


def check_value(purchases: Purchases, whole: Netted, now: int) -> ValueCheck | Withheld:
    """On the newest half year, or third of the history where that is shorter."""
    first = int(purchases.purchased_at.min()) // SECONDS_PER_DAY
    known_days = (now - 1) // SECONDS_PER_DAY + 1 - first
    held = HeldOut(purchases, now, max(1, min(MOST_DAYS, known_days // 3)))
    lifetime = learn_lifetime(held.past, held.ends - 1, horizon_days=held.days)
    if isinstance(lifetime, Withheld):
        return Withheld(f"before the {held.days:,} days set aside {lifetime.reason}")
    orders = order_days(whole)
    came = orders.take(orders.days > held.today).revenue_of_customers()
    known = np.isfinite(lifetime.revenue)
    if not came[known].sum() > 0:
        return Withheld(f"no money is known to have come in the {held.days:,} days set aside")
    forecasts = {OURS: lifetime.revenue} | _naive(order_days(held.past), held)
    forecasts = {name: forecast[known] for name, forecast in forecasts.items()}
    return _checked(held, forecasts, came[known], lifetime.trust)


def _naive(orders: OrderDays, held: HeldOut) -> dict[str, Floats]:
    """The pace of the last year; retention is the share of the customers of its first half that
    came in the second."""
    span = min(YEAR_DAYS, held.past_days)
    recent = orders.take(orders.days > held.today - span)
    pace = recent.revenue_of_customers() * held.days / span
    middle = held.today - span / 2
    early = np.unique(recent.customers[recent.days <= middle])
    stayed = np.isin(early, recent.customers[recent.days > middle])
    return {NAIVE: pace * (stayed.mean() if len(early) else 1.0), PACE: pace}


def _checked(held: HeldOut, forecasts: dict[str, Floats], came: Floats, trust: Trust) -> ValueCheck:
    errors = [np.abs(forecast - came) for forecast in forecasts.values()]
    sums = np.column_stack([came, *errors])
    drawn = np.vstack([sums.mean(axis=0), resampled_means(sums, np.ones(len(sums)))])
    return ValueCheck(
        held.today,
        held.days,
        customers=len(came),
        came=float(came.mean()),
        forecasts=tuple(
            Forecaster(
                name,
                ratio(drawn[:, 1 + i], drawn[:, 0]),
                _rank_correlation(forecast, came),
                float(forecast.mean()),
            )
            for i, (name, forecast) in enumerate(forecasts.items())
        ),
        leads={
            name: ratio(drawn[:, 1 + i] - drawn[:, 1], drawn[:, 0])
            for i, name in enumerate(forecasts)
            if name != OURS
        },
        models=trust.models,
        retention=trust.retention,
    )


def _rank_correlation(one: Floats, other: Floats) -> float | None:
    first, second = rankdata(one), rankdata(other)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
