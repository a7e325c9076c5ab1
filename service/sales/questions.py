"""The next questions as the brief shows them."""

from __future__ import annotations

from typing import Any

from recommender.suggest.asking.question import PLACES, Question


def question_answer(question: Question) -> dict[str, Any]:
    return {
        "about": question.about,
        "value": question.value,
        "changes": question.changes,
        "of": PLACES,
        "expected_change": round(question.expected, 2),
        "customers": question.customers,
        "answers": [
            {"answer": a.answer, "customers": a.customers, "product_ids": list(a.products)}
            for a in question.answers
        ],
    }
