"""Customers as a list shows them: what is at stake, why, and what to begin the talk with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recommender.release.opening import Release
from recommender.suggest.rhythm import customer_rhythm_of
from recommender.suggest.stakes import Stake, stake_of
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from recommender.suggest.wording import product_name
from service.records.facts import Since, data_until, facts_of
from service.records.known import those_with_facts
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
    ids, until = today.live.release.customers.ids, data_until(today.live.release)
    since = Since.of(until, today.date)
    told = those_with_facts(connection, [ids[row] for row in rows], since)
    return [
        _about(today, row)
        | (
            NOT_TOLD
            if today.not_allowed[row]
            else _stake(today, row, _first(connection, today, row) if ids[row] in told else None)
        )
        for row in rows
    ]


def _about(today: Today, row: int) -> Json:
    live, found = today.live, today.complaining.get(row)
    customer = describe_customer(live, row)
    return customer | {
        "allowed": not bool(today.not_allowed[row]),
        "complaint": None if found is None else _with_dates(asdict(found)),
        "may_contact": list(today.consents.channels(customer["customer_id"])),
    }


def _with_dates(fields: Json) -> Json:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in fields.items()}


def _stake(today: Today, row: int, asked: tuple[int | None, float] | None) -> Json:
    release = today.live.release
    stake = stake_of(release, row)
    if asked is not None:
        stake = replace(stake, product=asked[0], chance=asked[1])
    return {
        "value_at_stake": _cents(stake.value),
        "offer_value": _cents(stake.offer_value),
        "churn_value": _cents(stake.churn_value),
        "expected_purchases": round(stake.expected_purchases, 4),
        "offers": stake.offers,
        "silence": _silence(release, row),
        "top_offer": _top_offer(release, stake),
    }


def _first(connection: sa.Connection, today: Today, row: int) -> tuple[int | None, float]:
    """Product and chance of what its list begins with, after all that was told of it."""
    release, key = today.live.release, today.live.release.customers.ids[row]
    facts = facts_of(connection, today.consents, key, data_until(release), today.date)
    found = suggest(release, key, FIRST, facts).suggestions
    if not found:
        return None, 0.0
    return release.products.ids.position(found[0].product_id), found[0].chance


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
