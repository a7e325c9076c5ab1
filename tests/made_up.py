"""Purchases made up line by line, for tests that work their answers out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix
from recommender.matrix.returns import Netted, net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings
from recommender.models.engine import IMPLICIT, Engine
from recommender.models.models import Models, learn
from recommender.models.settings import Settings
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.text import Ids

FIRST_DAY = 20_000
"""Days since 1970; the days of lines are counted from here."""
FEW_FACTORS = AlsSettings(factors=8, regularization=1.0, alpha=2.0)
SETTINGS = Settings(RecencyQuantity(20.0), FEW_FACTORS)
"""For small data."""


@dataclass(frozen=True)
class Line:
    customer: str
    product: str
    day: float = 0.0
    quantity: float = 1.0
    price: float = float("nan")
    order: str = ""


def at(day: float) -> int:
    """Seconds since 1970 of a day of a line."""
    return round((FIRST_DAY + day) * SECONDS_PER_DAY)


def purchases_of(lines: Iterable[Line]) -> Purchases:
    """In canonical order, whatever order the lines come in."""
    rows = list(lines)
    customers, products = Ids.of(r.customer for r in rows), Ids.of(r.product for r in rows)
    orders = {order: n for n, order in enumerate(sorted({r.order for r in rows} - {""}))}
    return Purchases.sorted(
        customers,
        products,
        customer_rows=np.array([customers.position(r.customer) for r in rows], np.int32),
        product_columns=np.array([products.position(r.product) for r in rows], np.int32),
        purchased_at=np.array([at(r.day) for r in rows], np.int64),
        quantity=np.array([r.quantity for r in rows], np.float64),
        unit_price=np.array([r.price for r in rows], np.float64),
        orders=np.array([orders.get(r.order, -1) for r in rows], np.int32),
    )


def netted_of(lines: Iterable[Line]) -> Netted:
    return net_returns(purchases_of(lines))


def matrix_of(lines: Iterable[Line], weighting: RecencyQuantity, day: float) -> PurchaseMatrix:
    return build_matrix(netted_of(lines), weighting, at(day))


@cache
def shop_lines(customers: int = 60, days: int = 120, seed: int = 0) -> tuple[Line, ...]:
    """Two trades that buy from their own ten products, sometimes from the other ten; few returns.

    Every customer has products it likes most, so that there is something to learn.
    """
    random = np.random.default_rng(seed)
    lines = []
    for c in range(customers):
        liking = random.dirichlet(np.full(10, 0.7))
        for visit in range(int(random.integers(6, 14))):
            day = float(random.integers(0, days))
            for p in random.choice(10, int(random.integers(1, 4)), p=liking):
                own = c % 2 if random.random() < 0.9 else 1 - c % 2
                quantity = float(random.integers(1, 9))
                # products that end in 9 come without a price
                price = float("nan") if p == 9 else 10.0 + p
                line = Line(f"C{c:03}", f"{'AB'[own]}{p}", day, quantity, price, f"{c}-{visit}")
                lines.append(line)
                if random.random() < 0.05:
                    lines.append(replace(line, day=day + 1, quantity=-quantity, order=""))
    return tuple(lines)


@cache
def shop_purchases() -> Purchases:
    return purchases_of(shop_lines())


def learned(purchases: Purchases, engine: Engine = IMPLICIT) -> Models:
    """All models, as of the last purchase."""
    return learn(purchases, replace(SETTINGS, engine=engine), purchases.last_at + 1)


@cache
def shop_models() -> Models:
    return learned(shop_purchases())
