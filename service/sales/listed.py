"""Customers as a list shows them: what is at stake, why, and what to begin the talk with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.insight.rhythm import customer_rhythm_of
from recommender.suggest.insight.stakes import (
    Stake,
    first_may_differ,
    stake_of,
    word_may_differ,
)
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from recommender.suggest.wording import product_name
from service.records.facts import AllFacts, data_until
from service.sales.describing import describe_customer
from service.sales.today import Today

Json = dict[str, Any]
FIRST = Wish(n=1, explained=False)
NOT_TOLD: Json = {
    "value_at_stake": None,
    "offer_value": None,
    "churn_value": None,
    "expected_purchases": None,
    "offers": None,
    "silence": None,
    "top_offer": None,
}
"""Of a customer whose purchases may not be used."""


def listed(connection: sa.Connection, today: Today, rows: Sequence[int]) -> list[Json]:
    """In the order of the rows; what is at stake is as of the training, the offer as of now."""
    release = today.live.release
    keys = [release.customers.ids[row] for row in rows]
    book = AllFacts(connection, today.consents, data_until(release), today.date, keys)
    return [
        _about(today, row)
        | (
            NOT_TOLD
            if today.not_allowed[row]
            else _told(release, row, book.of(key) if _has_news(release, row, book, key) else None)
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _has_news(release: Release, row: int, book: AllFacts, key: str) -> bool:
    """Whether its list may begin with something else than at the training."""
    return first_may_differ(release, row) or (
        book.knows(key) and word_may_differ(release, row, book.of(key))
    )


def _about(today: Today, row: int) -> Json:
    live, found = today.live, today.complaining.get(row)
    customer = describe_customer(live, row)
    return customer | {
        "allowed": not bool(today.not_allowed[row]),
        "complaint": None if found is None else _with_dates(vars(found)),
        "may_contact": list(today.consents.channels(customer["customer_id"])),
    }


def _with_dates(fields: Json) -> Json:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in fields.items()}


def _told(release: Release, row: int, facts: Facts | None) -> Json:
    stake, silence = stake_of(release, row), _silence(release, row)
    if facts is not None:
        stake = _with_first(release, row, stake, facts)
        if any(bought.quantity > 0 for bought in facts.purchases):
            stake, silence = replace(stake, churn_value=0.0), None
    return {
        "value_at_stake": _cents(stake.value),
        "offer_value": _cents(stake.offer_value),
        "churn_value": _cents(stake.churn_value),
        "expected_purchases": round(stake.expected_purchases, 4),
        "offers": stake.offers,
        "silence": silence,
        "top_offer": _top_offer(release, stake),
    }


def _with_first(release: Release, row: int, stake: Stake, facts: Facts) -> Stake:
    """What its list begins with after all that was told."""
    found = suggest(release, release.customers.ids[row], FIRST, facts).suggestions
    if not found:
        return replace(stake, product=None, chance=0.0)
    product = release.catalogue.columns.get(found[0].product_id)
    return replace(stake, product=product, chance=found[0].chance)


def _silence(release: Release, row: int) -> Json | None:
    """Of who is silent for longer than usual, on the day of the training."""
    on = datetime.fromisoformat(release.manifest.as_of).date()
    rhythm = customer_rhythm_of(release, row, on)
    if rhythm is None or not rhythm.is_warned or rhythm.usual_days is None:
        return None
    return {
        "days": rhythm.days_since,
        "usual_days": round(rhythm.usual_days, 1),
        "chance": round(rhythm.chance_silent, 4),
    }


def _top_offer(release: Release, stake: Stake) -> Json | None:
    if stake.product is None:
        return None
    product_id = release.products.ids[stake.product]
    return {
        "product_id": product_id,
        "name": product_name(release, product_id),
        "chance": round(stake.chance, 6),
    }


def _cents(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)
