"""Reasons: facts that speak for a suggestion, each re-checkable against the release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.baskets.reasons import BasketReason, TogetherReason
from recommender.suggest.facts import EVERYONE, About, Consent, Interest, Stance
from recommender.suggest.history import History, contributions_of, history_of
from recommender.suggest.regular.reasons import BuysLessReason, RhythmReason, StoppedReason

MINIMUM_CUSTOMERS = 5
"""Independent customers behind every statement: fewer could be one person's doing."""
SHARES_SHOWN = 2
LEAST_SHARE = 0.05


@dataclass(frozen=True)
class BoughtReason:
    """A purchase of this customer that speaks for the product."""

    kind: ClassVar[str] = "bought"
    product_id: str
    share: float
    """Of all purchases' positive contributions to the model's score."""


@dataclass(frozen=True)
class PeersReason:
    """Customers like this one, and how many of them bought the product."""

    kind: ClassVar[str] = "peers"
    peers: int
    peers_bought: int


@dataclass(frozen=True)
class PriceStepReason:
    """The product is dearer than what this customer usually takes of the category."""

    kind: ClassVar[str] = "price_step"
    category: str
    usual_price: float
    price: float


@dataclass(frozen=True)
class PopularReason:
    """How many customers bought the product in the last 28 days."""

    kind: ClassVar[str] = "popular"
    customers: int
    days: int = 28


@dataclass(frozen=True)
class StatedReason:
    """What the customer said it likes or needs."""

    kind: ClassVar[str] = "stated"
    stance: Stance
    about: About
    value: str
    words: str | None
    """Its own, where they were written down."""
    said_on: date


@dataclass(frozen=True)
class InterestReason:
    """The customer looked at the product, put it into a cart, or asked for a quote."""

    kind: ClassVar[str] = "interest"
    event: Interest
    happened_on: date


@dataclass(frozen=True)
class ResemblesReason:
    """Purchases within a year that resemble a product which hardly anyone bought yet."""

    kind: ClassVar[str] = "resembles"
    product_id: str
    """Of these purchases the one most like it."""
    bought: int
    """How many of the products most like it the customer bought."""
    alike: int
    """How many there are."""


Reason = (
    BoughtReason
    | PeersReason
    | PriceStepReason
    | PopularReason
    | StatedReason
    | InterestReason
    | ResemblesReason
    | RhythmReason
    | StoppedReason
    | BuysLessReason
    | BasketReason
    | TogetherReason
)


def contributions(release: Release, row: int, products: Numbers) -> npt.NDArray[np.float64]:
    """(products, bought) as `contributions_of`, by the customer's row of `bought`."""
    return contributions_of(release, history_of(release, row), products)


def bought_reasons(
    release: Release, history: History, products: Numbers
) -> list[list[BoughtReason]]:
    """For each product, the purchases with the largest shares of the positive sum."""
    speaks_for = np.maximum(contributions_of(release, history, products), 0.0)
    totals = speaks_for.sum(axis=1, keepdims=True)
    shares = np.divide(speaks_for, totals, out=np.zeros_like(speaks_for), where=totals > 0)
    # purchases ascend, so that of equal shares the lower product comes first
    largest = np.argsort(-shares, axis=1, kind="stable")[:, :SHARES_SHOWN]
    bought = history.products[largest].tolist()
    ids = release.catalogue.ids
    return [
        [
            BoughtReason(ids[product], round(share, 4))
            for product, share in zip(theirs, parts, strict=True)
            if share >= LEAST_SHARE
        ]
        for theirs, parts in zip(
            bought, np.take_along_axis(shares, largest, axis=1).tolist(), strict=True
        )
    ]


def peers_reasons(
    release: Release, row: int, products: Numbers, consent: Consent = EVERYONE
) -> list[list[PeersReason]]:
    """For each product, how many peers bought it; nothing where fewer than five did."""
    peers, bought = bought_by_peers(release, row, consent)
    counts = [int(np.count_nonzero(bought == product)) for product in products.tolist()]
    return [[PeersReason(peers, count)] if count >= MINIMUM_CUSTOMERS else [] for count in counts]


def agreed_peers(release: Release, row: int, consent: Consent) -> Numbers:
    """Rows of customers like this one that let their purchases be used."""
    places: Numbers = release.alike.peers[row]
    peers: Numbers = places[places >= 0]
    if consent.is_everyones:
        return peers
    ids = release.customers.ids
    agreed = np.array([consent.may_personalise(ids[int(p)]) for p in peers], bool)
    return np.asarray(peers[agreed])


def peers_that_bought(
    release: Release, row: int, consent: Consent = EVERYONE
) -> tuple[int, npt.NDArray[np.int64]]:
    """The number of peers that agreed to be counted, and (products,) how many bought each."""
    peers, bought = bought_by_peers(release, row, consent)
    return peers, np.bincount(bought, minlength=len(release.products.ids))


def bought_by_peers(release: Release, row: int, consent: Consent) -> tuple[int, Numbers]:
    """The number of peers that agreed to be counted, and what they bought, one after the other."""
    peers = agreed_peers(release, row, consent)
    first, end = release.bought.starts[peers].tolist(), release.bought.starts[peers + 1].tolist()
    theirs = [release.bought.products[a:b] for a, b in zip(first, end, strict=True)]
    return len(theirs), np.concatenate(theirs) if theirs else np.zeros(0, np.int32)


def popular_reasons(release: Release, products: Numbers) -> list[list[PopularReason]]:
    """For each product, its buyers of the last 28 days; nothing where fewer than five."""
    buyers = release.products.recent_buyers[products].tolist()
    return [[PopularReason(b)] if b >= MINIMUM_CUSTOMERS else [] for b in buyers]
