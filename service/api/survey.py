"""Many preferences at once, as a shop's form or a rep asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.responses import Response

from recommender.suggest.facts import Stated
from service.access.roles import FOR_ALL_KEYS
from service.access.scope import row_in_reach
from service.api.answer import Answer
from service.api.parameters import NoParameters
from service.api.preferences import Saying, StatedPreference, check_catalogue, preference_answer
from service.api.telling import WRITES, Telling, telling, written
from service.api.told_parameters import AnyCustomerId, PastDay, Told, shown
from service.live import InUse
from service.problems import UNKNOWN_CUSTOMER, documented
from service.records.answered import Written
from service.records.audit import note
from service.records.preferences import Preference, record_preference
from service.records.times import now

router = APIRouter(tags=["what customers said"])

MOST_ANSWERS = 50


class SurveyBody(Told):
    """What a customer answered to a form, one thing after the other."""

    model_config = shown(
        {
            "said_on": "2026-06-01",
            "answers": [
                {
                    "about": "category",
                    "value": "Band saw blades",
                    "stance": "needs",
                    "words": "We are doubling the log yard.",
                },
                {"about": "brand", "value": "Tannfels", "stance": "dislikes"},
            ],
        }
    )

    said_on: PastDay | None = None
    """Today where it is left out."""
    answers: Annotated[list[Saying], Field(min_length=1, max_length=MOST_ANSWERS)]

    def stated(self) -> list[Stated]:
        day = self.said_on or now().date()
        return [answer.stated_on(day, "survey") for answer in self.answers]


class Surveyed(Answer):
    preferences: list[StatedPreference]
    """One for each answer, in their order."""


@router.post(
    "/customers/{customer_id:path}/survey",
    status_code=201,
    operation_id="add_survey",
    summary="A customer answered a survey",
    response_model=Surveyed,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
    dependencies=[FOR_ALL_KEYS],
)
async def add_survey(
    customer_id: AnyCustomerId,
    body: SurveyBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Each answer becomes a preference with the source `survey`: all of them or none."""
    row_in_reach(tells.caller, tells.live, customer_id)
    check_answers(tells.live, body.answers)

    def tell(connection: sa.Connection) -> Written:
        found = record_survey(connection, tells, customer_id, body.stated())
        return written(201, {"preferences": [preference_answer(p) for p in found]}, customer_id)

    return await tells.write(tell)


def check_answers(live: InUse, answers: Sequence[Saying]) -> None:
    """Raises with all that the release does not know, each under the number of its answer."""
    mistakes: list[Any] = []
    for place, answer in enumerate(answers):
        try:
            check_catalogue(live, answer.about, answer.value, f"answers.{place}.value")
        except RequestValidationError as error:
            mistakes.extend(error.errors())
    if mistakes:
        raise RequestValidationError(mistakes)


def record_survey(
    connection: sa.Connection, tells: Telling, customer_id: str, answers: Sequence[Stated]
) -> list[Preference]:
    """In one transaction, each noted in the audit."""
    by = tells.caller
    found = [record_preference(connection, customer_id, stated, by.name) for stated in answers]
    for preference in found:
        note(connection, by, "created", "preference", preference.preference_id, customer_id)
    return found
