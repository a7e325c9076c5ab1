"""What a customer likes, dislikes or needs, in its own words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import model_validator
from starlette.responses import Response

from recommender.suggest.facts import About, Stance, Stated, StatedIn
from service.access.caller import SALES, Caller
from service.access.roles import allowed, the_caller
from service.access.scope import is_in_reach, row_in_reach
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters, invalid
from service.api.recorded import recorded
from service.api.telling import WRITES, Tell, Telling, telling, written
from service.api.told_parameters import AnyCustomerId, Line, PastDay, RecordId, Text, Told, shown
from service.catalogue import near_words
from service.live import InUse, in_use
from service.problems import UNKNOWN_CUSTOMER, UNKNOWN_PREFERENCE, ProblemError, documented
from service.records.answered import Written
from service.records.asking import read
from service.records.audit import note
from service.records.preferences import (
    Preference,
    find_preference,
    preferences_of,
    record_preference,
    withdraw_preference,
)
from service.records.times import now

router = APIRouter(tags=["what customers said"])
PATH = "/customers/{customer_id:path}/preferences"


class Saying(Told):
    """What a customer said of a product, a category, a brand or an attribute."""

    about: About
    value: Line
    """A product id, a category, a brand, or `attribute=value`."""
    stance: Stance
    words: Text | None = None
    """As the customer said it."""

    @model_validator(mode="after")
    def _names_an_attribute(self) -> Self:
        name, _, value = self.value.partition("=")
        if self.about == "attribute" and not (name.strip() and value.strip()):
            raise ValueError("write an attribute as name=value, such as length_m=4.2")
        return self

    def stated_on(self, day: date, source: StatedIn) -> Stated:
        return Stated(
            about=self.about,
            value=self.value,
            stance=self.stance,
            words=self.words,
            said_on=day,
            source=source,
        )


class PreferenceBody(Saying):
    """What a customer said of a product, a category, a brand or an attribute, and when."""

    model_config = shown(
        {
            "about": "category",
            "value": "Band saw blades",
            "stance": "needs",
            "words": "We are doubling the log yard.",
            "said_on": "2026-06-01",
            "source": "talk",
        }
    )

    said_on: PastDay | None = None
    """Today where it is left out."""
    source: StatedIn = "talk"

    def stated(self) -> Stated:
        return self.stated_on(self.said_on or now().date(), self.source)


class StatedPreference(Answer):
    preference_id: str
    customer_id: str
    about: About
    value: str
    stance: Stance
    words: str | None
    said_on: date
    source: StatedIn
    recorded_by: str
    recorded_at: datetime


class Preferences(Answer):
    preferences: list[StatedPreference]
    next: None


@router.post(
    PATH,
    status_code=201,
    operation_id="add_preference",
    summary="A customer likes, dislikes or needs something",
    response_model=StatedPreference,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
    dependencies=[allowed("shop", *SALES)],
)
async def add_preference(
    customer_id: AnyCustomerId,
    body: PreferenceBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """A dislike withholds, a like or need lifts; the newest word about a thing counts."""
    return await tells.write(preference_stated(tells, customer_id, body))


@router.get(
    PATH,
    operation_id="list_preferences",
    summary="What a customer said that it likes, dislikes or needs",
    response_model=Preferences,
    responses=documented(UNKNOWN_CUSTOMER),
    dependencies=[allowed(*SALES)],
)
async def list_preferences(
    request: Request,
    customer_id: AnyCustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Newest first, without those that were withdrawn."""
    row_in_reach(caller, live, customer_id)
    found = await read(request.app.state.database, lambda c: preferences_of(c, customer_id))
    return json_answer({"preferences": [preference_answer(p) for p in found], "next": None})


@router.delete(
    "/preferences/{preference_id}",
    status_code=204,
    operation_id="withdraw_preference",
    summary="A customer does not hold to it any more",
    response_class=Response,
    responses=documented(UNKNOWN_PREFERENCE),
    dependencies=[allowed(*SALES)],
)
async def delete_preference(
    preference_id: RecordId,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """It counts no more from the next answer on; that it was said stays in the records."""
    return await tells.write(preference_withdrawn(tells, preference_id))


def preference_stated(tells: Telling, customer_id: str, body: PreferenceBody) -> Tell:
    """Raises where the customer is out of reach, or the release knows no such thing."""
    row_in_reach(tells.caller, tells.live, customer_id)
    if tells.caller.role == "shop" and body.source == "talk":
        raise invalid("body", "source", "a shop asks by form or survey")
    check_catalogue(tells.live, body.about, body.value, "value")

    def tell(connection: sa.Connection) -> Written:
        found = record_preference(connection, customer_id, body.stated(), tells.caller.name)
        note(connection, tells.caller, "created", "preference", found.preference_id, customer_id)
        return written(201, preference_answer(found), customer_id)

    return tell


def preference_withdrawn(tells: Telling, preference_id: str) -> Tell:
    """What it gives raises `ProblemError` where there is no such preference in reach."""

    def tell(connection: sa.Connection) -> Written:
        found = find_preference(connection, preference_id)
        if found is None or not is_in_reach(tells.caller, tells.live, found.customer_id):
            raise ProblemError(UNKNOWN_PREFERENCE, "there is no preference of this id")
        withdraw_preference(connection, preference_id)
        note(connection, tells.caller, "deleted", "preference", preference_id, found.customer_id)
        return Written(204, b"", found.customer_id)

    return tell


def check_catalogue(live: InUse, about: About, value: str, name: str) -> None:
    """Raises where the release knows no such thing; says what looks like it.

    An attribute may be anything: what a customer needs, the catalogue may not have yet.
    """
    known = {"category": live.catalogue.categories, "brand": live.catalogue.brands}
    if about == "product" and value not in live.release.products.ids:
        raise invalid("body", name, "the release knows no such product; check the id")
    if about in known and value not in known[about]:
        near = near_words(value, known[about])
        remedy = f"did you mean {' or '.join(near)}?" if near else "write it as in the catalogue"
        raise invalid("body", name, f"the catalogue has no such {about}; {remedy}")


def preference_answer(found: Preference) -> dict[str, Any]:
    """As it was written down; only those that hold are shown."""
    return recorded(found, "withdrawn_at")
