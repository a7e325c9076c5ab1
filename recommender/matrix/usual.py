"""What customers usually take of a product at a time."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from recommender.tables.purchases import Purchases


def usual_quantities(
    purchases: Purchases, left: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """(products,) median over customers of what each usually takes, 1 where nothing stayed.

    What one customer takes is the geometric mean of its lines, `left` (n,) of each; a billion lines
    are one voice.
    """
    # plain views of columns that may lie in files
    customers, products = map(np.asarray, (purchases.customer_rows, purchases.product_columns))
    return np.asarray(_medians(customers, products, left, len(purchases.products)))


@numba.njit(nogil=True, cache=True)
def _medians(customers, products, left, size):  # type: ignore[no-untyped-def]
    """Twice over the lines, which stand by customer and product, and 8 bytes a pair besides."""
    counts = np.zeros(size, np.int64)
    _hear(customers, products, left, counts, np.empty(0))
    starts = np.zeros(size + 1, np.int64)
    starts[1:] = np.cumsum(counts)
    voices = np.empty(starts[-1])
    _hear(customers, products, left, starts[:-1].copy(), voices)
    usual = np.ones(size)
    for product in range(size):
        own = np.sort(voices[starts[product] : starts[product + 1]])
        if len(own):
            middle = (own[(len(own) - 1) // 2] + own[len(own) // 2]) / 2
            usual[product] = np.exp(middle)
    return usual


@numba.njit(nogil=True, cache=True)
def _hear(customers, products, left, places, voices):  # type: ignore[no-untyped-def]
    """Moves the place of a product on by one for each customer, whose mean of logs it puts there.

    Where there is no room for `voices` it only counts.
    """
    logs, kept = 0.0, 0
    for line in range(len(left)):
        if left[line] > 0:
            logs += np.log(left[line])
            kept += 1
        last = line + 1 == len(left)
        if last or customers[line + 1] != customers[line] or products[line + 1] != products[line]:
            if kept:
                product = products[line]
                if len(voices):
                    voices[places[product]] = logs / kept
                places[product] += 1
            logs, kept = 0.0, 0
