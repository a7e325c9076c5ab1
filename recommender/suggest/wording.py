"""A reason as one plain sentence, the same on the page, in the file and on the terminal."""

from __future__ import annotations

from recommender.formats.formats import Formats
from recommender.release.opening import Release
from recommender.suggest.baskets.reasons import BasketReason, FromBasket, TogetherReason
from recommender.suggest.facts import Interest
from recommender.suggest.reasons import (
    BoughtReason,
    InterestReason,
    PeersReason,
    PopularReason,
    PriceStepReason,
    Reason,
    ResemblesReason,
    StatedReason,
)
from recommender.suggest.regular.reasons import (
    BuysLessReason,
    RegularReason,
    RhythmReason,
    StoppedReason,
)

HALVES_TOLD = 14
"""Days below which half a day more is worth a word."""
DONE: dict[Interest, str] = {"view": "viewed", "cart": "carted", "quote": "quoted"}


def sentence(release: Release, reason: Reason) -> str:
    """Without the full stop, so that sentences can be joined."""
    match reason:
        case BoughtReason() | ResemblesReason() | BasketReason() | TogetherReason():
            return _evidence(release, reason)
        case PeersReason(peers, peers_bought):
            return f"{peers_bought} of {peers} customers like this one bought it"
        case PriceStepReason(category, usual_price, price):
            return (
                f"usually takes {category} at about {_money(release, usual_price)}; "
                f"this one is {_money(release, price)}"
            )
        case PopularReason(customers, days):
            return (
                f"{release.formats.number(customers)} customers bought it in the last {days} days"
            )
        case StatedReason() | InterestReason():
            return _told(release, reason)
        case RhythmReason() | StoppedReason() | BuysLessReason():
            return _regular(release.formats, reason)


def _evidence(release: Release, reason: BoughtReason | ResemblesReason | FromBasket) -> str:
    if isinstance(reason, FromBasket):
        return _of_basket(release, reason)
    bought = f"bought {product_name(release, reason.product_id)}"
    if isinstance(reason, BoughtReason):
        return f"{bought} ({release.formats.percent(reason.share)} of the evidence)"
    others = f", and {reason.bought - 1} more of the {reason.alike} most like it"
    return f"{bought}, which this one resembles{others if reason.bought > 1 else ''}"


def _of_basket(release: Release, reason: FromBasket) -> str:
    lying = f"{product_name(release, reason.product_id)} is in the basket"
    if isinstance(reason, BasketReason):
        return f"{lying} ({release.formats.percent(reason.share)} of the evidence)"
    number = release.formats.number
    counted = f"{number(reason.customers_both)} customers bought both"
    return f"{lying}: {counted}" + (
        f", {number(reason.together)} in one order" if reason.together else ""
    )


def _regular(formats: Formats, reason: RegularReason) -> str:
    match reason:
        case RhythmReason():
            return _rhythm(formats, reason)
        case StoppedReason(gap, last_on, since):
            return (
                f"bought it about {_every(formats, gap)} until {formats.day(last_on)}, "
                f"and not in the {_days(formats, since)} since"
            )
        case BuysLessReason(peers, peers_bought, own, theirs):
            return (
                f"takes about {formats.number(own)} a year; {peers_bought} of {peers} customers "
                f"like this one buy it regularly, usually about {formats.number(theirs)} a year"
            )


def _rhythm(formats: Formats, reason: RhythmReason) -> str:
    usual, every = formats.exact(reason.usual_quantity), _every(formats, reason.usual_gap_days)
    last_on = formats.day(reason.last_on)
    return f"buys about {usual} {every}, last on {last_on}: {_due(formats, reason.days_late)}"


def _due(formats: Formats, late: int) -> str:
    if not late:
        return "due today"
    return f"due in {_days(formats, -late)}" if late < 0 else f"{_days(formats, late)} late"


def _days(formats: Formats, days: float) -> str:
    return "1 day" if days == 1 else f"{formats.exact(days)} days"


def _every(formats: Formats, days: float) -> str:
    """A half, where the median lies between two days, is told of short gaps only."""
    if days == 1:
        return "every day"
    return f"every {_days(formats, days if days < HALVES_TOLD else round(days))}"


def _told(release: Release, reason: StatedReason | InterestReason) -> str:
    if isinstance(reason, InterestReason):
        return f"{DONE[reason.event]} on {release.formats.day(reason.happened_on)}"
    is_product = reason.about == "product"
    about = product_name(release, reason.value) if is_product else reason.value
    words = "" if reason.words is None else f': "{reason.words}"'
    return f"said on {release.formats.day(reason.said_on)} that it {reason.stance} {about}{words}"


def _money(release: Release, amount: float) -> str:
    return release.formats.money(amount, release.manifest.currency)


def why(release: Release, reasons: tuple[Reason, ...]) -> str:
    """All reasons of a suggestion in one line; a suggestion without one says so."""
    return "; ".join(sentence(release, reason) for reason in reasons) or "ranked by the model"


def product_name(release: Release, product_id: str) -> str:
    """The name in the catalogue, or the id where it has none."""
    return release.catalogue.name_of(product_id)
