"""Products bought by the same customers."""

from __future__ import annotations

from collections.abc import Iterator
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
    rows = list(_neighbours(bought))
    lengths = [len(products) for products, _, _ in rows]
    return AlsoBought(
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        products=np.concatenate([r[0] for r in rows]).astype(np.int32),
        customers_both=np.concatenate([r[1] for r in rows]).astype(np.int32),
        similarity=np.concatenate([r[2] for r in rows]).astype(np.float32),
    )


def _neighbours(bought: sparse.csr_matrix) -> Iterator[tuple[npt.NDArray[np.generic], ...]]:
    by_product = bought.T.tocsr()
    customers = np.diff(by_product.indptr).astype(np.float64)
    for first in range(0, by_product.shape[0], BLOCK):
        both = (by_product[first : first + BLOCK] @ bought).tocsr()
        both.sort_indices()
        for row in range(both.shape[0]):
            entries = slice(both.indptr[row], both.indptr[row + 1])
            yield _nearest(first + row, both.indices[entries], both.data[entries], customers)


def _nearest(
    product: int,
    others: npt.NDArray[np.int32],
    both: npt.NDArray[np.float32],
    customers: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.generic], ...]:
    """The neighbours of one product, their shared customers and similarities."""
    supported = (both >= MINIMUM_CUSTOMERS) & (others != product)
    others, both = others[supported], both[supported]
    similarity = both / (np.sqrt(customers[product] * customers[others]) + SHRINKAGE)
    order = np.lexsort((others, -similarity))[:NEIGHBOURS]
    return others[order], both[order], similarity[order]


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
    """(size,) distinct customers whose orders hold the product of each slot."""
    slot = slots[orders.indices]
    buyer = np.repeat(customers, np.diff(orders.indptr)).astype(np.int64)
    keys = np.unique(buyer[slot >= 0] * size + slot[slot >= 0])
    return np.bincount(keys % size, minlength=size)
