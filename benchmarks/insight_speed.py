"""What the numbers about one customer cost, on made-up lines, in CPU seconds.

python benchmarks/insight_speed.py
"""

from __future__ import annotations

import time

import numpy as np

from recommender.insight.lifetime.lifetime import learn_lifetime
from recommender.insight.order_days import order_days
from recommender.insight.potential.potential import find_potential
from recommender.insight.potential.spend import spend_by_category
from recommender.insight.rhythm.customers import customer_rhythms
from recommender.insight.rhythm.products import product_rhythms
from recommender.matrix.returns import net_returns
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.text import Ids


def measure_speed(customers: int = 100_000, lines: int = 5_000_000) -> None:
    random = np.random.default_rng(0)
    purchases = made_up(random, customers, lines)
    netted, now = net_returns(purchases), purchases.last_at
    categories = random.integers(0, 100, len(purchases.products)).astype(np.int32)
    peers = random.integers(0, customers, (customers, 40)).astype(np.int32)
    costs, orders = np.full(len(purchases.products), 3.0), order_days(netted)
    for name, work in {
        "lifetime": lambda: learn_lifetime(netted, now, costs=costs),
        "product rhythms": lambda: product_rhythms(netted, now),
        "customer rhythms": lambda: customer_rhythms(orders, now // SECONDS_PER_DAY),
        "potential": lambda: find_potential(spend_by_category(netted, categories, now), peers),
    }.items():
        began = time.process_time()
        said = work()
        print(f"{name}: {time.process_time() - began:.1f} s CPU, {said}")


def made_up(random: np.random.Generator, customers: int, lines: int) -> Purchases:
    """Few customers buy much; seven lines in ten are of thirty products of one's own."""
    products = 20_000
    often = random.gamma(0.5, 1, customers)
    rows = random.choice(customers, lines, p=often / often.sum())
    own = random.integers(0, products, (customers, 30))
    habit = own[rows, (random.random(lines) ** 2 * 30).astype(int)]
    other = (products * random.random(lines) ** 3).astype(int)
    columns = np.where(random.random(lines) < 0.7, habit, other).astype(np.int32)
    return Purchases.sorted(
        Ids.of(f"{c:07d}" for c in range(customers)),
        Ids.of(f"P{p:06d}" for p in range(products)),
        customer_rows=rows.astype(np.int32),
        product_columns=columns,
        purchased_at=1_600_000_000 + random.integers(0, 730, lines) * SECONDS_PER_DAY,
        quantity=np.where(random.random(lines) < 0.02, -1.0, random.integers(1, 10, lines)),
        unit_price=random.gamma(2, 5, products)[columns],
        orders=np.full(lines, -1, np.int32),
    )


if __name__ == "__main__":
    measure_speed()
