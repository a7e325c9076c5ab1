"""All that a rep should know before a call: one moment of the records, one release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from fastapi import Request

from recommender.suggest.also_bought import CustomerAlsoBought, customer_also_bought
from recommender.suggest.asking.question import Question
from recommender.suggest.asking.questions import next_questions
from recommender.suggest.facts import Facts
from recommender.suggest.insight.contradictions import Contradiction, contradictions
from recommender.suggest.insight.observed import Observed, observed_of
from service.access.roles import caller_of
from service.api.permissions import four_permissions
from service.live import InUse
from service.records.asking import read
from service.records.complaints import Complaint, complaints_of
from service.records.facts import data_until, facts_of
from service.records.notes import Note, notes_of
from service.records.permissions import permissions_of
from service.records.preferences import Preference, preferences_of
from service.records.times import now
from service.sales.describing import describe_customer
from service.sales.offers import Offers, offers_of
from service.sales.peers import NOBODY, Peers, peers_seen_by
from service.sales.portrait import portrait
from service.sales.purchases import Purchases, purchases_of
from service.sales.referral import Referral, referral_for
from service.sales.value import NOT_LOOKED_AT, Value, value_of
from service.sales.warm_leads import WarmLead, warm_leads

Json = dict[str, Any]
NOTHING_OBSERVED = Observed()
MOST_NOTES = 10


@dataclass(frozen=True)
class Told:
    """What the records hold about one customer."""

    facts: Facts
    complaints: list[Complaint]
    """Open ones first."""
    permissions: Json
    preferences: list[Preference]
    notes: list[Note]
    """The last ones, newest first."""


@dataclass(frozen=True)
class Brief:
    """Without permission to personalise, nothing in it was drawn from what the customer does."""

    customer: Json
    portrait: Json
    told: Told
    is_personal: bool
    observed: Observed
    contradictions: tuple[Contradiction, ...]
    value: Value
    offers: Offers
    peers: Peers
    questions: tuple[Question, ...]
    referral: Referral | None
    warm_leads: list[WarmLead]
    also: CustomerAlsoBought
    purchases: Purchases


async def brief_of(request: Request, live: InUse, row: int) -> Brief:
    """Of a customer that the caller may see."""
    release, key = live.release, live.release.customers.ids[row]
    told = await read(request.app.state.database, lambda c: _told(c, request, live, key))
    facts, may = told.facts, told.facts.consent.may_personalise(key)
    caller, today = caller_of(request), now().date()
    return Brief(
        customer=describe_customer(live, row),
        portrait=portrait(release, row, live.portrait_fields),
        told=told,
        is_personal=may,
        observed=observed_of(release, row) if may else NOTHING_OBSERVED,
        contradictions=contradictions(release, row, facts) if may else (),
        value=value_of(release, row, facts, today) if may else NOT_LOOKED_AT,
        offers=offers_of(release, key, facts),
        peers=peers_seen_by(caller, live, row, facts.consent) if may else NOBODY,
        questions=next_questions(release, key, facts),
        referral=referral_for(caller, live, row, facts, today),
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
        notes=notes_of(connection, customer_id, MOST_NOTES),
    )
