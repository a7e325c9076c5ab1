"""What was watched of a customer, and never asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from recommender.release.observed import Favourites, Habits
from recommender.release.opening import Release

LEAST_ORDERS = 3
"""By one channel, for it to be told."""


@dataclass(frozen=True)
class Favourite:
    """A category or brand it buys more of than others do."""

    name: str
    lines: int
    """Purchases of it."""
    share: float
    """Of the customer's purchases."""
    lift: float
    """Times everyone's share."""


@dataclass(frozen=True)
class FavouriteValue(Favourite):
    """A value of an attribute, such as a pack size, that it buys more of than others do."""

    attribute: str


@dataclass(frozen=True)
class PriceBand:
    """The middle half of its purchases, in times the usual price of the category."""

    low: float
    middle: float
    high: float
    purchases: int


@dataclass(frozen=True)
class Rhythm:
    usual_days: float
    """Median of the days from one order to the next."""
    orders: int


@dataclass(frozen=True)
class UsualChannel:
    """A way it orders."""

    name: str
    orders: int
    """That came this way."""
    share: float
    """Of its orders of which the way is known."""


@dataclass(frozen=True)
class Observed:
    """Nothing is said where fewer than three purchases stand behind it."""

    categories: tuple[Favourite, ...] = ()
    brands: tuple[Favourite, ...] = ()
    attributes: tuple[FavouriteValue, ...] = ()
    price_band: PriceBand | None = None
    rhythm: Rhythm | None = None
    channels: tuple[UsualChannel, ...] = ()
    """The one it uses most first."""


def observed_of(release: Release, row: int) -> Observed:
    """All of it is in the release; a service without records can show it too."""
    contents = release.contents
    return Observed(
        categories=_favourites(contents.favourite_categories, row),
        brands=_favourites(contents.favourite_brands, row),
        attributes=_values(release, row),
        price_band=_price_band(contents.habits, row),
        rhythm=_rhythm(contents.habits, row),
        channels=_channels(release, row),
    )


def _favourites(part: Favourites, row: int) -> tuple[Favourite, ...]:
    first, end = part.starts[row : row + 2].tolist()
    return tuple(
        Favourite(
            part.names[int(part.numbers[entry])],
            int(part.lines[entry]),
            round(float(part.share[entry]), 4),
            round(float(part.lift[entry]), 2),
        )
        for entry in range(first, end)
    )


def _values(release: Release, row: int) -> tuple[FavouriteValue, ...]:
    part = release.contents.favourite_values
    numbers = part.numbers[slice(*part.starts[row : row + 2])].tolist()
    return tuple(
        FavouriteValue(**vars(found), attribute=part.attributes[number])
        for found, number in zip(_favourites(part, row), numbers, strict=True)
    )


def _price_band(habits: Habits, row: int) -> PriceBand | None:
    columns = (habits.price_low, habits.price_middle, habits.price_high)
    low, middle, high = (round(float(column[row]), 2) for column in columns)
    if math.isnan(middle):
        return None
    return PriceBand(low, middle, high, int(habits.priced[row]))


def _rhythm(habits: Habits, row: int) -> Rhythm | None:
    days = float(habits.usual_days[row])
    return None if math.isnan(days) else Rhythm(days, int(habits.orders[row]))


def _channels(release: Release, row: int) -> tuple[UsualChannel, ...]:
    part = release.contents.order_channels
    cut = slice(*part.starts[row : row + 2].tolist())
    numbers, orders = part.numbers[cut].tolist(), part.orders[cut].tolist()
    return tuple(
        UsualChannel(part.names[number], count, round(count / sum(orders), 4))
        for number, count in zip(numbers, orders, strict=True)
        if count >= LEAST_ORDERS
    )
