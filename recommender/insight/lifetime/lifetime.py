"""Chance that each customer stays, and what it will order within a horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.lifetime.bg_nbd import BgNbd
from recommender.insight.lifetime.forecast import YEAR_DAYS, Forecast, forecast_at
from recommender.insight.lifetime.gamma_gamma import GammaGamma
from recommender.insight.lifetime.rehearsal import Trust, rehearse
from recommender.insight.money import Money, margin_rates
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.withheld import Withheld
from recommender.matrix.returns import Netted
from recommender.tables.purchases import SECONDS_PER_DAY

Floats = npt.NDArray[np.float64]
LEAST_LEAVING = 0.001
"""After an order; below that all customers would be alive with the same chance."""
STEPS_A_YEAR = 12
"""What is discounted is discounted by the month."""


@dataclass(frozen=True, repr=False)
class Lifetime:
    """Columns are (customers,), NaN for those that never bought."""

    orders_model: BgNbd
    money_model: GammaGamma | None
    """None where too few prices are known; then no money is told."""
    trust: Trust
    """Shares of models and own pace in `revenue`."""
    horizon_days: int
    chance_alive: Floats
    orders: Floats
    """Days with an order expected within the horizon."""
    revenue: Money
    """Expected within the horizon, discounted where asked; NaN where no price is known."""
    margin: Money
    """`revenue` less cost; NaN where the cost of most that the customer bought is unknown."""

    def __repr__(self) -> str:
        known = int(np.isfinite(self.chance_alive).sum())
        return f"Lifetime({known:,} customers, {self.horizon_days} days)"

    @property
    def sees_leaving(self) -> bool:
        """False where it is likeliest that nobody leaves: `chance_alive` says nothing then."""
        return self.orders_model.chance_to_leave >= LEAST_LEAVING

    @property
    def value(self) -> Money:
        """Margin where cost is known, else revenue."""
        return np.where(np.isfinite(self.margin), self.margin, self.revenue)


def learn_lifetime(
    netted: Netted,
    now: int,
    *,
    costs: Money | None = None,
    horizon_days: int = YEAR_DAYS,
    yearly_discount: float = 0.0,
) -> Lifetime | Withheld:
    """`now` in seconds since 1970 UTC, after the last line; `costs` (products,) of one unit.

    A discount of 0.1 makes money a year from now worth a tenth less.
    """
    if horizon_days < 1 or not 0 <= yearly_discount < 1:
        raise ValueError(
            f"a horizon of {horizon_days} days, a discount of {yearly_discount}: give at least one "
            "day, and a discount from 0 to below 1"
        )
    orders, today = order_days(netted), now // SECONDS_PER_DAY
    forecast = forecast_at(orders, today)
    if isinstance(forecast, Withheld):
        return forecast
    trust = rehearse(orders, today, horizon_days)
    counted = _counted(forecast, horizon_days, yearly_discount)
    revenue = _spread(trust.revenue(forecast, horizon_days) * counted, orders)
    rates = np.full(orders.size, np.nan) if costs is None else margin_rates(netted, costs)
    return Lifetime(
        forecast.orders_model,
        forecast.money_model,
        trust,
        horizon_days,
        chance_alive=_spread(forecast.chance_alive(), orders),
        orders=_spread(forecast.orders(horizon_days), orders),
        revenue=revenue,
        margin=revenue * rates,
    )


def _counted(forecast: Forecast, horizon_days: int, yearly_discount: float) -> Floats:
    """(customers that bought,) what an order within the horizon counts, later ones less."""
    if not yearly_discount:
        return np.ones(len(forecast.histories))
    steps = max(1, round(horizon_days / YEAR_DAYS * STEPS_A_YEAR))
    ends = np.linspace(0, horizon_days, steps + 1)
    until = np.array([forecast.orders(end) for end in ends[1:]])
    kept = (1 - yearly_discount) ** ((ends[:-1] + ends[1:]) / 2 / YEAR_DAYS)
    whole = until[-1]
    counted = kept @ np.diff(until, axis=0, prepend=0.0)
    return np.where(whole > 0, counted / np.where(whole > 0, whole, 1.0), 1.0)


def _spread(of_buyers: Floats, orders: OrderDays) -> Floats:
    """(customers,) NaN for those that never bought."""
    column = np.full(orders.size, np.nan)
    column[orders.customers[orders.firsts]] = of_buyers
    return column
