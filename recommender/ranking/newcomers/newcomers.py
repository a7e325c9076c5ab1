"""Prospects and new products together: learned from the tables, and put into everyone's lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.ranking.boosted.known import read_known
from recommender.ranking.newcomers.new_products import (
    NewProducts,
    ProductHistory,
    learn_new_products,
)
from recommender.ranking.newcomers.prospects import Prospects, learn_prospects
from recommender.ranking.newcomers.rehearsing import lessons_before
from recommender.ranking.newcomers.traits import read_traits
from recommender.ranking.newcomers.uptake import uptake_before
from recommender.ranking.sampled import draw_rehearsed
from recommender.tables.purchases import Purchases
from recommender.tables.tables import Tables


@dataclass(frozen=True)
class Newcomers:
    prospects: Prospects
    new_products: NewProducts

    def __str__(self) -> str:
        level = self.new_products.level
        return (
            f"newcomers: portraits weighed on {self.prospects.taste.met:,} purchases, products on "
            f"{self.new_products.taste.met:,}; {level.started:,} of {level.newcomers:,} "
            "unsold products started within 28 days"
        )


def learn_newcomers(purchases: Purchases, tables: Tables, now: int, seed: int) -> Newcomers:
    """From purchases earlier than `now`, numbered by everyone and everything in the tables.

    Lessons are of as many customers as are rehearsed; shares of some are those of all.
    """
    drawn = draw_rehearsed(purchases, seed)
    taught = purchases if drawn is None else purchases.take(drawn[purchases.customer_rows])
    lessons, uptake = lessons_before(taught, now), uptake_before(purchases, now)
    portraits = read_traits(purchases.customers, tables.customers, "customer_id", named=False)
    catalogue = read_traits(purchases.products, tables.products, "product_id", named=True)
    history = _product_history(purchases, tables)
    return Newcomers(
        learn_prospects(portraits, lessons, uptake, seed),
        learn_new_products(catalogue, history, lessons, uptake, now, seed),
    )


def _product_history(purchases: Purchases, tables: Tables) -> ProductHistory:
    first = np.full(len(purchases.products), np.inf)
    bought = purchases.quantity > 0
    times = purchases.purchased_at[bought].astype(np.float64)  # another type is ten times slower
    np.minimum.at(first, purchases.product_columns[bought], times)
    known = read_known(purchases.customers, purchases.products, tables)
    unknown = np.full(len(first), np.nan)
    listed = set() if tables.products is None else set(tables.products["product_id"])
    return ProductHistory(
        first_sold_at=first,
        listed_at=unknown if known.listed_at is None else known.listed_at,
        in_catalogue=np.array([key in listed for key in purchases.products], bool),
    )
