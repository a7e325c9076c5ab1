"""What speaks for the products chosen for a list."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.release.opening import Release
from recommender.suggest.facts import Consent
from recommender.suggest.kinds import UPGRADE, is_cross_sell
from recommender.suggest.reasons import (
    PeersReason,
    PriceStepReason,
    Reason,
    bought_reasons,
    peers_reasons,
    popular_reasons,
)
from recommender.suggest.shortlist import Shortlist

Positions = npt.NDArray[np.intp]


def reasons_of(
    release: Release, shortlist: Shortlist, chosen: Positions, consent: Consent
) -> list[tuple[Reason, ...]]:
    """Of each chosen product: why it is offered again, or why it should be tried."""
    again = ~is_cross_sell(shortlist.kinds[chosen])
    if shortlist.regular is None or not again.any():
        return _of_unbought(release, shortlist, chosen, consent)
    untried = iter(_of_unbought(release, shortlist, chosen[~again], consent))
    return [
        (shortlist.regular.reason(int(shortlist.products[i])),) if is_bought else next(untried)
        for i, is_bought in zip(chosen.tolist(), again.tolist(), strict=True)
    ]


def _of_unbought(
    release: Release, shortlist: Shortlist, chosen: Positions, consent: Consent
) -> list[tuple[Reason, ...]]:
    """The customer's word first, then own purchases, the price step, peers; else popularity."""
    if not len(chosen):
        return []  # solving for what each purchase says costs most of a list
    products = shortlist.products[chosen]
    said = [shortlist.said.get(int(product), ()) for product in products]
    fallback = popular_reasons(release, products)
    if shortlist.history is None:
        return [tuple([*s] or popular) for s, popular in zip(said, fallback, strict=True)]
    own = bought_reasons(release, shortlist.history, products)
    steps = _price_steps(release, shortlist, chosen)
    nobody: list[list[PeersReason]] = [[] for _ in products]
    row = shortlist.row
    peers = nobody if row is None else peers_reasons(release, row, products, consent)
    return [
        tuple([*parts[0], *parts[1], *parts[2], *parts[3]] or parts[4])
        for parts in zip(said, own, steps, peers, fallback, strict=True)
    ]


def _price_steps(
    release: Release, shortlist: Shortlist, chosen: Positions
) -> list[list[PriceStepReason]]:
    products = release.products
    return [
        [
            PriceStepReason(
                category=products.category[int(shortlist.products[i])],
                usual_price=round(float(shortlist.usual_prices[i]), 2),
                price=round(float(products.price[shortlist.products[i]]), 2),
            )
        ]
        if shortlist.kinds[i] == UPGRADE
        else []
        for i in chosen.tolist()
    ]
