"""Products bought by the same customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.matrix.returns import Netted

MINIMUM_CUSTOMERS = 5
"""Independent customers behind every statement; fewer could be one person's doing."""
SHRINKAGE = 10.0
"""Customers added to every denominator: two rare products are not alike for sharing five."""
NEIGHBOURS = 50
BLOCK = 1024
LEVELS = 1024
"""Steps of similarity that are counted to find a product's best without sorting all of them."""

Column = npt.NDArray[np.generic]
Entries = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float32]]
"""Products, ascending; others; customers of both."""


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
    """Shrunk cosine over customers: both / (sqrt(one * other) + 10), five customers at least.

    `bought` (customers, products) holds 1 where there was a purchase: a customer counts once,
    however much it buys.
    """
    by_product = bought.T.tocsr()
    customers = np.diff(by_product.indptr).astype(np.float64)
    blocks = [
        _nearest(_overlaps(by_product, bought, first), customers)
        for first in range(0, by_product.shape[0], BLOCK)
    ]
    products, others, both, similarity = (
        np.concatenate(part) for part in zip(*blocks, strict=True)
    )
    return AlsoBought(
        starts=np.searchsorted(products, np.arange(len(customers) + 1)).astype(np.int64),
        products=others.astype(np.int32),
        customers_both=both.astype(np.int32),
        similarity=similarity.astype(np.float32),
    )


def _overlaps(by_product: sparse.csr_matrix, bought: sparse.csr_matrix, first: int) -> Entries:
    """Products of a block, others, and the customers of both where there are enough."""
    both = by_product[first : first + BLOCK] @ bought
    enough = np.flatnonzero(both.data >= MINIMUM_CUSTOMERS)
    products = first + np.searchsorted(both.indptr, enough, side="right") - 1
    others = both.indices[enough]
    apart = products != others
    return products[apart], others[apart], both.data[enough[apart]]


def _nearest(overlaps: Entries, customers: npt.NDArray[np.float64]) -> tuple[Column, ...]:
    """The nearest others of each product, nearest first, of equals the lower number."""
    products, others, both = overlaps
    similarity = both / (np.sqrt(customers[products] * customers[others]) + SHRINKAGE)
    some = _promising(products, similarity)
    order = some[np.lexsort((others[some], -similarity[some], products[some]))]
    sorted_products = products[order]
    place = np.arange(len(order)) - np.searchsorted(sorted_products, sorted_products)
    kept = order[place < NEIGHBOURS]
    return products[kept], others[kept], both[kept], similarity[kept]


def _promising(
    products: npt.NDArray[np.int64], similarity: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    """Entries that can be among their product's nearest: a few more than `NEIGHBOURS` each."""
    if not len(products):
        return np.zeros(0, np.intp)
    rows = products - products[0]
    levels = (similarity * LEVELS).astype(np.int64)
    counts = np.bincount(rows * LEVELS + levels, minlength=(rows[-1] + 1) * LEVELS)
    at_least = counts.reshape(-1, LEVELS)[:, ::-1].cumsum(axis=1)
    lowest = LEVELS - 1 - (at_least < NEIGHBOURS).sum(axis=1)
    return np.flatnonzero(levels >= lowest[rows])


def count_together(netted: Netted, found: AlsoBought) -> npt.NDArray[np.int32]:
    """(entries of `found`,) customers that bought both products in one order; 0 without orders."""
    orders, order_customers = _orders(netted)
    by_product = orders.tocsc()
    together = np.zeros(len(found.products), np.int32)
    slots = np.full(orders.shape[1], -1, np.int32)
    for product in range(orders.shape[1]):
        entries = slice(found.starts[product], found.starts[product + 1])
        neighbours = found.products[entries]
        with_it = by_product.indices[by_product.indptr[product] : by_product.indptr[product + 1]]
        if len(neighbours) and len(with_it):
            slots[neighbours] = np.arange(len(neighbours))
            together[entries] = _customers_by_slot(
                orders[with_it], order_customers[with_it], slots, len(neighbours)
            )
            slots[neighbours] = -1
    return together


def _orders(netted: Netted) -> tuple[sparse.csr_matrix, npt.NDArray[np.int32]]:
    """(orders, products) 1 where an order kept a product, and (orders,) who placed it."""
    purchases = netted.purchases
    lines = (netted.left > 0) & (purchases.orders >= 0)
    numbers, products = purchases.orders[lines], purchases.product_columns[lines]
    most = int(numbers.max(initial=0)) + 1
    # two customers may number their orders alike; such orders are two
    keys = purchases.customer_rows[lines].astype(np.int64) * most + numbers
    placed, orders = np.unique(keys, return_inverse=True)
    shape = (len(placed), len(purchases.products))
    ones = np.ones(len(orders), np.float32)
    return sparse.csr_matrix((ones, (orders, products)), shape), (placed // most).astype(np.int32)


def _customers_by_slot(
    orders: sparse.csr_matrix,
    customers: npt.NDArray[np.int32],
    slots: npt.NDArray[np.int32],
    size: int,
) -> npt.NDArray[np.int64]:
    """(size,) distinct customers whose orders hold the product of each slot.

    `customers` (orders,) ascend, so each new one is a change.
    """
    slot = slots[orders.indices]
    changes = np.append(0, np.diff(customers) != 0).astype(np.intp)
    buyer = np.repeat(changes.cumsum(), np.diff(orders.indptr))
    did = np.zeros((int(changes.sum()) + 1, size), bool)
    did[buyer[slot >= 0], slot[slot >= 0]] = True
    return np.asarray(did.sum(axis=0))
