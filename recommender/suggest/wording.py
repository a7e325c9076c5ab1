"""A reason as one plain sentence, the same on the page, in the file and on the terminal."""

from __future__ import annotations

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
            currency = release.manifest.currency
            return (
                f"usually takes {category} at about {usual_price:,.2f} {currency}; "
                f"this one is {price:,.2f} {currency}"
            )
        case PopularReason(customers, days):
            return f"{customers:,} customers bought it in the last {days} days"
        case StatedReason() | InterestReason():
            return _told(release, reason)
        case RhythmReason() | StoppedReason() | BuysLessReason():
            return _regular(reason)


def _evidence(release: Release, reason: BoughtReason | ResemblesReason | FromBasket) -> str:
    if isinstance(reason, FromBasket):
        return _of_basket(release, reason)
    bought = f"bought {product_name(release, reason.product_id)}"
    if isinstance(reason, BoughtReason):
        return f"{bought} ({reason.share:.0%} of the evidence)"
    others = f", and {reason.bought - 1} more of the {reason.alike} most like it"
    return f"{bought}, which this one resembles{others if reason.bought > 1 else ''}"


def _of_basket(release: Release, reason: FromBasket) -> str:
    lying = f"{product_name(release, reason.product_id)} is in the basket"
    if isinstance(reason, BasketReason):
        return f"{lying} ({reason.share:.0%} of the evidence)"
    counted = f"{reason.customers_both:,} customers bought both"
    return f"{lying}: {counted}" + (
        f", {reason.together:,} in one order" if reason.together else ""
    )


def _regular(reason: RegularReason) -> str:
    match reason:
        case RhythmReason():
            return _rhythm(reason)
        case StoppedReason(gap, last_on, since):
            return (
                f"bought it about {_every(gap)} until {last_on.isoformat()}, "
                f"and not in the {_days(since)} since"
            )
        case BuysLessReason(peers, peers_bought, own, theirs):
            return (
                f"takes about {own:,.0f} a year; {peers_bought} of {peers} customers like this one "
                f"buy it regularly, usually about {theirs:,.0f} a year"
            )


def _rhythm(reason: RhythmReason) -> str:
    late, usual = reason.days_late, f"{reason.usual_quantity:,.10g}"
    due = (
        "due today" if not late else f"due in {_days(-late)}" if late < 0 else f"{_days(late)} late"
    )
    return (
        f"buys about {usual} {_every(reason.usual_gap_days)}, "
        f"last on {reason.last_on.isoformat()}: {due}"
    )


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{days:,g} days"


def _every(days: float) -> str:
    """A half, where the median lies between two days, is told of short gaps only."""
    return (
        "every day" if days == 1 else f"every {_days(days if days < HALVES_TOLD else round(days))}"
    )


def _told(release: Release, reason: StatedReason | InterestReason) -> str:
    if isinstance(reason, InterestReason):
        return f"{DONE[reason.event]} on {reason.happened_on.isoformat()}"
    is_product = reason.about == "product"
    about = product_name(release, reason.value) if is_product else reason.value
    words = "" if reason.words is None else f': "{reason.words}"'
    return f"said on {reason.said_on.isoformat()} that it {reason.stance} {about}{words}"


def why(release: Release, reasons: tuple[Reason, ...]) -> str:
    """All reasons of a suggestion in one line; a suggestion without one says so."""
    return "; ".join(sentence(release, reason) for reason in reasons) or "ranked by the model"


def product_name(release: Release, product_id: str) -> str:
    """The name in the catalogue, or the id where it has none."""
    return release.catalogue.name_of(product_id)
