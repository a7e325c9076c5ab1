"""What to offer beside a basket, to a customer or to a visitor nobody knows.

The basket is folded in as if it were bought this moment (`folding`), which moves the chance. The
order is by a score that asks before all what was bought together with the basket (`companions`):

    score = likeness + LIKED x chance

What the customer said it needs stands before both, as in `lifting`. `benchmarks/baskets.py` holds
out one product of each real order: pairs bought together find about twice what folding in alone
finds on Online Retail; the chance beside them makes no difference beyond noise there, but orders
what no pair is known of. The chance told is that of folding in: in this order it says too little.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.release.opening import Release
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.companions import Companions, companions_of
from recommender.suggest.baskets.reasons import BasketReason
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.folding import LEAST_CHANCE, folded_in, slope_of_liking
from recommender.suggest.fresh import fresh_of
from recommender.suggest.lifting import lifted
from recommender.suggest.reasons import BoughtReason, Reason
from recommender.suggest.rules import Rule, rules_for
from recommender.suggest.shortlist import Shortlist, shortlist_of
from recommender.suggest.suggest import listed, suggest
from recommender.suggest.suggestion import FallbackReason, Suggestion, SuggestionList, Wish

NOBODY = ""
"""Stands for a visitor who has not said which customer it is; no customer has this id."""
LIKED = 0.3
"""Chosen on Online Retail 2011-11-11; from a tenth to a half recall@8 moves by .003 there."""


def suggest_for_basket(
    release: Release,
    customer_id: str,
    basket: Basket,
    wish: Wish | None = None,
    facts: Facts = NOTHING_KNOWN,
) -> SuggestionList:
    """An empty basket leaves the customer its own list.

    Of one that does not let its purchases be used the basket alone is looked at, and what
    withholds by its word.
    """
    wish = wish or Wish()
    if not len(basket.products):
        return suggest(release, customer_id, wish, facts)
    is_allowed = facts.consent.may_personalise(customer_id)
    row = release.customers.ids.position(customer_id) if is_allowed else None
    facts = facts if is_allowed else facts.word_against
    rules = (Rule("in_basket", basket.products), *rules_for(release, row, facts))
    companions = companions_of(release, basket)
    reason: FallbackReason = "basket" if is_allowed else "no_permission"
    shortlist = _folded(release, row, basket, facts, reason)
    shortlist = _beside(release, lifted(release, rules, shortlist, facts), companions, reason)
    found = listed(release, customer_id, wish, shortlist, rules, facts.consent)
    told = (_told(release, basket, companions, s) for s in found.suggestions)
    return replace(found, suggestions=tuple(told))


def _folded(
    release: Release, row: int | None, basket: Basket, facts: Facts, reason: FallbackReason
) -> Shortlist:
    """In releases that cannot fold in, the list as it is without the basket."""
    plain = shortlist_of(release, row)
    if slope_of_liking(release) is None:
        is_hidden = reason == "no_permission"
        return replace(plain, fallback_reason=reason) if is_hidden else plain
    fresh = basket.on_top_of(fresh_of(release, facts.purchases))
    return replace(folded_in(release, row, plain, fresh), fallback_reason=reason)


def _beside(
    release: Release, shortlist: Shortlist, companions: Companions, reason: FallbackReason
) -> Shortlist:
    """With what is bought together with the basket, and ordered by it.

    What was no candidate comes in as in `lifting`: by the share of customers that bought it in the
    last 28 days, and not above the last candidate.
    """
    if not len(companions.products):
        return shortlist
    missing = companions.products[~np.isin(companions.products, shortlist.products)]
    recent = release.products.recent_buyers[missing] / max(release.active_customers, 1)
    chance = np.minimum(recent, shortlist.chance.min(initial=1.0))
    longer = shortlist.extended(release, missing, chance)
    word = np.concatenate([shortlist.score - shortlist.chance, np.zeros(len(missing))])
    likeness = np.zeros(len(release.products.ids))
    likeness[companions.products] = companions.likeness
    score = likeness[longer.products] + LIKED * longer.chance
    # a word lifts by as much of the best score as it lifts of the best chance
    score += word * (score.max(initial=0.0) / max(longer.chance.max(initial=0.0), LEAST_CHANCE))
    found = replace(longer, lifted=score, source="fold_in", fallback_reason=reason)
    return found.take(np.argsort(-score, kind="stable"))


def _told(
    release: Release, basket: Basket, companions: Companions, suggestion: Suggestion
) -> Suggestion:
    """Says of what lies in the basket that it does, and what others took along."""
    column = release.catalogue.columns.get(suggestion.product_id)
    together = None if column is None else companions.reason(release, column)
    reasons = tuple(_as_basket(basket, reason) for reason in suggestion.reasons)
    return replace(suggestion, reasons=reasons if together is None else (*reasons, together))


def _as_basket(basket: Basket, reason: Reason) -> Reason:
    if isinstance(reason, BoughtReason) and reason.product_id in basket.ids:
        return BasketReason(reason.product_id, reason.share)
    return reason
