"""What is foretold at one moment, by the models and by each customer's own pace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from recommender.insight.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from recommender.insight.lifetime.histories import (
    DAYS_PER_WEEK,
    Histories,
    Spending,
    histories_of,
    spending_of,
)
from recommender.insight.money import Money
from recommender.insight.order_days import OrderDays
from recommender.insight.withheld import Withheld

Floats = npt.NDArray[np.float64]
LEAST_CUSTOMERS, LEAST_CAME_BACK, LEAST_WEEKS = 100, 50, 13
YEAR_DAYS = 365


@dataclass(frozen=True, repr=False)
class Forecast:
    """Columns are of the customers that bought, in the order of `orders.firsts`."""

    orders_model: BgNbd
    money_model: GammaGamma | None
    histories: Histories
    money_an_order: Money
    """Expected of the next one; NaN where no price is known."""
    pace: Money
    """Money a day in the last year, or since purchases are known."""

    def chance_alive(self) -> Floats:
        return self.orders_model.chance_alive(self.histories)

    def orders(self, days: float) -> Floats:
        return self.orders_model.expected_orders(self.histories, days / DAYS_PER_WEEK)

    def revenue(self, days: float) -> Money:
        """As the models say."""
        return self.orders(days) * self.money_an_order


def forecast_at(orders: OrderDays, today: int) -> Forecast | Withheld:
    """`today` in days since 1970-01-01 UTC, not before the last order."""
    histories = histories_of(orders, today)
    too_thin = thin(histories)
    if too_thin:
        return too_thin
    model = fit_bg_nbd(histories)
    if model is None:
        return Withheld("no search for the likeliest rates of ordering came to an end")
    money_model, an_order = _money_an_order(orders)
    return Forecast(model, money_model, histories, an_order, _pace(orders, today))


def thin(histories: Histories) -> Withheld | None:
    """Why too little was seen to tell those that stay from those that left; None if enough."""
    came_back = int((histories.repeats > 0).sum())
    weeks = int(histories.weeks.max(initial=0.0))
    for found, least, what in (
        (len(histories), LEAST_CUSTOMERS, "customers bought"),
        (came_back, LEAST_CAME_BACK, "customers came back on another day"),
        (weeks, LEAST_WEEKS, "weeks of purchases are known"),
    ):
        if found < least:
            return Withheld(f"only {found:,} {what}; lifetime value needs {least:,}")
    return None


def _money_an_order(orders: OrderDays) -> tuple[GammaGamma | None, Money]:
    """Nothing is told where q is at most 1: the mean of all would be infinite."""
    count, mean = spending_of(orders)
    paid = count > 0
    enough = paid.sum() >= LEAST_CUSTOMERS and (count > 1).sum() >= LEAST_CAME_BACK
    model = fit_gamma_gamma(Spending(count[paid], mean[paid])) if enough else None
    if model is None or model.q <= 1:
        return None, np.full(len(count), np.nan)
    priced = np.logical_or.reduceat(orders.priced, orders.firsts)
    return model, np.where(priced, model.expected_money(count, mean), np.nan)


def _pace(orders: OrderDays, today: int) -> Money:
    span = min(YEAR_DAYS, max(today + 1 - int(orders.days.min()), 1))
    recent = np.where(orders.days > today - span, orders.revenue, 0.0)
    return np.asarray(np.add.reduceat(recent, orders.firsts) / span)
