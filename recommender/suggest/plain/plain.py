"""The usual list, a few numbers read from the release: of a customer that bought something, of
whom nothing was told, asked for without conditions.

`suggest` takes it from here where it can; what it cannot is worked out in full. Both say the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from recommender.release.evidence import COUNT_ANEW
from recommender.release.opening import Release
from recommender.suggest.diversity import diversity_of
from recommender.suggest.evidence import TEN_THOUSANDTHS
from recommender.suggest.facts import Consent, Facts
from recommender.suggest.grounds import price_step
from recommender.suggest.kinds import NEW, UPGRADE, UPGRADE_FROM, UPGRADE_TO
from recommender.suggest.reasons import (
    MINIMUM_CUSTOMERS,
    BoughtReason,
    PeersReason,
    PopularReason,
    Reason,
    agreed_peers,
    popular_reasons,
)
from recommender.suggest.rules import HELD_FOR_ALL, held_for_all, owned_by, returned_by
from recommender.suggest.suggestion import KINDS, Source, Wish, recommendation_id

Shares = tuple[int, int, int, int]
"""Product and ten-thousandths, twice; -1 where there is none."""
NO_PEER = -1
MOST_SCALED, NEARLY_HALF = 1e9, 0.4999
"""Within these the error of a multiplication, 1e-7, cannot turn to another whole number."""


@dataclass(frozen=True)
class Plain:
    """One entry for each product of the list in every column, the best first."""

    products: list[int]
    kinds: list[int]
    """Positions in `KINDS`."""
    chance: list[float]
    """Rounded, as the values are."""
    value: list[float | None]
    usual_prices: list[float]
    """NaN where nothing of the category was bought."""
    shares: list[Shares]
    peers: int
    peers_bought: list[int]
    withheld: dict[str, int]
    held: tuple[tuple[str, str], ...]

    source: ClassVar[Source] = "personal"

    def recommendation_id(self, release: Release, customer_id: str) -> str:
        """As `SuggestionList` has it."""
        ids = release.catalogue.ids
        offers = tuple(
            (ids[product], KINDS[kind], chance, value)
            for product, kind, chance, value in zip(
                self.products, self.kinds, self.chance, self.value, strict=True
            )
        )
        return recommendation_id(customer_id, release.name, self.source, offers)


class _Head(NamedTuple):
    """The candidates of one customer that evidence was kept for."""

    products: list[int]
    first: int
    """Where they begin among all candidates."""
    evidence: int
    """Where their evidence begins."""
    is_all: bool


def plain_list(release: Release, row: int, wish: Wish, facts: Facts) -> Plain | None:
    """None where it takes more to tell; who asks has seen that the customer agreed."""
    if not wish.is_plain or facts.is_told:
        return None
    begin, end = release.bought.starts[row : row + 2].tolist()
    if begin == end or diversity_of(release):
        return None
    head, owned = _head(release, row), owned_by(release, row).tolist()
    returned = returned_by(release, row).tolist()
    places, held = _choose(release, head, owned, returned, wish.n)
    if len(places) < wish.n and not head.is_all:
        return None
    counted = _evidence(release, row, head, places, facts.consent)
    if counted is None:
        return None
    shares, peers, peers_bought = counted
    products = [head.products[place] for place in places]
    usual = _usual_prices(release, release.bought.products[begin:end].tolist(), products)
    chances, values = _chances(release, head, places, products)
    return Plain(
        products=products,
        kinds=_kinds(release, products, usual),
        chance=chances,
        value=values,
        usual_prices=usual,
        shares=shares,
        peers=peers,
        peers_bought=peers_bought,
        withheld=_withheld(release, owned, returned),
        held=held,
    )


def plain_reasons(release: Release, plain: Plain) -> list[tuple[Reason, ...]]:
    """Of each product: own purchases, the price step, peers; else how many buy it."""
    return [_reasons(release, plain, place) for place in range(len(plain.products))]


def _reasons(release: Release, plain: Plain, place: int) -> tuple[Reason, ...]:
    ids, product = release.catalogue.ids, plain.products[place]
    first, share, second, second_share = plain.shares[place]
    found: list[Reason] = []
    if first >= 0:
        found.append(BoughtReason(ids[first], share / TEN_THOUSANDTHS))
    if second >= 0:
        found.append(BoughtReason(ids[second], second_share / TEN_THOUSANDTHS))
    if plain.kinds[place] == UPGRADE:
        found.append(price_step(release, product, plain.usual_prices[place]))
    if plain.peers_bought[place] >= MINIMUM_CUSTOMERS:
        found.append(PeersReason(plain.peers, plain.peers_bought[place]))
    return tuple(found or popular(release, product))


def popular(release: Release, product: int) -> list[PopularReason]:
    """How many bought it lately; nothing where these are too few."""
    return popular_reasons(release, np.array([product], np.int32))[0]


def _head(release: Release, row: int) -> _Head:
    first, end = release.candidates.starts[row : row + 2].tolist()
    begin, stop = release.contents.evidence.starts[row : row + 2].tolist()
    known = first + stop - begin
    products = release.candidates.products[first:known].tolist()
    return _Head(products, first, begin, known == end)


def _choose(
    release: Release, head: _Head, owned: list[int], returned: list[int], n: int
) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """Places of the first n free products, and what was held back on the way there."""
    is_owned, was_returned = set(owned), set(returned)
    ids, of_all = release.catalogue.ids, release.why_held_for_all.data
    places: list[int] = []
    held = []
    for place, product in enumerate(head.products):
        if len(places) == n:
            break
        if product in is_owned:
            held.append((ids[product], "owned"))
        elif product in was_returned:
            held.append((ids[product], "returned"))
        elif of_all[product]:
            held.append((ids[product], HELD_FOR_ALL[of_all[product] - 1]))
        else:
            places.append(place)
    return places, tuple(held)


def _evidence(
    release: Release, row: int, head: _Head, places: list[int], consent: Consent
) -> tuple[list[Shares], int, list[int]] | None:
    """Shares of own purchases, the number of peers, and how many of them bought each product.

    None where a peer does not agree to be counted, or is no longer there.
    """
    part = release.contents.evidence
    entries = slice(head.evidence, head.evidence + (places[-1] + 1 if places else 0))
    counts = part.peers_bought[entries].tolist()
    if COUNT_ANEW in counts:
        return None
    first, first_share = part.first[entries].tolist(), part.first_share[entries].tolist()
    second, second_share = part.second[entries].tolist(), part.second_share[entries].tolist()
    shares = [(first[p], first_share[p], second[p], second_share[p]) for p in places]
    found = release.alike.peers[row].tolist()
    peers = len(found) - found.count(NO_PEER)
    if not consent.is_everyones and len(agreed_peers(release, row, consent)) < peers:
        return None
    return shares, peers, [counts[place] for place in places]


def _usual_prices(release: Release, bought: list[int], products: list[int]) -> list[float]:
    """As `usual_prices_of`, for a few products."""
    numbers, prices = release.products.category_number.data, release.as_trained.price.data
    categories = [numbers[product] for product in products]
    paid: dict[int, list[float]] = {category: [] for category in categories if category >= 0}
    for product in bought:
        of_category = paid.get(numbers[product])
        if of_category is not None and math.isfinite(prices[product]):
            of_category.append(prices[product])
    usual = {category: _median(found) for category, found in paid.items() if found}
    return [usual.get(category, math.nan) for category in categories]


def _median(values: list[float]) -> float:
    values.sort()
    last = len(values) - 1
    return (values[last // 2] + values[(last + 1) // 2]) / 2


def _kinds(release: Release, products: list[int], usual: list[float]) -> list[int]:
    """As `kinds_of_unbought`."""
    prices = release.products.price.data
    return [
        UPGRADE if u > 0 and UPGRADE_FROM <= prices[product] / u <= UPGRADE_TO else NEW
        for product, u in zip(products, usual, strict=True)
    ]


def _chances(
    release: Release, head: _Head, places: list[int], products: list[int]
) -> tuple[list[float], list[float | None]]:
    entries = slice(head.first, head.first + (places[-1] + 1 if places else 0))
    chance, spend = release.candidates.chance[entries].tolist(), release.products.spend.data
    chances = [chance[place] for place in places]
    values = [c * spend[product] for c, product in zip(chances, products, strict=True)]
    if all(map(math.isfinite, values)):
        return _rounded(chances, 6), [*_rounded(values, 2)]
    return _rounded(chances, 6), [round(v, 2) if math.isfinite(v) else None for v in values]


def _rounded(numbers: list[float], digits: int) -> list[float]:
    """As `round`, which takes three times as long to be right about halves and huge ones too.

    The nearest whole number over a power of ten is the float nearest to that decimal.
    """
    scale = 10.0**digits
    return [
        whole / scale
        if 0 < scaled < MOST_SCALED and abs(scaled - whole) < NEARLY_HALF
        else round(number, digits)
        for number in numbers
        for scaled in (number * scale,)
        for whole in (math.floor(scaled + 0.5),)
    ]


def _withheld(release: Release, owned: list[int], returned: list[int]) -> dict[str, int]:
    """As `count_withheld`."""
    own = {*owned, *returned} if returned else owned
    why, for_all = release.why_held_for_all.data, [0] * (len(HELD_FOR_ALL) + 1)
    for product in own:
        for_all[why[product]] += 1
    counts = {"owned": len(owned), "returned": len(own) - len(owned)}
    for number, (name, products) in enumerate(held_for_all(release), 1):
        counts[name] = len(products) - for_all[number]
    return {name: count for name, count in counts.items() if count}
