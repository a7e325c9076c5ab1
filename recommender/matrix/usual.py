"""What is usual of a product: the median over customers, each of whom is one voice."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from recommender.tables.purchases import Purchases

Lines = npt.NDArray[np.float64]
GEOMETRIC_MEAN, MEDIAN = 0, 1


def usual_quantities(purchases: Purchases, left: Lines) -> Lines:
    """(products,) what customers usually take at a time, 1 where nothing stayed.

    What one customer takes is the geometric mean of what was `left` (n,) of its lines.
    """
    usual = np.exp(_usual(purchases, left, left > 0, GEOMETRIC_MEAN))
    return np.where(np.isnan(usual), 1.0, usual)


def usual_values(purchases: Purchases, values: Lines, kept: npt.NDArray[np.bool_]) -> Lines:
    """(products,) median over customers of each one's own median of `values` (n,), NaN without.

    Only lines that are `kept` (n,) count.
    """
    return _usual(purchases, values, kept, MEDIAN)


def _usual(purchases: Purchases, values: Lines, kept: npt.NDArray[np.bool_], voice: int) -> Lines:
    # plain views of columns that may lie in files
    columns = map(np.asarray, (purchases.customer_rows, purchases.product_columns, values, kept))
    return np.asarray(_medians(tuple(columns), voice, len(purchases.products)))


@numba.njit(nogil=True, cache=True)
def _medians(columns, voice, size):  # type: ignore[no-untyped-def]
    """Twice over the lines, which stand by customer and product; 8 bytes a pair besides."""
    counts = np.zeros(size, np.int64)
    longest = _hear(columns, voice, counts, np.empty(0), np.empty(0))
    starts = np.zeros(size + 1, np.int64)
    starts[1:] = np.cumsum(counts)
    voices = np.empty(starts[-1])
    _hear(columns, voice, starts[:-1].copy(), np.empty(longest), voices)
    medians = np.full(size, np.nan)
    for product in range(size):
        if starts[product] < starts[product + 1]:
            medians[product] = _median(voices[starts[product] : starts[product + 1]])
    return medians


@numba.njit(nogil=True, cache=True)
def _hear(columns, voice, places, own, voices):  # type: ignore[no-untyped-def]
    """Moves the place of a product on by one for each customer, whose voice it puts there.

    Where there is no room for `voices` it only counts. `own` has room for the longest run of kept
    lines of a customer and product, which is given back.
    """
    customers, products, values, kept = columns
    count, longest = 0, 0
    for line in range(len(kept)):
        if kept[line]:
            if len(voices):
                own[count] = values[line]
            count += 1
        end = line + 1
        if (
            end < len(kept)
            and customers[end] == customers[line]
            and products[end] == products[line]
        ):
            continue
        if count:
            product = products[line]
            if len(voices):
                voices[places[product]] = _voice(own[:count], voice)
            places[product] += 1
            longest = max(longest, count)
            count = 0
    return longest


@numba.njit(nogil=True, cache=True)
def _voice(own, voice):  # type: ignore[no-untyped-def]
    if voice == MEDIAN:
        return _median(own)
    logs = 0.0
    for value in own:
        logs += np.log(value)
    return logs / len(own)


@numba.njit(nogil=True, cache=True)
def _median(values):  # type: ignore[no-untyped-def]
    ordered = values if len(values) < 3 else np.sort(values)
    return (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2
