"""Products bought by the same customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.returns import Netted
from recommender.matrix.runs import customer_runs
from recommender.models.overlaps import Bought, count_in_orders, nearest

MINIMUM_CUSTOMERS = 5
"""Independent customers behind every statement; fewer could be one person's doing."""
FULL_EVIDENCE = 20.0
"""Products after which a customer's purchases speak with their full weight."""
SHRINKAGE = 10.0
"""Customers added to every denominator: two rare products are not alike for sharing five."""
NEIGHBOURS = 50
BLOCK = 1024


@dataclass(frozen=True)
class AlsoBought:
    """Neighbours of each product, nearest first."""

    starts: npt.NDArray[np.int64]
    products: npt.NDArray[np.int32]
    customers_both: npt.NDArray[np.int32]
    similarity: npt.NDArray[np.float32]

    def as_matrix(self, products: int) -> sparse.csr_matrix:
        """(products, products) similarities, row i holding the neighbours of product i."""
        return sparse.csr_matrix(
            (self.similarity, self.products, self.starts), (products, products)
        )


def find_also_bought(bought: sparse.csr_matrix) -> AlsoBought:
    """Shrunk cosine over evidence: both / (sqrt(one * other) + 10), five customers at least.

    `bought` (customers, products) holds 1 where there was a purchase: a customer counts once,
    however much it buys, and as much as `evidence_of` says.
    """
    evidence = evidence_of(bought)
    by_product = bought.T.tocsr()
    of_products = by_product @ evidence
    held = Bought(by_product, bought, evidence.astype(np.float32), of_products)
    blocks = [
        nearest(
            held,
            range(len(of_products))[first : first + BLOCK],
            least_customers=MINIMUM_CUSTOMERS,
            shrinkage=SHRINKAGE,
            most=NEIGHBOURS,
        )
        for first in range(0, len(of_products), BLOCK)
    ]
    counts = np.concatenate([np.zeros(1, np.int64), *(near.counts for near in blocks)])
    return AlsoBought(
        starts=np.cumsum(counts),
        products=np.concatenate([near.products for near in blocks]),
        customers_both=np.concatenate([near.customers_both for near in blocks]),
        similarity=np.concatenate([near.similarity for near in blocks]),
    )


def evidence_of(bought: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """(customers,) 0 to 1, by the products a customer bought: all from the median or 20 on.

    Whoever bought two products says little about what goes with what, and is quickly made up. The
    median keeps the evidence of shops where everyone buys two.
    """
    breadth = np.diff(bought.indptr)
    buying = breadth[breadth > 0]
    full = min(float(np.median(buying)), FULL_EVIDENCE) if len(buying) else 1.0
    return np.minimum(breadth / full, 1.0)


def count_together(netted: Netted, found: AlsoBought) -> npt.NDArray[np.int32]:
    """(entries of `found`,) customers that bought both products in one order; 0 without orders."""
    orders, order_customers = _orders(netted)
    by_product = orders.tocsc()
    return np.asarray(
        count_in_orders(
            (by_product.indptr, by_product.indices),
            (orders.indptr, orders.indices, order_customers),
            (found.starts, found.products),
        )
    )


def _orders(netted: Netted) -> tuple[sparse.csr_matrix, npt.NDArray[np.int32]]:
    """(orders, products) 1 where an order kept a product, and (orders,) who placed it."""
    purchases = netted.purchases
    lines = (netted.left > 0) & (purchases.orders >= 0)
    numbers, products = purchases.orders[lines], purchases.product_columns[lines]
    most = int(numbers.max(initial=0)) + 1
    # two customers may number their orders alike; such orders are two
    customers = purchases.customer_rows[lines]
    parts, orders, before = [], np.empty(len(customers), np.int32), 0
    for run in customer_runs(customers):
        keys = customers[run].astype(np.int64) * most + numbers[run]
        placed, places = np.unique(keys, return_inverse=True)
        orders[run] = places + before
        before += len(placed)
        parts.append((placed // most).astype(np.int32))
    ones = np.ones(len(orders), np.float32)
    shape = (before, len(purchases.products))
    return sparse.csr_matrix((ones, (orders, products)), shape), np.concatenate(parts)
