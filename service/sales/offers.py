"""What is due, what stopped, what it takes too little of, what to offer: a customer's lists."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Kind, SuggestionList, Wish

MOST: dict[Kind, int] = {"reorder": 4, "lapsed": 4, "more": 2}
"""Of each on the page; the rest can be asked for by kind."""


@dataclass(frozen=True)
class Offers:
    """Without permission to personalise only the list that everyone gets."""

    reorder: SuggestionList | None
    """None where nothing may be looked at."""
    lapsed: SuggestionList | None
    more: SuggestionList | None
    """What customers like it take more of."""
    offer: SuggestionList
    """The shop's own list, and the batch's."""

    @property
    def lists(self) -> tuple[SuggestionList, ...]:
        """A product stands in one of them."""
        found = (self.reorder, self.lapsed, self.more, self.offer)
        return tuple(one for one in found if one is not None)


def offers_of(release: Release, customer_id: str, facts: Facts) -> Offers:
    """Each list is what its kinds alone get: a chance to buy again beats every other."""

    def listed(kind: Kind) -> SuggestionList:
        return suggest(release, customer_id, Wish(MOST[kind], frozenset({kind})), facts)

    offer = suggest(release, customer_id, facts=facts)
    if not facts.consent.may_personalise(customer_id):
        return Offers(None, None, None, offer)
    return Offers(listed("reorder"), listed("lapsed"), listed("more"), offer)
