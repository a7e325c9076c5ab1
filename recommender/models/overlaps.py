"""The products that share most customers with each product, counted a product at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.models.shortlists import NOTHING, Scores, _keep, _key

LEAST_ROOM = 256
"""Places for the nearest found so far: when all are full, only the wanted ones stay."""


@dataclass(frozen=True)
class Bought:
    """Who bought what, from both sides, and how much each customer's word counts."""

    by_product: sparse.csr_matrix
    """(products, customers)."""
    by_customer: sparse.csr_matrix
    """(customers, products)."""
    evidence: npt.NDArray[np.float32]
    """(customers,)."""
    sizes: npt.NDArray[np.float64]
    """(products,) evidence of all that bought each."""


@dataclass(frozen=True)
class Near:
    """Neighbours of some products, one after the other, nearest first, of equals the lower."""

    counts: npt.NDArray[np.int64]
    """(products,) neighbours of each."""
    products: npt.NDArray[np.int32]
    customers_both: npt.NDArray[np.int32]
    similarity: npt.NDArray[np.float32]


def nearest(
    bought: Bought, some: range, *, least_customers: int, shrinkage: float, most: int
) -> Near:
    """Of each product in `some` at most so many, by evidence of both / (sqrt(one * other) +
    shrinkage), where at least so many customers bought both."""
    found = (
        np.empty((len(some), most), np.int32),
        np.empty((len(some), most), np.int32),
        np.empty((len(some), most), np.float32),
    )
    counts = _nearest(
        (bought.by_product.indptr, bought.by_product.indices),
        (bought.by_customer.indptr, bought.by_customer.indices),
        (bought.evidence, bought.sizes),
        (some.start, len(some), least_customers, shrinkage),
        found,
    )
    filled = np.arange(most) < counts[:, None]
    return Near(counts, *(column[filled] for column in found))


@numba.njit(nogil=True, cache=True)
def _nearest(by_product, by_customer, weights, wanted, found):  # type: ignore[no-untyped-def]
    evidence, sizes = weights
    start, products, least, shrinkage = wanted
    others, customers_both, similarity = found
    most = others.shape[1]
    both, weighed = np.zeros(len(sizes), np.int32), np.zeros(len(sizes), np.float32)
    met = np.empty(len(sizes) + 1, np.int32)
    keys = np.empty(most + max(most, LEAST_ROOM), np.int64)
    counts = np.zeros(products, np.int64)
    for number in range(products):
        product = start + number
        count = _meet(product, by_product, by_customer, evidence, (both, weighed, met))
        kept, worst = 0, NOTHING
        for place in range(count):
            other = met[place]
            if both[other] >= least and other != product:
                length = np.sqrt(sizes[product] * sizes[other])
                key = _key(np.float32(weighed[other] / (length + shrinkage)), other)
                if key < worst:
                    keys[kept] = key
                    kept += 1
                    if kept == len(keys):
                        _keep(keys, kept, most)
                        kept, worst = most, keys[most - 1]
        if kept > most:
            _keep(keys, kept, most)
            kept = most
        nearest_first = np.sort(keys[:kept])
        for place in range(kept):
            other = nearest_first[place] & 0xFFFFFFFF
            length = np.sqrt(sizes[product] * sizes[other])
            others[number, place] = other
            customers_both[number, place] = both[other]
            similarity[number, place] = weighed[other] / (length + shrinkage)
        counts[number] = kept
        for place in range(count):
            both[met[place]], weighed[met[place]] = 0, 0
    return counts


@numba.njit(nogil=True, cache=True)
def _meet(product, by_product, by_customer, evidence, sums):  # type: ignore[no-untyped-def]
    """Sums over the product's customers, ascending; gives how many products may have been met."""
    both, weighed, met = sums
    starts, customers = by_product
    begins, bought = by_customer
    buyers = customers[starts[product] : starts[product + 1]]
    lines = 0
    for customer in buyers:
        lines += begins[customer + 1] - begins[customer]
    if lines >= len(both):
        _add(buyers, by_customer, evidence, (both, weighed))
        met[:-1] = np.arange(len(both))
        return len(both)
    count = 0
    for customer in buyers:
        for place in range(begins[customer], begins[customer + 1]):
            other = bought[place]
            met[count] = other  # overwritten by the next one unless this one is new
            count += both[other] == 0
            both[other] += 1
            weighed[other] += evidence[customer]
    return count


@numba.njit(nogil=True, cache=True)
def _add(buyers, by_customer, evidence, sums):  # type: ignore[no-untyped-def]
    """Three times as fast as taking note of what is met: it is most of the time of all."""
    both, weighed = sums
    begins, bought = by_customer
    for customer in buyers:
        weight = evidence[customer]
        for signed in bought[begins[customer] : begins[customer + 1]]:
            other = np.uint64(signed)  # else each would be looked at for being below 0
            both[other] += np.int32(1)
            weighed[other] += weight


@numba.njit(nogil=True, cache=True)
def count_in_orders(by_product, orders, neighbours):  # type: ignore[no-untyped-def]
    """(neighbours,) customers with an order that holds a product and its neighbour.

    `by_product` are starts and orders of each product, `orders` the starts and products of each
    and who placed it, which must ascend; `neighbours` starts and neighbours of each product.
    """
    starts, holding = by_product
    begins, held, customers = orders
    firsts, nearby = neighbours
    together = np.zeros(len(nearby), np.int32)
    entry_of = np.full(len(starts) - 1, -1, np.int64)
    counted = np.full(len(nearby), -1, np.int64)  # the last customer, who may have more orders
    for product in range(len(starts) - 1):
        for entry in range(firsts[product], firsts[product + 1]):
            entry_of[nearby[entry]] = entry
        for order in holding[starts[product] : starts[product + 1]]:
            for other in held[begins[order] : begins[order + 1]]:
                entry = entry_of[other]
                if entry >= 0 and counted[entry] != customers[order]:
                    counted[entry] = customers[order]
                    together[entry] += 1
        for entry in range(firsts[product], firsts[product + 1]):
            entry_of[nearby[entry]] = -1
    return together


def shared(held: sparse.csr_matrix, by_product: sparse.csr_matrix, some: range) -> Scores:
    """(some products, products) rows of `held` that hold both; `by_product` is its transpose."""
    counts = np.zeros((len(some), held.shape[1]), np.float32)
    _share((by_product.indptr, by_product.indices), (held.indptr, held.indices), some.start, counts)
    return counts


@numba.njit(nogil=True, cache=True)
def _share(by_product, by_row, first, counts):  # type: ignore[no-untyped-def]
    starts, rows = by_product
    begins, held = by_row
    for number in range(len(counts)):
        line, product = counts[number], first + number
        for row in rows[starts[product] : starts[product + 1]]:
            for other in held[begins[row] : begins[row + 1]]:
                line[np.uint64(other)] += np.float32(1)
