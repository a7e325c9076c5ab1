"""The brief as JSON, as in the contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from recommender.release.opening import Release
from recommender.suggest.answers import (
    customer_also_bought_answer,
    described,
    suggestions_answer,
)
from recommender.suggest.facts import LastOutcome
from recommender.suggest.insight.contradictions import Contradiction
from recommender.suggest.suggestion import SuggestionList
from recommender.suggest.wording import product_name
from service.api.complaints import complaint_answer
from service.api.notes import note_answer
from service.api.preferences import preference_answer
from service.api.recorded import recorded
from service.live import InUse
from service.sales.brief import Brief
from service.sales.peers import peers_answer
from service.sales.portrait import portrait_answer
from service.sales.questions import question_answer
from service.sales.referral import referral_answer
from service.sales.value import potential_answer, value_answer
from service.sales.warm_leads import WarmLead

Json = dict[str, Any]
MOST_OUTCOMES = 12


def brief_answer(live: InUse, brief: Brief) -> Json:
    release, told = live.release, brief.told
    return {
        "customer": brief.customer,
        "complaints": [complaint_answer(complaint) for complaint in told.complaints],
        "permissions": told.permissions,
        "may_contact": list(told.facts.contact or ()),
        "portrait": portrait_answer(release, brief.portrait),
        "peers": peers_answer(brief.peers),
        "value": value_answer(brief.value),
        "potential": potential_answer(brief.value),
        "reorder": _list(release, brief.offers.reorder),
        "lapsed": _list(release, brief.offers.lapsed),
        "more": _list(release, brief.offers.more),
        "observed": asdict(brief.observed),
        "stated": [preference_answer(preference) for preference in told.preferences],
        "contradictions": [_contradiction(found) for found in brief.contradictions],
        "suggestions": suggestions_answer(release, brief.offers.offer),
        "notes": [note_answer(one) for one in told.notes],
        "questions": [question_answer(question) for question in brief.questions],
        "referral": referral_answer(brief.referral),
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


def _list(release: Release, found: SuggestionList | None) -> Json | None:
    return None if found is None else suggestions_answer(release, found)


def _outcome(outcome: LastOutcome) -> Json:
    return recorded(outcome, "at") | {"recorded_at": outcome.at.isoformat()}


def _lead(release: Release, lead: WarmLead) -> Json:
    return described(release, lead.product_id) | recorded(lead)


def _contradiction(found: Contradiction) -> Json:
    return recorded(found.stated) | recorded(found, "stated")
