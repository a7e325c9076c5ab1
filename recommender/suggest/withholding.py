"""What the customer's word holds back: open complaints, dislikes, and answers to suggestions."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, LastOutcome, OutcomeName
from recommender.suggest.matching import NO_PRODUCTS, in_category, product_named, products_of

REJECTED_DAYS = 90
"""Who said no is not asked again for a quarter."""
LOST_DAYS = 90
"""Who bought it elsewhere has it, and will not need another for a quarter."""
SNOOZED_DAYS = 28
"""Later without a date is after the 28 days that a chance speaks of."""
ACCEPTED_DAYS = 28
"""What was agreed to is on its way; offering it again would look as if nobody had listened."""
WON_DAYS = 28
"""What was sold shows as a purchase with the next release, or is no purchase worth a reminder."""

COOLING_DAYS: dict[OutcomeName, int] = {
    "rejected": REJECTED_DAYS,
    "lost": LOST_DAYS,
    "snoozed": SNOOZED_DAYS,
    "accepted": ACCEPTED_DAYS,
    "won": WON_DAYS,
}
"""In the order in which their rules are asked."""


def withheld_by_word(release: Release, facts: Facts) -> list[tuple[str, Numbers]]:
    """(rule, products ascending) of every rule that holds something."""
    if not (facts.complaints or facts.stated or facts.outcomes):
        return []
    found = [
        ("complaint", _complained_of(release, facts)),
        ("disliked", _disliked(release, facts)),
        *((name, _cooling(release, facts, name)) for name in COOLING_DAYS),
    ]
    return [(name, products) for name, products in found if len(products)]


def cools_until(outcome: LastOutcome) -> date | None:
    """The first day on which the product may be offered again; None where it always may."""
    days = COOLING_DAYS.get(outcome.outcome)
    if days is None:
        return None
    return outcome.until or outcome.at.date() + timedelta(days=days)


def _complained_of(release: Release, facts: Facts) -> Numbers:
    """The product where one is named, else all of the category."""
    return _union(
        [
            product_named(release, c.product_id)
            if c.product_id is not None
            else in_category(release, c.category or "")
            for c in facts.complaints
        ]
    )


def _disliked(release: Release, facts: Facts) -> Numbers:
    return _union([products_of(release, s) for s in facts.stated if s.stance == "dislikes"])


def _cooling(release: Release, facts: Facts, name: OutcomeName) -> Numbers:
    """Without a day to compare with, what cools down stays withheld."""
    own = [outcome for outcome in facts.outcomes if outcome.outcome == name]
    return _union([product_named(release, o.product_id) for o in own if _is_cooling(o, facts)])


def _is_cooling(outcome: LastOutcome, facts: Facts) -> bool:
    until = cools_until(outcome)
    return until is not None and (facts.today is None or facts.today < until)


def _union(parts: list[Numbers]) -> Numbers:
    if not parts:
        return NO_PRODUCTS
    return np.unique(np.concatenate([NO_PRODUCTS, *parts])).astype(np.int32)
