"""What of an answer each role gets to see."""

from __future__ import annotations

from typing import Any

from service.access.caller import Caller

TELLING_RULES = ("complaint", "disliked", "rejected", "snoozed", "accepted", "lost", "won")
"""They say what a customer told its rep, which the shop's pages must not give away."""
NOT_NOW = "not_now"
TELLING_REASONS = frozenset({"stated"})
PUBLIC_REASONS = frozenset({"basket"})
"""They say no more than what the visitor's own basket holds."""
SELLING = ("customers", "customers_both", "together", "share", "chance")
"""How often a product sells is not for everybody."""


def shown(answer: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """All of it in sales; for the shop no value of the customer and nothing of what it said.

    With a public key no more than which products go together: no number counts customers.
    """
    if caller.is_in_sales:
        return answer
    if caller.is_public:
        return _public(answer)
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


def _public(answer: dict[str, Any]) -> dict[str, Any]:
    lists = {
        name: [_public_product(product) for product in answer[name]]
        for name in ("suggestions", "also_bought")
        if name in answer
    }
    return _without_selling(answer) | lists | {"withheld": {}}


def _public_product(product: dict[str, Any]) -> dict[str, Any]:
    less = _without_selling(product)
    if "reasons" in product:
        reasons = [r for r in product["reasons"] if r["kind"] in PUBLIC_REASONS]
        less |= {"expected_value": None, "reasons": reasons}
    return less


def _without_selling(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {name: None for name in SELLING if name in fields}
