"""All that a rep should know before a call: one moment of the records, one release."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from fastapi import Request

from recommender.release.opening import Release
from recommender.suggest.also_bought import CustomerAlsoBought, customer_also_bought
from recommender.suggest.answers import (
    customer_also_bought_answer,
    described,
    suggestions_answer,
)
from recommender.suggest.contradictions import Contradiction, contradictions
from recommender.suggest.facts import Facts, LastOutcome
from recommender.suggest.observed import Observed, observed_of
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import SuggestionList
from recommender.suggest.wording import product_name
from service.api.complaints import complaint_answer
from service.api.permissions import four_permissions
from service.api.preferences import preference_answer
from service.api.recorded import recorded
from service.live import InUse
from service.records.asking import read
from service.records.complaints import Complaint, complaints_of
from service.records.facts import data_until, facts_of
from service.records.permissions import permissions_of
from service.records.preferences import Preference, preferences_of
from service.records.times import now
from service.sales.customers import describe_customer
from service.sales.portrait import portrait
from service.sales.purchases import Purchases, purchases_of
from service.sales.warm_leads import WarmLead, warm_leads

Json = dict[str, Any]
NOTHING_OBSERVED = Observed()
MOST_OUTCOMES = 12


@dataclass(frozen=True)
class Told:
    """What the records hold about one customer."""

    facts: Facts
    complaints: list[Complaint]
    """Open ones first."""
    permissions: Json
    preferences: list[Preference]


@dataclass(frozen=True)
class Brief:
    """Without permission to personalise, nothing in it was drawn from what the customer does."""

    customer: Json
    portrait: Json
    told: Told
    is_personal: bool
    observed: Observed
    contradictions: tuple[Contradiction, ...]
    found: SuggestionList
    warm_leads: list[WarmLead]
    also: CustomerAlsoBought
    purchases: Purchases


async def brief_of(request: Request, live: InUse, row: int) -> Brief:
    """Of a customer that the caller may see."""
    release, key = live.release, live.release.customers.ids[row]
    told = await read(request.app.state.database, lambda c: _told(c, request, live, key))
    facts, may = told.facts, told.facts.consent.may_personalise(key)
    return Brief(
        customer=describe_customer(live, row),
        portrait=portrait(release, row, live.portrait_fields),
        told=told,
        is_personal=may,
        observed=observed_of(release, row) if may else NOTHING_OBSERVED,
        contradictions=contradictions(release, row, facts) if may else (),
        found=suggest(release, key, facts=facts),
        warm_leads=warm_leads(release, row, facts) if may else [],
        also=customer_also_bought(release, key, facts=facts),
        purchases=purchases_of(release, row),
    )


def _told(connection: sa.Connection, request: Request, live: InUse, customer_id: str) -> Told:
    state, until, today = request.app.state, data_until(live.release), now().date()
    log = permissions_of(connection, customer_id)
    return Told(
        facts=facts_of(connection, state.consents, customer_id, until, today),
        complaints=complaints_of(connection, customer_id),
        permissions=four_permissions(log, request.app.settings.permissions),
        preferences=preferences_of(connection, customer_id),
    )


def brief_answer(live: InUse, brief: Brief) -> Json:
    """As in the contract."""
    release, told = live.release, brief.told
    values = brief.portrait
    return {
        "customer": brief.customer,
        "complaints": [complaint_answer(complaint) for complaint in told.complaints],
        "permissions": told.permissions,
        "may_contact": list(told.facts.contact or ()),
        "portrait": {
            "fields": {field: value for field, value in values.items() if value is not None},
            "missing": [field for field, value in values.items() if value is None],
        },
        "observed": asdict(brief.observed),
        "stated": [preference_answer(preference) for preference in told.preferences],
        "contradictions": [_contradiction(found) for found in brief.contradictions],
        "suggestions": suggestions_answer(release, brief.found),
        "last_outcomes": [
            {**_outcome(outcome), "name": product_name(release, outcome.product_id)}
            for outcome in told.facts.outcomes[:MOST_OUTCOMES]
        ],
        "warm_leads": [_lead(release, lead) for lead in brief.warm_leads],
        "also_bought": customer_also_bought_answer(release, brief.also),
        "purchases": {
            "last": [recorded(purchased) for purchased in brief.purchases.last],
            "most": [recorded(purchased) for purchased in brief.purchases.most],
        },
    }


def _outcome(outcome: LastOutcome) -> Json:
    return recorded(outcome, "at") | {"recorded_at": outcome.at.isoformat()}


def _lead(release: Release, lead: WarmLead) -> Json:
    return described(release, lead.product_id) | recorded(lead)


def _contradiction(found: Contradiction) -> Json:
    return recorded(found.stated) | recorded(found, "stated")
