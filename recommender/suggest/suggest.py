"""THE function: what to offer a customer. Page, shop, batch and terminal all call it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Floats, Numbers
from recommender.release.opening import Release
from recommender.suggest.diversity import diversity_of, spread
from recommender.suggest.kinds import are_upgrades, usual_prices
from recommender.suggest.reasons import (
    PriceStepReason,
    Reason,
    bought_reasons,
    peers_reasons,
    popular_reasons,
)
from recommender.suggest.rules import Rule, count_withheld, first_rules, rules_for
from recommender.suggest.suggestion import Source, Suggestion, SuggestionList, Wish


@dataclass(frozen=True)
class Shortlist:
    """Products in question for one customer, most likely first, before rules and wishes."""

    source: Source
    fallback_reason: str | None
    products: Numbers
    chance: Floats
    usual_prices: npt.NDArray[np.float64]
    upgrades: Flags


def suggest(release: Release, customer_id: str, wish: Wish | None = None) -> SuggestionList:
    """The customer's list; an unknown customer gets the popular one, and the list says so."""
    wish = wish or Wish()
    row = release.customers.ids.position(customer_id)
    rules = rules_for(release, row)
    shortlist = _shortlist(release, row)
    values = shortlist.chance * release.products.spend[shortlist.products]
    order = _ordered(release, rules, shortlist, values, wish)
    chosen, held = _choose(rules, shortlist.products, order, wish.n)
    return SuggestionList(
        customer_id=customer_id,
        release=release.name,
        data_through=release.manifest.data_through,
        source=shortlist.source,
        fallback_reason=shortlist.fallback_reason,
        requested=wish.n,
        withheld=count_withheld(rules),
        suggestions=_suggestions(release, row, shortlist, values, chosen),
        held=tuple((release.products.ids[int(p)], rule) for p, rule in held),
    )


def _shortlist(release: Release, row: int | None) -> Shortlist:
    """Personal where there are purchases, else by portrait or of the segment, else popular."""
    if row is None:
        return _popular(release, "unknown_customer")
    first, end = release.candidates.starts[row : row + 2]
    has_bought = release.bought.starts[row] < release.bought.starts[row + 1]
    products = release.candidates.products[first:end]
    if not has_bought:
        return _of_alike(release, row, products, release.candidates.chance[first:end])
    usual = usual_prices(release, row, products)
    return Shortlist(
        source="personal",
        fallback_reason=None,
        products=products,
        chance=release.candidates.chance[first:end],
        usual_prices=usual,
        upgrades=are_upgrades(release, products, usual),
    )


def _of_alike(release: Release, row: int, products: Numbers, chance: Floats) -> Shortlist:
    """What customers with such a portrait buy; where it tells nothing, the segment's list."""
    if not len(products):
        return _of_segment(release, row)
    return _unpersonal("segment", "no_purchases", products, chance)


def _of_segment(release: Release, row: int) -> Shortlist:
    segment = int(release.customers.segment_number[row])
    if segment < 0:
        return _popular(release, "no_purchases")
    fallback = release.fallback
    first, end = fallback.segment_starts[segment : segment + 2]
    products, chance = fallback.segment_products[first:end], fallback.segment_chance[first:end]
    return _unpersonal("segment", "no_purchases", products, chance)


def _popular(release: Release, reason: str) -> Shortlist:
    return _unpersonal("popular", reason, release.fallback.popular, release.fallback.popular_chance)


def _unpersonal(source: Source, reason: str, products: Numbers, chance: Floats) -> Shortlist:
    unknown = np.full(len(products), np.nan)
    return Shortlist(source, reason, products, chance, unknown, np.zeros(len(products), bool))


def _fits(release: Release, shortlist: Shortlist, wish: Wish) -> Flags:
    """What the caller asked for: kinds, category, price, and nothing it excluded."""
    products = release.products
    fits: Flags = np.where(shortlist.upgrades, "upgrade" in wish.kinds, "new" in wish.kinds).astype(
        bool
    )
    if wish.category is not None:
        fits &= np.isin(shortlist.products, release.products_of_category(wish.category))
    if wish.max_price is not None:
        fits &= products.price[shortlist.products] <= wish.max_price
    excluded = [products.ids.position(product_id) for product_id in wish.exclude]
    fits &= ~np.isin(shortlist.products, [p for p in excluded if p is not None])
    return fits


def _ordered(
    release: Release,
    rules: tuple[Rule, ...],
    shortlist: Shortlist,
    values: npt.NDArray[np.float64],
    wish: Wish,
) -> npt.NDArray[np.intp]:
    """Positions of what fits the wish, the best first, spread as far as the release has it."""
    order = np.flatnonzero(_fits(release, shortlist, wish))
    worth = shortlist.chance
    if wish.rank_by == "value":
        order = order[np.argsort(-np.nan_to_num(values[order], nan=-1.0), kind="stable")]
        worth = np.nan_to_num(values)
    if diversity_of(release):
        products = shortlist.products[order]
        is_held = first_rules(rules, products) >= 0
        order = order[spread(release, products, worth[order], is_held, wish.n)]
    return order


def _choose(
    rules: tuple[Rule, ...], products: Numbers, order: npt.NDArray[np.intp], n: int
) -> tuple[npt.NDArray[np.intp], list[tuple[int, str]]]:
    """Positions of the first n free products, and what the rules held back on the way there."""
    held_by = first_rules(rules, products[order])
    free = np.flatnonzero(held_by < 0)[:n]
    walked = int(free[-1]) + 1 if len(free) == n else len(order)
    held = [
        (int(products[order[i]]), rules[held_by[i]].name) for i in range(walked) if held_by[i] >= 0
    ]
    return order[free], held


def _suggestions(
    release: Release,
    row: int | None,
    shortlist: Shortlist,
    values: npt.NDArray[np.float64],
    chosen: npt.NDArray[np.intp],
) -> tuple[Suggestion, ...]:
    reasons = _reasons(release, row, shortlist, chosen)
    return tuple(
        Suggestion(
            product_id=release.products.ids[int(shortlist.products[i])],
            kind="upgrade" if shortlist.upgrades[i] else "new",
            rank=rank,
            chance=round(float(shortlist.chance[i]), 6),
            expected_value=round(float(values[i]), 2) if np.isfinite(values[i]) else None,
            reasons=why,
        )
        for rank, (i, why) in enumerate(zip(chosen.tolist(), reasons, strict=True), 1)
    )


def _reasons(
    release: Release, row: int | None, shortlist: Shortlist, chosen: npt.NDArray[np.intp]
) -> list[tuple[Reason, ...]]:
    """Own purchases first, then the price step, then peers; popularity only where nothing else."""
    products = shortlist.products[chosen]
    popular = popular_reasons(release, products)
    if row is None or shortlist.source != "personal":
        return [tuple(p) for p in popular]
    own = bought_reasons(release, row, products)
    steps = _price_steps(release, shortlist, chosen)
    peers = peers_reasons(release, row, products)
    return [
        tuple([*o, *s, *p] or fallback)
        for o, s, p, fallback in zip(own, steps, peers, popular, strict=True)
    ]


def _price_steps(
    release: Release, shortlist: Shortlist, chosen: npt.NDArray[np.intp]
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
        if shortlist.upgrades[i]
        else []
        for i in chosen.tolist()
    ]
