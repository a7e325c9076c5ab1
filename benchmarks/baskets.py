"""One product held out of each real order: does a list beside the rest of it bring it back?

    python benchmarks/baskets.py FOLDER

FOLDER holds a recommender.toml and a release trained `--as-of` a day before the data ends. Orders
of the 28 days after it, of two known products or more; of each the product held out is drawn by a
seed. Asked once as by a visitor nobody knows and once as by the customer, who is not offered what
it owns: there only orders count whose product held out was new to it. Beside recall@8: how many
products of the first eight the lists said would be bought within the 28 days, how many were, and
CPU time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from recommender.config import load_config
from recommender.judging.window import WINDOW_DAYS
from recommender.release.opening import Release, open_release
from recommender.suggest.baskets import baskets
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.baskets import NOBODY, suggest_for_basket
from recommender.suggest.baskets.companions import Companions
from recommender.suggest.rules import first_rules, rules_for
from recommender.suggest.suggestion import Wish
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.tables import read_tables

PLACES = 8
NO_PAIRS = np.zeros(0, np.int64)
NO_COMPANIONS = Companions(
    NO_PAIRS.astype(np.int32), np.zeros(0), NO_PAIRS.astype(np.int32), NO_PAIRS
)
LISTS = {
    "fold-in alone": {"companions_of": lambda *_: NO_COMPANIONS},
    "bought together alone": {"LIKED": 1e-9},
    "**both**": {},
}
"""What of the list is switched off."""


@dataclass(frozen=True)
class Order:
    customer_id: str
    held_out: str
    basket: Basket
    bought: frozenset[str]
    """By the customer, in all of the 28 days."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=None, help="orders")
    asked = parser.parse_args()
    config = load_config(asked.folder / "recommender.toml")
    release = open_release(asked.folder / "releases", verified=False)
    orders = list(orders_after(release, read_tables(config).purchases))[: asked.most]
    print("| | orders | recall@8 | said | came | ms CPU median, p99 |\n|---|---|---|---|---|---|")
    for who in ("visitor", "customer"):
        fair = [order for order in orders if is_fair(release, order, who)]
        for name, switched in LISTS.items():
            with ExitStack() as switches:
                for what, instead in switched.items():
                    switches.enter_context(patch.object(baskets, what, instead))
                show(f"{who}: {name}", release, fair, who)


def orders_after(release: Release, purchases: Purchases) -> Iterator[Order]:
    at = int(release.as_of.timestamp())
    lines = purchases.since(at).before(at + WINDOW_DAYS * SECONDS_PER_DAY)
    lines = lines.take((lines.quantity > 0) & (lines.orders >= 0))
    random = np.random.default_rng(0)
    for number in np.unique(lines.orders).tolist():
        own = lines.take(lines.orders == number)
        customer_id = lines.customers[int(own.customer_rows[0])]
        ids = [lines.products[int(column)] for column in np.unique(own.product_columns)]
        known = [key for key in ids if release.products.ids.position(key) is not None]
        if len(known) > 1:
            held_out = str(random.choice(known))
            basket = Basket.of(release, [key for key in known if key != held_out])
            columns = lines.product_columns[lines.customer_rows == own.customer_rows[0]]
            bought = frozenset(lines.products[int(column)] for column in np.unique(columns))
            yield Order(customer_id, held_out, basket, bought)


def is_fair(release: Release, order: Order, who: str) -> bool:
    """No rule may hold what is looked for, and a customer must be known."""
    row = release.customers.ids.position(order.customer_id)
    column = np.array([release.products.ids.position(order.held_out)], np.int32)
    if who == "customer":
        if row is None or release.bought.starts[row] == release.bought.starts[row + 1]:
            return False
    else:
        row = None
    return bool(first_rules(rules_for(release, row), column)[0] < 0)


def show(name: str, release: Release, orders: list[Order], who: str) -> None:
    hits, said, came, took = 0, 0.0, 0, []
    for order in orders:
        began = time.process_time_ns()
        customer_id = order.customer_id if who == "customer" else NOBODY
        found = suggest_for_basket(release, customer_id, order.basket, Wish(PLACES)).suggestions
        took.append((time.process_time_ns() - began) / 1e6)
        hits += order.held_out in {s.product_id for s in found}
        said += sum(s.chance for s in found)
        came += sum(s.product_id in order.bought for s in found)
    middle, high = np.percentile(took, [50, 99])
    print(
        f"| {name} | {len(orders):,} | {hits / len(orders):.4f} | {said:,.0f} | {came:,} "
        f"| {middle:.2f}, {high:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
