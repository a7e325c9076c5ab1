"""What was watched of a customer, each with the evidence behind it."""

from __future__ import annotations

from recommender.suggest.insight.observed import (
    Favourite,
    Observed,
    PriceBand,
    Rhythm,
    UsualChannel,
)
from service.pages.formats import count, decimal, field_title, whole_percent

USUAL_FROM, USUAL_TO = 0.9, 1.1
"""Times the usual price of a category that still are the usual price."""


def observed_in_words(observed: Observed) -> list[tuple[str, str, str]]:
    """(what, how it is, evidence) of all that is known."""
    found = [("Favourite category", *_favourite(f)) for f in observed.categories]
    found += [("Favourite brand", *_favourite(f)) for f in observed.brands]
    found += [(f"Favourite {_in_words(f.attribute)}", *_favourite(f)) for f in observed.attributes]
    if observed.price_band is not None:
        found.append(("Price level", *_price_level(observed.price_band)))
    if observed.rhythm is not None:
        found.append(("Rhythm", *_rhythm(observed.rhythm)))
    found += [("Usual channel", *_channel(channel)) for channel in observed.channels]
    return found


def _favourite(favourite: Favourite) -> tuple[str, str]:
    return favourite.name, (
        f"{whole_percent(favourite.share)} of its purchases ({count(favourite.lines)}), "
        f"{decimal(favourite.lift)} times the usual share"
    )


def _in_words(attribute: str) -> str:
    """`pack_size` as "pack size", in the middle of a line."""
    title = field_title(attribute)
    return title[:1].lower() + title[1:]


def _price_level(band: PriceBand) -> tuple[str, str]:
    if band.middle < USUAL_FROM:
        level = "below the usual"
    else:
        level = "above the usual" if band.middle > USUAL_TO else "the usual"
    return level, (
        f"half of {count(band.purchases)} purchases lie between {decimal(band.low, 2)} and "
        f"{decimal(band.high, 2)} times the usual price of the category"
    )


def _rhythm(rhythm: Rhythm) -> tuple[str, str]:
    days, orders = count(rhythm.usual_days), count(rhythm.orders)
    return f"every {days} days", f"the median over {orders} orders"


def _channel(channel: UsualChannel) -> tuple[str, str]:
    return channel.name, f"{whole_percent(channel.share)} of its orders ({count(channel.orders)})"
