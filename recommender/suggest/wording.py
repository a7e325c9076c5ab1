"""A reason as one plain sentence, the same on the page, in the file and on the terminal."""

from __future__ import annotations

from recommender.release.opening import Release
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

DONE: dict[Interest, str] = {"view": "viewed", "cart": "carted", "quote": "quoted"}


def sentence(release: Release, reason: Reason) -> str:
    """Without the full stop, so that sentences can be joined."""
    match reason:
        case BoughtReason() | ResemblesReason():
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
        case StatedReason():
            return _stated(release, reason)
        case InterestReason(event, happened_on):
            return f"{DONE[event]} on {happened_on.isoformat()}"


def _evidence(release: Release, reason: BoughtReason | ResemblesReason) -> str:
    bought = f"bought {product_name(release, reason.product_id)}"
    if isinstance(reason, BoughtReason):
        return f"{bought} ({reason.share:.0%} of the evidence)"
    others = f", and {reason.bought - 1} more of the {reason.alike} most like it"
    return f"{bought}, which this one resembles{others if reason.bought > 1 else ''}"


def _stated(release: Release, reason: StatedReason) -> str:
    is_product = reason.about == "product"
    about = product_name(release, reason.value) if is_product else reason.value
    words = "" if reason.words is None else f': "{reason.words}"'
    return f"said on {reason.said_on.isoformat()} that it {reason.stance} {about}{words}"


def why(release: Release, reasons: tuple[Reason, ...]) -> str:
    """All reasons of a suggestion in one line; a suggestion without one says so."""
    return "; ".join(sentence(release, reason) for reason in reasons) or "ranked by the model"


def product_name(release: Release, product_id: str) -> str:
    """The name in the catalogue, or the id where it has none."""
    column = release.products.ids.position(product_id)
    return (release.products.name[column] if column is not None else "") or product_id
