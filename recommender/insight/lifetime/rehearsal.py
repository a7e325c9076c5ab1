"""How far to believe the models, and how far each customer's own pace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.insight.lifetime.forecast import Forecast, forecast_at
from recommender.insight.money import Money
from recommender.insight.order_days import OrderDays
from recommender.insight.withheld import Withheld

MODEL_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Trust:
    """Learned where the answer is known already."""

    models: float
    """Share of the forecast that is the models'; the rest is the customer's own pace."""
    retention: float
    """Money that came, of each unit that the pace promised; at most 1, for what came beyond it may
    be the season, which a whole year does not have."""

    def revenue(self, forecast: Forecast, days: float) -> Money:
        """(customers that bought,) expected in so many days."""
        paced = forecast.pace * days * self.retention
        return self.models * forecast.revenue(days) + (1 - self.models) * paced


MODELS_ALONE = Trust(1.0, 1.0)


def rehearse(orders: OrderDays, today: int, days: int) -> Trust:
    """What would have been the best share of the models `days` ago, or a third of the way back.

    Ordering is regular in one trade and not in another, and only in some do customers leave as the
    models suppose. The share is that of the least absolute error; where the earlier past is too
    thin to forecast from, the models alone count.
    """
    first = int(orders.days.min())
    days = min(days, (today + 1 - first) // 3)
    earlier = orders.days <= today - days
    past = orders.take(earlier)
    forecast = forecast_at(past, today - days)
    if isinstance(forecast, Withheld) or forecast.money_model is None:
        return MODELS_ALONE
    came = orders.take(~earlier).revenue_of_customers()[past.customers[past.firsts]]
    told = np.isfinite(forecast.money_an_order)
    promised = float(forecast.pace[told].sum() * days)
    retention = min(float(came[told].sum()) / promised, 1.0) if promised > 0 else 1.0
    trusts = [Trust(share, retention) for share in MODEL_SHARES]
    return min(trusts, key=lambda one: np.abs(one.revenue(forecast, days) - came)[told].sum())
