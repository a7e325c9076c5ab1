"""What is at stake with each customer, counted over the lists of a release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.insight.money import Money
from recommender.release.contents import Contents, Flags, Products
from recommender.release.stakes import OFFERS_COUNTED, Doubles, Floats, Numbers, Stakes

LISTS_AT_ONCE = 20_000
"""So that a million customers with two hundred candidates each need no gigabytes."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lists:
    """Products of each list, the best first, cut by `starts`."""

    starts: Rows
    products: Numbers
    chance: Floats

    def blocks(self) -> Iterator[Lists]:
        for first in range(0, len(self.starts) - 1, LISTS_AT_ONCE):
            starts = self.starts[first : first + LISTS_AT_ONCE + 1]
            entries = slice(starts[0], starts[-1])
            yield Lists(starts - starts[0], self.products[entries], self.chance[entries])


@dataclass(frozen=True)
class Offers:
    """One value a list, as in `Stakes`."""

    count: Numbers
    chances: Floats
    value: Doubles
    first: Numbers
    first_chance: Floats

    @classmethod
    def of(cls, lists: Lists, products: Products) -> Offers:
        found = [_offers(block, products) for block in lists.blocks()]
        return cls(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def stakes_of(contents: Contents, paces: Money) -> Stakes:
    """`paces` (customers,) what each spends while the chance of silence looks ahead."""
    offers = Offers.of(_all_lists(contents), contents.products)
    which, rhythms = _list_of_customer(contents), contents.customer_rhythms
    silent = np.nan_to_num(rhythms.chance_silent.astype(np.float64))
    return Stakes(
        offers=offers.count[which],
        chances=offers.chances[which],
        offer_value=offers.value[which],
        churn_value=np.where(rhythms.warned, silent * (1 - silent) * paces, 0.0),
        first=offers.first[which],
        first_chance=offers.first_chance[which],
    )


def _all_lists(c: Contents) -> Lists:
    """Of every customer, then of every segment, then the popular one."""
    starts, base = [c.candidates.starts], int(c.candidates.starts[-1])
    starts.append(c.fallback.segment_starts[1:] + base)
    base += int(c.fallback.segment_starts[-1])
    starts.append(np.array([base + len(c.fallback.popular)]))
    return Lists(
        np.concatenate(starts),
        np.concatenate([c.candidates.products, c.fallback.segment_products, c.fallback.popular]),
        np.concatenate([c.candidates.chance, c.fallback.segment_chance, c.fallback.popular_chance]),
    )


def _list_of_customer(c: Contents) -> Rows:
    """(customers,) whose list it is shown: its own, its segment's, or the popular one."""
    customers, segments = len(c.customers.ids), len(c.fallback.segments)
    has_own = (np.diff(c.candidates.starts) > 0) | (np.diff(c.bought.starts) > 0)
    segment = c.customers.segment_number
    fallback = customers + np.where(segment >= 0, segment, segments)
    return np.where(has_own, np.arange(customers), fallback)


def _offers(lists: Lists, products: Products) -> tuple[npt.NDArray[np.generic], ...]:
    """The fields of `Offers`."""
    size = len(lists.starts) - 1
    rows, counts = _counted(lists, products.in_catalogue & products.in_stock)
    own, chance = lists.products[counts], lists.chance[counts].astype(np.float64)
    spend = products.spend[own]
    known = np.isfinite(spend)
    value = np.bincount(rows[known], (chance * spend)[known], size)
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    first, first_chance = np.full(size, -1, np.int32), np.zeros(size, np.float32)
    first[rows[firsts]], first_chance[rows[firsts]] = own[firsts], chance[firsts]
    return (
        np.bincount(rows, minlength=size).astype(np.int32),
        np.bincount(rows, chance, size).astype(np.float32),
        np.where(np.bincount(rows[known], minlength=size) > 0, value, np.nan),
        first,
        first_chance,
    )


def _counted(lists: Lists, is_free: Flags) -> tuple[Rows, Rows]:
    """(list, entry) of the first free places of each list, in the order of the entries."""
    free = is_free[lists.products]
    before = np.concatenate([[0], np.cumsum(free)])
    rows = np.repeat(np.arange(len(lists.starts) - 1), np.diff(lists.starts))
    places = before[:-1] - before[lists.starts[rows]]
    entries = np.flatnonzero(free & (places < OFFERS_COUNTED))
    return rows[entries], entries
