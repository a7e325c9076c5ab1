"""THE function: what to offer a customer. Page, shop, batch and terminal all call it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.diversity import diversity_of, spread
from recommender.suggest.facts import EVERYONE, NOTHING_KNOWN, Consent, Facts
from recommender.suggest.folding import folded_in
from recommender.suggest.fresh import fresh_of
from recommender.suggest.grounds import reasons_of
from recommender.suggest.kinds import is_cross_sell
from recommender.suggest.lifting import lifted
from recommender.suggest.plain.plain import Plain, plain_list, plain_reasons
from recommender.suggest.reasons import Reason
from recommender.suggest.regular.regular import regular_of
from recommender.suggest.rules import Rule, count_withheld, first_rules, freed, rules_for
from recommender.suggest.shortlist import Shortlist, popular, shortlist_of
from recommender.suggest.suggestion import KINDS, REGULAR_KINDS, Suggestion, SuggestionList, Wish


def suggest(
    release: Release, customer_id: str, wish: Wish | None = None, facts: Facts = NOTHING_KNOWN
) -> SuggestionList:
    """The customer's list; an unknown customer gets the popular one, and the list says so.

    So does one that does not let its purchases be used, less what it refused or complained of.
    """
    if not facts.consent.may_personalise(customer_id):
        shortlist = popular(release, "no_permission")
        rules = rules_for(release, None, facts.word_against)
        return listed(release, customer_id, wish or Wish(), shortlist, rules, EVERYONE)
    row, wish = release.customers.ids.position(customer_id), wish or Wish()
    if row is not None:
        plain = plain_list(release, row, wish, facts)
        if plain is not None:
            return _as_list(release, customer_id, wish, plain)
    rules = rules_for(release, row, facts)
    shortlist = shortlist_of(release, row)
    if facts.purchases:
        shortlist = folded_in(release, row, shortlist, fresh_of(release, facts.purchases))
    shortlist = lifted(release, rules, shortlist, facts)
    if row is not None and not REGULAR_KINDS.isdisjoint(wish.kinds):
        shortlist, rules = _with_regular(release, row, shortlist, rules, facts, wish)
    return listed(release, customer_id, wish, shortlist, rules, facts.consent)


def _as_list(release: Release, customer_id: str, wish: Wish, plain: Plain) -> SuggestionList:
    """The same numbers as a list with its reasons."""
    columns = (
        plain.products,
        plain.kinds,
        plain.chance,
        plain.value,
        plain_reasons(release, plain),
    )
    return SuggestionList(
        customer_id=customer_id,
        release=release.name,
        data_through=release.manifest.data_through,
        source=plain.source,
        fallback_reason=None,
        requested=wish.n,
        withheld=plain.withheld,
        suggestions=tuple(
            Suggestion(release.catalogue.ids[product], KINDS[kind], rank, chance, value, why)
            for rank, (product, kind, chance, value, why) in enumerate(
                zip(*columns, strict=True), 1
            )
        ),
        held=plain.held_back(release),
    )


def _with_regular(
    release: Release,
    row: int,
    shortlist: Shortlist,
    rules: tuple[Rule, ...],
    facts: Facts,
    wish: Wish,
) -> tuple[Shortlist, tuple[Rule, ...]]:
    """What the customer buys already joins a list of its own, and `owned` does not hold it."""
    if shortlist.history is None:
        return shortlist, rules
    regular = regular_of(release, row, facts, wish.kinds)
    if regular is None:
        return shortlist, rules
    return shortlist.with_regular(regular), freed(rules, "owned", regular.bought.products)


def listed(
    release: Release,
    customer_id: str,
    wish: Wish,
    shortlist: Shortlist,
    rules: tuple[Rule, ...],
    consent: Consent,
) -> SuggestionList:
    """The first of the shortlist that are wished for and free."""
    order = _ordered(release, rules, shortlist, wish)
    chosen, held = _choose(rules, shortlist.products, order, wish.n)
    reasons: list[tuple[Reason, ...]] = [()] * len(chosen)
    if wish.explained:
        reasons = reasons_of(release, shortlist, chosen, consent)
    return SuggestionList(
        customer_id=customer_id,
        release=release.name,
        data_through=release.manifest.data_through,
        source=shortlist.source,
        fallback_reason=shortlist.fallback_reason,
        requested=wish.n,
        withheld=count_withheld(rules),
        suggestions=_suggestions(release, shortlist.take(chosen), reasons),
        held=tuple((release.catalogue.ids[product], rule) for product, rule in held),
    )


def _fits(release: Release, shortlist: Shortlist, wish: Wish) -> Flags:
    """What the caller asked for: kinds, category, price, and nothing it excluded."""
    fits: Flags = np.array([kind in wish.kinds for kind in KINDS])[shortlist.kinds]
    fits &= wish.lets_through(release, shortlist.products)
    if wish.only is not None:
        wanted = release.catalogue.columns.get(wish.only)
        fits &= shortlist.products == (-1 if wanted is None else wanted)
    return fits


def _ordered(
    release: Release,
    rules: tuple[Rule, ...],
    shortlist: Shortlist,
    wish: Wish,
) -> npt.NDArray[np.intp]:
    """Positions of what fits the wish, the best first, spread as far as the release has it."""
    order = np.flatnonzero(_fits(release, shortlist, wish))
    worth = shortlist.score
    if wish.rank_by == "value":
        values = shortlist.score * release.products.spend[shortlist.products]
        order = order[np.argsort(-np.nan_to_num(values[order], nan=-1.0), kind="stable")]
        worth = np.nan_to_num(values)
    if diversity_of(release):
        products = shortlist.products[order]
        is_held = first_rules(rules, products) >= 0
        is_new = is_cross_sell(shortlist.kinds[order])
        order = order[spread(release, products, worth[order], is_held, is_new, wish.n)]
    return order


def _choose(
    rules: tuple[Rule, ...], products: Numbers, order: npt.NDArray[np.intp], n: int
) -> tuple[npt.NDArray[np.intp], list[tuple[int, str]]]:
    """Positions of the first n free products, and what the rules held back on the way there."""
    held_by = first_rules(rules, products[order])
    free = np.flatnonzero(held_by < 0)[:n]
    walked = int(free[-1]) + 1 if len(free) == n else len(order)
    held = np.flatnonzero(held_by[:walked] >= 0)
    by = (rules[position].name for position in held_by[held].tolist())
    return order[free], list(zip(products[order[held]].tolist(), by, strict=True))


def _suggestions(
    release: Release, chosen: Shortlist, reasons: list[tuple[Reason, ...]]
) -> tuple[Suggestion, ...]:
    values = chosen.chance * release.products.spend[chosen.products]
    columns = (chosen.products, chosen.kinds, chosen.chance, values)
    entries = zip(*(column.tolist() for column in columns), reasons, strict=True)
    return tuple(
        Suggestion(
            product_id=release.catalogue.ids[product],
            kind=KINDS[kind],
            rank=rank,
            chance=round(chance, 6),
            expected_value=round(value, 2) if math.isfinite(value) else None,
            reasons=why,
        )
        for rank, (product, kind, chance, value, why) in enumerate(entries, 1)
    )
