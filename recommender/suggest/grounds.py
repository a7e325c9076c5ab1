"""What speaks for the products chosen for a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.evidence import own_reasons, reasons_of_peers
from recommender.suggest.facts import Consent
from recommender.suggest.kinds import UPGRADE, is_cross_sell
from recommender.suggest.reasons import (
    PeersReason,
    PriceStepReason,
    Reason,
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
    if shortlist.history is None:
        return _or_popular(release, products, said)
    own = own_reasons(release, shortlist.history, products)
    steps = _price_steps(release, shortlist, chosen)
    nobody: list[list[PeersReason]] = [[] for _ in products]
    row = shortlist.row
    peers = nobody if row is None else reasons_of_peers(release, row, products, consent)
    spoken = [(*s, *o, *step, *p) for s, o, step, p in zip(said, own, steps, peers, strict=True)]
    return _or_popular(release, products, spoken)


def _or_popular(
    release: Release, products: Numbers, found: Sequence[tuple[Reason, ...]]
) -> list[tuple[Reason, ...]]:
    """What nothing else speaks for is at least bought by many."""
    if all(found):
        return list(found)
    popular = popular_reasons(release, products)
    return [reasons or tuple(many) for reasons, many in zip(found, popular, strict=True)]


def _price_steps(
    release: Release, shortlist: Shortlist, chosen: Positions
) -> list[list[PriceStepReason]]:
    offered = shortlist.take(chosen)
    columns = (offered.products, offered.kinds, offered.usual_prices)
    return [
        [price_step(release, product, usual)] if kind == UPGRADE else []
        for product, kind, usual in zip(*(column.tolist() for column in columns), strict=True)
    ]


def price_step(release: Release, product: int, usual_price: float) -> PriceStepReason:
    """From what the customer usually takes of the category up to this one."""
    return PriceStepReason(
        category=release.catalogue.categories[product] or "",
        usual_price=round(usual_price, 2),
        price=round(float(release.products.price[product]), 2),
    )
