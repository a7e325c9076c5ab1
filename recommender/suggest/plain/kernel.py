"""The usual list of one customer as a kernel: some hundred comparisons, not worth an object each.

Python and NumPy took 25 microseconds for what takes 7 here, 9 with the tables it fills.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from recommender.release.evidence import COUNT_ANEW
from recommender.suggest.kinds import NEW, UPGRADE, UPGRADE_FROM, UPGRADE_TO
from recommender.suggest.plain.table import (
    CHANCE,
    FIRST,
    FIRST_SHARE,
    FOR_ALL,
    KIND,
    MOST_SCALED,
    NEARLY_HALF,
    OWNED,
    PEERS_BOUGHT,
    PRODUCT,
    RETURNED,
    SECOND,
    SECOND_SHARE,
    USUAL_PRICE,
    VALUE,
)


@numba.njit(cache=True)
def plain_numbers(columns, row, numbers, amounts, withheld, held):  # type: ignore[no-untyped-def]
    """How many products there are, how many were held back on the way, the number of peers, and
    whether every amount is rounded; -1 products where it cannot be said.

    `columns` are `ListColumns`. Filled are `numbers` (n, 7), `amounts` (n, 3), `withheld` (rules,)
    and `held` (most, 2), product and what held it. An amount that is not rounded is left as it is.
    """
    # rows at once: every function that is given all columns counts references to each of them
    bought = _of(row, columns.bought_starts, columns.bought)
    earlier = _of(row, columns.earlier_starts, columns.earlier)
    returned = _of(row, columns.returned_starts, columns.returned)
    candidates = _of(row, columns.candidate_starts, columns.candidates)
    begin, end = columns.evidence_starts[row], columns.evidence_starts[row + 1]
    explained, size = candidates[: end - begin], len(columns.why_held)
    is_said = len(bought) > 0 and end <= len(columns.first) and len(explained) <= len(held)
    for products in (bought, earlier, returned, explained):
        is_said &= _are_within(products, size)
    if not is_said:  # in full it is told what is wrong; here memory of others would be read
        return -1, 0, 0, False
    own, why_held = (bought, earlier, returned), columns.why_held
    places = np.empty(len(numbers), np.int64)
    count, held_back = _choose(explained, own, why_held, numbers, places, held)
    is_said = count == len(numbers) or len(explained) == len(candidates)
    for i in range(count):
        entry = begin + places[i]
        numbers[i, FIRST] = columns.first[entry]
        numbers[i, FIRST_SHARE] = columns.first_shares[entry]
        numbers[i, SECOND] = columns.second[entry]
        numbers[i, SECOND_SHARE] = columns.second_shares[entry]
        numbers[i, PEERS_BOUGHT] = columns.peers_bought[entry]
        # a peer was forgotten, so that others must be counted anew
        is_said &= numbers[i, PEERS_BOUGHT] != COUNT_ANEW
        is_said &= max(numbers[i, FIRST], numbers[i, SECOND]) < size
        amounts[i, CHANCE] = columns.chances[columns.candidate_starts[row] + places[i]]
        amounts[i, VALUE] = amounts[i, CHANCE] * columns.spend[numbers[i, PRODUCT]]
    if not is_said:
        return -1, 0, 0, False
    numbers, amounts = numbers[:count], amounts[:count]
    _add_usual_prices(bought, columns.category_numbers, columns.trained_prices, numbers, amounts)
    _add_kinds(columns.prices, numbers, amounts)
    peers = 0
    for peer in columns.peers[row]:
        peers += peer >= 0
    _count_withheld(own, why_held, columns.held, withheld)
    return count, held_back, peers, _round_all(amounts)


@numba.njit(cache=True)
def _of(row, starts, entries):  # type: ignore[no-untyped-def]
    return entries[starts[row] : starts[row + 1]]


@numba.njit(cache=True)
def _are_within(products, size):  # type: ignore[no-untyped-def]
    are_within = True
    for product in products:
        are_within &= 0 <= product < size
    return are_within


@numba.njit(cache=True)
def _choose(explained, own, why_held, numbers, places, held):  # type: ignore[no-untyped-def]
    """How many free products there are, as many as there is room for, and how many were held."""
    count = held_back = 0
    for place in range(len(explained)):
        if count == len(numbers):
            break
        product = explained[place]
        why = _why_held(own, why_held, product)
        if why:
            held[held_back, 0], held[held_back, 1] = product, why
            held_back += 1
        else:
            places[count], numbers[count, PRODUCT] = place, product
            count += 1
    return count, held_back


@numba.njit(cache=True)
def _why_held(own, why_held, product):  # type: ignore[no-untyped-def]
    """0 for what may be offered."""
    bought, earlier, returned = own
    if _is_among(bought, product) or _is_among(earlier, product):
        return OWNED
    if _is_among(returned, product):
        return RETURNED
    why = why_held[product]
    return FOR_ALL + why if why else 0


@numba.njit(cache=True)
def _is_among(ascending, product):  # type: ignore[no-untyped-def]
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < product:
            low = middle + 1
        else:
            high = middle
    return low < len(ascending) and ascending[low] == product


@numba.njit(cache=True)
def _count_withheld(own, why_held, held, counts):  # type: ignore[no-untyped-def]
    """(rules,) as `count_withheld`: what a rule of the customer's holds is under no other."""
    bought, earlier, returned = own
    counts[FOR_ALL:] = held
    counts[OWNED - 1], counts[RETURNED - 1] = len(bought), 0
    for product in bought:
        _uncount(counts, why_held[product])
    for product in earlier:
        if not _is_among(bought, product):
            counts[OWNED - 1] += 1
            _uncount(counts, why_held[product])
    for product in returned:
        if not (_is_among(bought, product) or _is_among(earlier, product)):
            counts[RETURNED - 1] += 1
            _uncount(counts, why_held[product])


