"""What is foretold of each customer, as columns of a release and in words of its manifest."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from recommender.insight.insight import Insight, Own
from recommender.insight.potential.potential import Potential as FoundPotential
from recommender.insight.potential.spend import YEAR_DAYS
from recommender.insight.withheld import Withheld
from recommender.release.insight import (
    CustomerRhythms,
    Lifetime,
    Potential,
    ProductRhythms,
    Sizes,
    nothing_foretold,
)


def insight_parts(insight: Insight) -> dict[str, Any]:
    """The parts of a release named in `INSIGHT`."""
    own, potential = insight.own, insight.potential
    parts = nothing_foretold(own.orders.size)
    parts["product_rhythms"] = _product_rhythms(own)
    parts["customer_rhythms"] = _customer_rhythms(own)
    if isinstance(potential, FoundPotential):
        parts["potential"] = _potential(potential)
        parts["sizes"] = Sizes(potential.size, potential.peers)
    if not isinstance(own.lifetime, Withheld):
        found = own.lifetime
        parts["lifetime"] = Lifetime(
            found.chance_alive.astype(np.float32),
            found.orders.astype(np.float32),
            found.revenue,
            found.margin,
        )
    return parts


def about_insight(insight: Insight) -> dict[str, Any]:
    """What the columns do not say: parameters, or why nothing is told."""
    potential = insight.potential
    return {
        "rhythm": {"ahead_days": insight.own.customers.ahead_days},
        "potential": {"withheld": potential.reason}
        if isinstance(potential, Withheld)
        else {"days": YEAR_DAYS},
        "lifetime": _about_lifetime(insight.own),
    }


def _about_lifetime(own: Own) -> dict[str, Any]:
    found = own.lifetime
    if isinstance(found, Withheld):
        return {"withheld": found.reason}
    return {
        "horizon_days": found.horizon_days,
        "sees_leaving": found.sees_leaving,
        "orders_model": _rounded(asdict(found.orders_model)),
        "money_model": found.money_model and _rounded(asdict(found.money_model)),
        "trust": _rounded(asdict(found.trust)),
    }


def _rounded(parameters: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in parameters.items()}


def _product_rhythms(own: Own) -> ProductRhythms:
    found = own.products
    return ProductRhythms(
        starts=np.searchsorted(found.customers, np.arange(own.orders.size + 1)).astype(np.int64),
        products=found.products,
        days=found.days,
        gap_days=found.gap_days.astype(np.float32),
        quantity=found.quantity,
        last_day=found.last_day,
    )


def _customer_rhythms(own: Own) -> CustomerRhythms:
    orders, found = own.orders, own.customers
    last_day = np.full(orders.size, -1, np.int32)
    last_day[orders.customers[orders.lasts]] = orders.days[orders.lasts]
    return CustomerRhythms(
        usual_days=found.usual_days.astype(np.float32),
        last_day=last_day,
        lateness=found.lateness.astype(np.float32),
        chance_silent=found.chance_silent.astype(np.float32),
        warned=found.warned,
    )


def _potential(found: FoundPotential) -> Potential:
    return Potential(
        starts=found.starts.astype(np.int64),
        categories=found.categories,
        actual=found.actual,
        expected=found.expected,
        low=found.low,
        high=found.high,
        peers_buying=found.peers_buying,
    )
