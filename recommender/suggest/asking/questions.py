"""What to ask a customer next: the questions whose answers would change its list most."""

from __future__ import annotations

from recommender.release.opening import Release
from recommender.suggest.asking.crowd import crowd_of
from recommender.suggest.asking.portrait import portrait_questions
from recommender.suggest.asking.preferences import preference_questions
from recommender.suggest.asking.question import Question
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.rules import rules_for

MOST_ASKED = 2
LEAST_EXPECTED = 0.5
"""Places: a question that changes less is not worth the customer's time."""


def next_questions(
    release: Release, customer_id: str, facts: Facts = NOTHING_KNOWN
) -> tuple[Question, ...]:
    """At most two, the one that changes most in front; none without permission to personalise."""
    row = release.customers.ids.position(customer_id)
    if row is None or not facts.consent.may_personalise(customer_id):
        return ()
    crowd = crowd_of(release, row, facts.consent)
    rules = rules_for(release, row, facts)
    found = [
        *preference_questions(release, customer_id, facts, crowd),
        *portrait_questions(release, row, rules, crowd),
    ]
    worth_asking = [question for question in found if question.expected >= LEAST_EXPECTED]
    worth_asking.sort(key=lambda question: (-question.expected, question.about, question.value))
    return tuple(worth_asking[:MOST_ASKED])