@numba.njit(cache=True)
def _uncount(counts, why):  # type: ignore[no-untyped-def]
    if why:
        counts[FOR_ALL + why - 1] -= 1


@numba.njit(cache=True)
def _add_usual_prices(bought, categories, paid, numbers, amounts):  # type: ignore[no-untyped-def]
    """As `usual_prices_of`, for a few products."""
    alike = np.empty(len(bought), np.float64)
    for i in range(len(numbers)):
        category, usual, count = categories[numbers[i, PRODUCT]], np.nan, 0
        if category >= 0:
            for own in bought:
                if categories[own] == category and math.isfinite(paid[own]):
                    alike[count] = paid[own]
                    count += 1
        if count:
            alike[:count].sort()
            usual = (alike[(count - 1) // 2] + alike[count // 2]) / 2
        amounts[i, USUAL_PRICE] = usual


@numba.njit(cache=True)
def _add_kinds(prices, numbers, amounts):  # type: ignore[no-untyped-def]
    """As `kinds_of_unbought`."""
    for i in range(len(numbers)):
        usual = amounts[i, USUAL_PRICE]
        step = prices[numbers[i, PRODUCT]] / usual if usual > 0 else np.nan
        numbers[i, KIND] = UPGRADE if UPGRADE_FROM <= step <= UPGRADE_TO else NEW


@numba.njit(cache=True)
def _round_all(amounts):  # type: ignore[no-untyped-def]
    """Whether all of them could be."""
    are_rounded = True
    for i in range(len(amounts)):
        are_rounded &= _round(amounts, i, CHANCE, 1e6)
        are_rounded &= _round(amounts, i, VALUE, 1e2)
        are_rounded &= _round(amounts, i, USUAL_PRICE, 1e2)
    return are_rounded


@numba.njit(cache=True)
def _round(amounts, i, amount, scale):  # type: ignore[no-untyped-def]
    """As Python's `round`, where that is certain; what is not known stays so.

    The nearest whole number over a power of ten is the float nearest to that decimal.
    """
    number = amounts[i, amount]
    scaled = number * scale
    whole = math.floor(scaled + 0.5)
    if 0 < scaled < MOST_SCALED and abs(scaled - whole) < NEARLY_HALF:
        amounts[i, amount] = whole / scale
        return True
    return math.isnan(number) or (number == 0 and math.copysign(1.0, number) > 0)
