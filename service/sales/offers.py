"""What is due, what stopped, what to offer: three lists of one customer."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.release.opening import Release
from recommender.suggest.asking.question import OFFERED
from recommender.suggest.facts import Facts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import KINDS, Kind, SuggestionList, Wish

DUE = frozenset({"reorder"})
STOPPED = frozenset({"lapsed"})
MOST_DUE = 5


@dataclass(frozen=True)
class Offers:
    due: SuggestionList | None
    """None where nothing may be looked at, or this version suggests no such kind."""
    stopped: SuggestionList | None
    offer: SuggestionList


def offers_of(release: Release, customer_id: str, facts: Facts) -> Offers:
    """Without permission to personalise only the list that everyone gets."""
    offer = suggest(release, customer_id, Wish(kinds=OFFERED), facts)
    if not facts.consent.may_personalise(customer_id):
        return Offers(None, None, offer)
    due, stopped = (
        suggest(release, customer_id, Wish(MOST_DUE, _known(kinds)), facts)
        if kinds.intersection(KINDS)
        else None
        for kinds in (DUE, STOPPED)
    )
    return Offers(due, stopped, offer)


def _known(kinds: frozenset[str]) -> frozenset[Kind]:
    """Of these, those that this version suggests."""
    return frozenset(kind for kind in KINDS if kind in kinds)
