"""What is due, what stopped, what to offer: three lists of one customer."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import KINDS, SuggestionList, Wish

DUE = frozenset({"reorder"})
STOPPED = frozenset({"lapsed"})
OFFER = frozenset({"upgrade", "more", "new"})
MOST_DUE = 5


@dataclass(frozen=True)
class Offers:
    due: SuggestionList | None
    """None where nothing may be looked at, or this version suggests no such kind."""
    stopped: SuggestionList | None
    offer: SuggestionList


def offers_of(release: Release, customer_id: str, facts: Facts) -> Offers:
    """Without permission to personalise only the list that everyone gets."""
    offer = suggest(release, customer_id, _wish(OFFER), facts)
    if not facts.consent.may_personalise(customer_id):
        return Offers(None, None, offer)
    due, stopped = (
        suggest(release, customer_id, _wish(kinds, MOST_DUE), facts)
        if kinds.intersection(KINDS)
        else None
        for kinds in (DUE, STOPPED)
    )
    return Offers(due, stopped, offer)


def _wish(kinds: frozenset[str], n: int = Wish().n) -> Wish:
    """Of these, those that this version suggests."""
    return Wish(n, kinds=frozenset(kind for kind in KINDS if kind in kinds))
