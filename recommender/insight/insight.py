"""All that is foretold of each customer at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.lifetime.lifetime import Lifetime, learn_lifetime
from recommender.insight.money import Money
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.potential.potential import Potential, find_potential
from recommender.insight.potential.spend import spend_by_category
from recommender.insight.rhythm.customers import CustomerRhythms, customer_rhythms
from recommender.insight.rhythm.products import ProductRhythms, product_rhythms
from recommender.insight.withheld import Withheld
from recommender.matrix.returns import Netted
from recommender.models.alike import find_peers
from recommender.models.models import Models
from recommender.tables.purchases import SECONDS_PER_DAY

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Own:
    """What a customer's own purchases foretell."""

    orders: OrderDays
    products: ProductRhythms
    customers: CustomerRhythms
    lifetime: Lifetime | Withheld


@dataclass(frozen=True)
class Insight:
    own: Own
    peers: Numbers
    """(customers, peers) nearest first, -1 where there are fewer."""
    potential: Potential | Withheld


def learn_own(netted: Netted, now: int, costs: Money | None = None) -> Own:
    """From lines that are all earlier than `now`; `costs` (products,) NaN where not known.

    Lines older than the history that models learn from count too: when a customer first came, and
    how long it once stayed away, is told by them.
    """
    orders, last = order_days(netted), now - 1
    return Own(
        orders,
        products=product_rhythms(netted, last),
        customers=customer_rhythms(orders, last // SECONDS_PER_DAY),
        lifetime=learn_lifetime(netted, last, costs=costs),
    )


def beside_peers(own: Own, models: Models, categories: Numbers) -> Insight:
    """`categories` (products,) number of each product's, -1 where none is known."""
    peers = find_peers(models.factors.customers)
    spend = spend_by_category(models.netted, categories, models.now)
    return Insight(own, peers, find_potential(spend, peers))
