"""What is known about a candidate pair at a moment, as numbers a ranker can weigh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.models import Models
from recommender.models.popularity import RECENT_DAYS
from recommender.ranking.plain.candidates import Pairs
from recommender.ranking.sparse_rows import values_at
from recommender.tables.purchases import SECONDS_PER_DAY

FEATURES = (
    "als_score",
    "als_odds",
    "als_position",
    "bought_with",
    "buyers",
    "recent_buyers",
    "trend",
    "product_age",
    "customer_lines",
    "customer_new",
    "customer_pause",
)
Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Surroundings:
    """Numbers of all customers and products from which the features of pairs are taken."""

    neighbours: sparse.csr_matrix
    """(products, products) similarity of products bought by the same customers."""
    product_table: Table
    """(products, 4) buyers, recent buyers, trend, age."""
    customer_table: Table
    """(customers, 3) recent lines, recently first bought products, days since the last line."""


def look_around(models: Models) -> Surroundings:
    products = models.matrix.weights.shape[1]
    return Surroundings(
        neighbours=models.also_bought.as_matrix(products).T.tocsr(),
        product_table=_product_table(models),
        customer_table=_customer_table(models),
    )


def features_of(models: Models, around: Surroundings, pairs: Pairs) -> Table:
    """(pairs, features) in the order of `FEATURES`, all finite."""
    return np.column_stack(
        [
            pairs.score,
            np.log(np.clip(pairs.score, 1e-4, None)),
            np.log1p(pairs.position),
            np.log1p(_bought_with(models, around, pairs)),
            around.product_table[pairs.products],
            around.customer_table[pairs.customers],
        ]
    )


def _bought_with(models: Models, around: Surroundings, pairs: Pairs) -> npt.NDArray[np.float64]:
    """(pairs,) similarity of the product to all the customer bought, recent purchases first."""
    customers, rows = np.unique(pairs.customers, return_inverse=True)
    similar = models.matrix.weights[customers] @ around.neighbours
    return values_at(similar, rows, pairs.products.astype(np.intp)).astype(np.float64)


def _product_table(models: Models) -> Table:
    popularity = models.popularity
    active = max(popularity.active_customers, 1)
    usual = popularity.season_buyers * (RECENT_DAYS / 91)
    age = np.clip((models.now - popularity.first_sold_at) / SECONDS_PER_DAY, 0, 3650)
    return np.column_stack(
        [
            np.log((popularity.buyers + 0.5) / active),
            np.log((popularity.recent_buyers + 0.5) / active),
            np.log((popularity.recent_buyers + 1) / (usual + 1)),
            np.log1p(age),
        ]
    )


def _customer_table(models: Models) -> Table:
    purchases, left = models.netted.purchases, models.netted.left
    size = len(purchases.customers)
    recent = purchases.purchased_at >= models.now - RECENT_DAYS * SECONDS_PER_DAY
    lines = np.bincount(purchases.customer_rows[recent & (left > 0)], minlength=size)
    last_at = np.full(size, models.now - 3650 * SECONDS_PER_DAY)
    np.maximum.at(last_at, purchases.customer_rows, purchases.purchased_at)
    pause = np.clip((models.now - last_at) / SECONDS_PER_DAY, 0, 3650)
    return np.column_stack([np.log1p(lines), np.log1p(_newly_taken(models)), np.log1p(pause)])


def _newly_taken(models: Models) -> npt.NDArray[np.int64]:
    """(customers,) products first bought within the last 28 days."""
    purchases = models.netted.purchases
    first = np.ones(len(purchases), bool)
    first[1:] = (np.diff(purchases.customer_rows) != 0) | (np.diff(purchases.product_columns) != 0)
    recent = purchases.purchased_at >= models.now - RECENT_DAYS * SECONDS_PER_DAY
    return np.bincount(purchases.customer_rows[first & recent], minlength=len(purchases.customers))
