"""What is foretold of each customer: its rhythm, what it could buy, what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Starts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ProductRhythms:
    """Products that each customer bought on at least three days, products ascending."""

    starts: Starts
    products: Numbers
    days: Numbers
    """On which it was bought."""
    gap_days: Floats
    """Usual days from one to the next: the median."""
    quantity: Doubles
    """Usual quantity of such a day: the median."""
    last_day: Numbers
    """Days since 1970-01-01 UTC."""


@dataclass(frozen=True)
class CustomerRhythms:
    """One value a customer, as of the training; NaN where too little is known."""

    usual_days: Floats
    """Median of the days from one order to the next."""
    last_day: Numbers
    """Of its last order, days since 1970-01-01 UTC; -1 for those that never bought."""
    lateness: Floats
    """Share of waits, told in the customer's own rhythm, that ended before this one's length."""
    chance_silent: Floats
    """That no order comes in the next 90 days."""
    warned: Flags
    """Later than usual, and silence likelier than one in three."""


@dataclass(frozen=True)
class Potential:
    """Categories that each customer buys in, or that enough of its peers do; ascending."""

    starts: Starts
    categories: Numbers
    """Numbers of `products.category_number`."""
    actual: Doubles
    """Money of the last year."""
    expected: Doubles
    """The customer's size times the median share of the peers that buy; NaN where not told."""
    low: Doubles
    """95 % interval of `expected`."""
    high: Doubles
    peers_buying: Numbers
    """0 where not told."""


@dataclass(frozen=True)
class Sizes:
    """One value a customer."""

    size: Doubles
    """Money of the last year in all."""
    peers: Numbers
    """Customers alike that bought anything in that year."""


@dataclass(frozen=True)
class Lifetime:
    """One value a customer, within the horizon; NaN where it is not known."""

    chance_alive: Floats
    orders: Floats
    """Days with an order."""
    revenue: Doubles
    margin: Doubles
    """`revenue` less cost."""


INSIGHT = ("product_rhythms", "customer_rhythms", "potential", "sizes", "lifetime")
"""Parts that releases of before they were foretold lack."""


def nothing_foretold(customers: int) -> dict[str, Any]:
    """These parts where nothing was foretold."""
    starts, none, nothing = np.zeros(customers + 1, np.int64), _none(np.int32), _none(np.float64)
    unknown, money = np.full(customers, np.nan, np.float32), np.full(customers, np.nan)
    zero = np.zeros(customers, np.int32)
    return {
        "product_rhythms": ProductRhythms(starts, none, none, _none(np.float32), nothing, none),
        "customer_rhythms": CustomerRhythms(
            unknown, zero - 1, unknown, unknown, np.zeros(customers, bool)
        ),
        "potential": Potential(starts, none, nothing, nothing, nothing, nothing, none),
        "sizes": Sizes(np.zeros(customers), zero),
        "lifetime": Lifetime(unknown, unknown, money, money),
    }


def _none(kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.zeros(0, kind)
