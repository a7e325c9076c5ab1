"""What of an answer each role gets to see."""

from __future__ import annotations

from typing import Any

from service.access.caller import Caller

TELLING_RULES = ("complaint", "disliked", "rejected", "snoozed", "accepted", "lost", "won")
"""They say what a customer told its rep, which the shop's pages must not give away."""
NOT_NOW = "not_now"
TELLING_REASONS = frozenset({"stated"})


def shown(answer: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """All of it in sales; for the shop no value of the customer and nothing of what it said."""
    if caller.is_in_sales:
        return answer
    less = answer | {"withheld": _without_telling(answer["withheld"])}
    if "suggestions" in answer:
        less["suggestions"] = [_suggestion(s) for s in answer["suggestions"]]
    return less


def _without_telling(withheld: dict[str, int]) -> dict[str, int]:
    told = sum(withheld.get(rule, 0) for rule in TELLING_RULES)
    rest = {rule: n for rule, n in withheld.items() if rule not in TELLING_RULES}
    return rest | ({NOT_NOW: told} if told else {})


def _suggestion(suggestion: dict[str, Any]) -> dict[str, Any]:
    reasons = [r for r in suggestion["reasons"] if r["kind"] not in TELLING_REASONS]
    return suggestion | {"expected_value": None, "reasons": reasons}
