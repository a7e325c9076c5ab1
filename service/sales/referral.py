"""Whom a satisfied customer could open a door to: prospects and customers of its kind nearby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from recommender.suggest.facts import Facts, LastOutcome
from recommender.suggest.wording import product_name
from service.access.caller import Caller
from service.live import InUse

SATISFIED = frozenset({"accepted", "won"})
RECENT_DAYS = 90
MOST_NAMED = 3


@dataclass(frozen=True)
class Acquaintance:
    """Someone to ask about, whom the caller may see."""

    customer_id: str
    name: str
    is_prospect: bool
    """It has bought nothing yet."""


@dataclass(frozen=True)
class Referral:
    because: LastOutcome
    """What it took lately."""
    product: str
    segment: str
    region: str
    ask_about: tuple[Acquaintance, ...]


def referral_for(
    caller: Caller, live: InUse, row: int, facts: Facts, today: date
) -> Referral | None:
    """None unless it took something lately, complains of nothing, and may be spoken to of it."""
    customers, directory = live.release.customers, live.directory
    because = _lately(facts, today)
    may_ask = facts.consent.may_personalise(customers.ids[row]) and facts.contact != ()
    if because is None or facts.complaints or not may_ask:
        return None
    alike = [
        other
        for other in directory.of_kind(row).tolist()
        if other != row
        and caller.may_see_customers_of(customers.rep[other])
        and facts.consent.may_personalise(customers.ids[other])
    ]
    alike.sort(key=lambda other: (int(directory.products_bought[other]), customers.ids[other]))
    if not alike:
        return None
    return Referral(
        because=because,
        product=product_name(live.release, because.product_id),
        segment=customers.segment[row],
        region=customers.region[row],
        ask_about=tuple(_acquaintance(live, other) for other in alike[:MOST_NAMED]),
    )


def _lately(facts: Facts, today: date) -> LastOutcome | None:
    since = today - timedelta(days=RECENT_DAYS)
    for outcome in facts.outcomes:
        if outcome.outcome in SATISFIED and outcome.at.date() >= since:
            return outcome
    return None


def _acquaintance(live: InUse, row: int) -> Acquaintance:
    """Those that bought least come first, so prospects do."""
    customers = live.release.customers
    key = customers.ids[row]
    is_prospect = not live.directory.products_bought[row]
    return Acquaintance(key, customers.name[row] or key, is_prospect)


def referral_answer(referral: Referral | None) -> dict[str, Any] | None:
    if referral is None:
        return None
    because = referral.because
    return {
        "because": {
            "product_id": because.product_id,
            "name": referral.product,
            "outcome": because.outcome,
            "recorded_at": because.at.isoformat(),
        },
        "segment": referral.segment,
        "region": referral.region,
        "ask_about": [vars(known) for known in referral.ask_about],
    }
