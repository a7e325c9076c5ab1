"""Those from whom it is known how likely each answer is, and what they bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Consent
from recommender.suggest.rules import is_among

MOST = 40


@dataclass(frozen=True)
class Crowd:
    """Customers alike that agreed to be counted."""

    customers: Numbers
    owners: Numbers
    """Position in `customers` of who bought each of `products`."""
    products: Numbers

    def __len__(self) -> int:
        return len(self.customers)

    def buying(self, products: Numbers) -> int:
        """How many of them bought any of these; `products` ascending."""
        return len(np.unique(self.owners[is_among(self.products, products)]))

    def baskets(self, free: Numbers) -> Flags:
        """(crowd, free) who bought which of these; `free` ascending."""
        found: Flags = np.zeros((len(self), len(free)), bool)
        if len(free):
            places = np.full(
                max(int(self.products.max(initial=0)), int(free[-1])) + 1, -1, np.int32
            )
            places[free] = np.arange(len(free))
            place = places[self.products]
            found[self.owners[place >= 0], place[place >= 0]] = True
        return found


def crowd_of(release: Release, row: int, consent: Consent) -> Crowd:
    """Its peers; of one that bought nothing, customers of its segment, evenly over the base."""
    peers = peers_of(release, row, consent)
    if not len(peers):
        peers = _segment(release, row, consent)
    starts, bought = release.bought.starts, release.bought.products
    theirs = [bought[starts[p] : starts[p + 1]] for p in peers.tolist()]
    owners = np.repeat(np.arange(len(peers)), [len(t) for t in theirs])
    products = np.concatenate([np.zeros(0, np.int32), *theirs])
    return Crowd(peers, owners.astype(np.int32), products)


def peers_of(release: Release, row: int, consent: Consent) -> Numbers:
    """Customers alike, nearest first, without those that were forgotten or did not agree."""
    peers = release.alike.peers[row]
    return _willing(release, peers[peers >= 0], consent)


def _segment(release: Release, row: int, consent: Consent) -> Numbers:
    number = release.customers.segment_number
    if number[row] < 0:
        return np.zeros(0, np.int32)
    alike = np.flatnonzero((number == number[row]) & (np.diff(release.bought.starts) > 0))
    spread = np.unique(np.linspace(0, len(alike) - 1, min(MOST, len(alike)), dtype=int))
    return _willing(release, alike[spread].astype(np.int32), consent)


def _willing(release: Release, rows: Numbers, consent: Consent) -> Numbers:
    ids = release.customers.ids
    kept = [
        row for row in rows.tolist() if consent.may_personalise(ids[row]) and not ids.is_hidden(row)
    ]
    return np.array(kept, np.int32)
