"""Customers alike, and why they are: named to whoever may see them, counted to others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.asking.crowd import peers_of
from recommender.suggest.facts import Consent
from recommender.suggest.reasons import MINIMUM_CUSTOMERS
from recommender.suggest.rules import bought_by, is_among
from service.access.caller import Caller
from service.live import InUse
from service.sales.portrait import known_portrait

MOST_NAMED = 3
MOST_DESCRIBED = 2
MOST_SHARED = 3
"""Traits and categories that say why."""


@dataclass(frozen=True)
class Peer:
    """One that the caller may see."""

    customer_id: str
    name: str
    shared_portrait: dict[str, str]
    """Field -> what both have."""
    shared_categories: tuple[str, ...]
    """Of what both bought, the one with most products first."""
    shared_products: int


@dataclass(frozen=True)
class Described:
    """Peers that are not the caller's, of a kind that at least five customers are of."""

    segment: str
    region: str
    customers: int


@dataclass(frozen=True)
class Peers:
    customers: int
    """All of them, the nearest forty at most."""
    named: tuple[Peer, ...]
    """Nearest first."""
    described: tuple[Described, ...]
    counted: int
    """The caller may not see, those described among them."""


NOBODY = Peers(0, (), (), 0)


def peers_seen_by(caller: Caller, live: InUse, row: int, consent: Consent) -> Peers:
    """Without those that did not agree to be looked at, and those that were forgotten."""
    release = live.release
    peers = peers_of(release, row, consent)
    reps = release.customers.rep
    seen = np.array([caller.may_see_customers_of(reps[p]) for p in peers.tolist()], bool)
    own, others = peers[seen], peers[~seen]
    return Peers(
        customers=len(peers),
        named=tuple(_peer(release, row, int(other)) for other in own[:MOST_NAMED]),
        described=_described(live, others),
        counted=len(others),
    )


def _peer(release: Release, row: int, other: int) -> Peer:
    customers, own = release.customers, bought_by(release, row)
    both = own[is_among(own, bought_by(release, other))]
    numbers = release.products.category_number[both]
    counts = np.bincount(numbers[numbers >= 0])
    categories = {
        release.category_names[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist()
    }
    most = sorted(categories, key=lambda name: (-categories[name], name))
    return Peer(
        customer_id=customers.ids[other],
        name=customers.name[other] or customers.ids[other],
        shared_portrait=_shared(release, row, other),
        shared_categories=tuple(most[:MOST_SHARED]),
        shared_products=len(both),
    )


def _shared(release: Release, row: int, other: int) -> dict[str, str]:
    customers, shared = release.customers, {}
    for field, texts in (("segment", customers.segment), ("region", customers.region)):
        if texts[row] and texts[row] == texts[other]:
            shared[field] = texts[row]
    theirs = known_portrait(release, other)
    for field, value in known_portrait(release, row).items():
        both = _both(str(value), str(theirs[field])) if field in theirs else ""
        if both and not field.endswith("_on"):
            shared[field] = both
    return dict(list(shared.items())[: MOST_SHARED + 2])


def _both(one: str, other: str) -> str:
    """What two values have in common; "" for nothing."""
    parts = {part.strip() for part in other.split(";")}
    common = [part.strip() for part in one.split(";") if part.strip() in parts]
    return ";".join(common)


def _described(live: InUse, others: Numbers) -> tuple[Described, ...]:
    """Of each kind by how many there are among these; a kind of few could name one of them."""
    customers = live.release.customers
    kinds = Counter((customers.segment[p], customers.region[p]) for p in others.tolist())
    first = {(customers.segment[p], customers.region[p]): p for p in others.tolist()}
    most = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
    return tuple(
        Described(*kind, kinds[kind])
        for kind in most
        if len(live.directory.of_kind(first[kind])) >= MINIMUM_CUSTOMERS
    )[:MOST_DESCRIBED]


def peers_answer(peers: Peers) -> dict[str, Any]:
    return {
        "customers": peers.customers,
        "named": [vars(p) | {"shared_categories": list(p.shared_categories)} for p in peers.named],
        "described": [vars(described) for described in peers.described],
        "counted": peers.counted,
    }
