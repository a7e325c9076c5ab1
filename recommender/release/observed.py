"""What was watched in everyone's orders, and never asked: favourites, prices, rhythm, channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.text import TextColumn

Starts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Favourites:
    """Categories or brands that each customer buys more of than others do, the largest first."""

    names: TextColumn
    starts: Starts
    numbers: Numbers
    """Position in `names`."""
    lines: Numbers
    """Purchases of it."""
    share: Floats
    """Of the customer's purchases of which the category, or brand, is known."""
    lift: Floats
    """Times everyone's share."""


@dataclass(frozen=True)
class FavouriteValues(Favourites):
    """Values of attributes that each customer buys more of than others do, attribute by attribute.

    Shares are of the customer's purchases of which the attribute is known.
    """

    attributes: TextColumn
    """(names,) the attribute that each of `names` is a value of."""


@dataclass(frozen=True)
class OrderChannels:
    """The ways each customer orders, the one it uses most first."""

    names: TextColumn
    starts: Starts
    numbers: Numbers
    """Position in `names`."""
    orders: Numbers
    """Days on which it ordered that way."""


@dataclass(frozen=True)
class Habits:
    """One value a customer; NaN where too little is known."""

    price_low: Floats
    """A quarter of its purchases were at most so dear, in times the usual price of the category."""
    price_middle: Floats
    price_high: Floats
    """A quarter were at least so dear."""
    priced: Numbers
    """Purchases of which that is known."""
    usual_days: Floats
    """Median of the days from one order to the next."""
    orders: Numbers
    """Days on which it ordered."""


@dataclass(frozen=True)
class LastOrders:
    """Products of each customer's last few orders, the newest first, then products ascending."""

    starts: Starts
    days: Numbers
    """Days since 1970-01-01 UTC."""
    products: Numbers


OBSERVED = ("favourite_categories", "favourite_brands", "habits", "last_orders")
"""Parts that releases of before they were watched lack."""
OBSERVED_LATER = ("favourite_values", "order_channels")
"""So do releases that were made before these were."""


def nothing_observed(customers: int) -> dict[str, Any]:
    """These parts where nothing was watched."""
    starts, none = np.zeros(customers + 1, np.int64), np.zeros(0, np.int32)
    unknown, zero = np.full(customers, np.nan, np.float32), np.zeros(customers, np.int32)
    shares = np.zeros(0, np.float32)
    favourites = Favourites(TextColumn.of([]), starts, none, none, shares, shares)
    return {
        "favourite_categories": favourites,
        "favourite_brands": favourites,
        "habits": Habits(unknown, unknown, unknown, zero, unknown, zero),
        "last_orders": LastOrders(starts, none, none),
        "favourite_values": FavouriteValues(**vars(favourites), attributes=TextColumn.of([])),
        "order_channels": no_channels(customers),
    }


def with_used_names(part: OrderChannels) -> OrderChannels:
    """A channel that only somebody else used may tell who that was."""
    used, numbers = np.unique(part.numbers, return_inverse=True)
    names = TextColumn.of(part.names[int(number)] for number in used)
    return replace(part, names=names, numbers=numbers.astype(part.numbers.dtype))


def no_channels(customers: int) -> OrderChannels:
    """Where no purchase says which way it came."""
    none = np.zeros(0, np.int32)
    return OrderChannels(TextColumn.of([]), np.zeros(customers + 1, np.int64), none, none)
