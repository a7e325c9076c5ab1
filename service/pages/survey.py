"""A form to ask a customer with: what it likes, dislikes or needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args

import numpy as np
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from recommender.release.opening import Release
from recommender.suggest.facts import Stance
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.access.scope import known_customer_of
from service.api.parameters import CustomerId, QueryParameters
from service.api.survey import SurveyBody, check_answers, record_survey
from service.api.telling import Telling, telling
from service.knowing import facts_about
from service.live import InUse, in_use
from service.pages.form import counted_once, fields_of
from service.pages.formats import path_part
from service.pages.page_answer import page_answer
from service.records.answered import Written
from service.records.asking import read
from service.records.preferences import preferences_of
from service.records.times import now
from service.sales.describing import describe_customer

router = APIRouter()

PATH = "/customers/{customer_id:path}/survey"
STANCES: tuple[Stance, ...] = get_args(Stance)
MOST_TOPICS = {"category": 12, "brand": 8}
WORDS = "words:"
"""Before the name of the field whose answer they explain."""
MOST_FIELDS = 1 + 2 * sum(MOST_TOPICS.values())
Topic = tuple[str, str]
"""About, value."""


class SurveyQuery(QueryParameters):
    saved: int | None = None
    """How many answers were saved a moment ago."""


@router.get(PATH, dependencies=[FOR_SALES])
async def survey_page(
    request: Request,
    customer_id: CustomerId,
    query: Annotated[SurveyQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    return await _page(request, customer_id, live, caller, query.saved)


@router.post(PATH, dependencies=[FOR_SALES])
async def save_survey(
    request: Request, customer_id: CustomerId, tells: Annotated[Telling, Depends(telling)]
) -> Response:
    """Leads back to the form, which shows what was saved and may be loaded again."""
    known_customer_of(tells.caller, tells.live, customer_id)
    fields = await fields_of(request, MOST_FIELDS)
    answers = answers_in(fields)
    if not answers:
        return await _page(request, customer_id, tells.live, tells.caller, saved=0)
    body = _checked({"answers": answers, "said_on": fields.get("said_on") or None})
    check_answers(tells.live, body.answers)

    def tell(connection: sa.Connection) -> Written:
        record_survey(connection, tells, customer_id, body.stated())
        return Written(303, b"", customer_id)

    await (await counted_once(request, tells, fields)).write(tell)
    address = f"/customers/{path_part(customer_id)}/survey?saved={len(answers)}#said"
    return RedirectResponse(address, 303)


def answers_in(fields: dict[str, str]) -> list[dict[str, str]]:
    """Of `category:Blades` = `likes`; what was left open is no answer."""
    found = []
    for name, stance in fields.items():
        about, _, value = name.partition(":")
        if about in MOST_TOPICS and stance:
            words = fields.get(WORDS + name, "").strip()
            answer = {"about": about, "value": value, "stance": stance}
            found.append(answer | ({"words": words} if words else {}))
    return found


def topics(release: Release, row: int, *, personal: bool) -> list[Topic]:
    """Categories and brands that it buys, then those it may come to buy, then everyone's."""
    columns: list[int] = []
    if personal:
        columns += _of_row(release, row)
    columns += release.fallback.popular.tolist()
    products = release.products
    texts: dict[str, Any] = {"category": products.category, "brand": products.brand}
    return [
        (about, value)
        for about, most in MOST_TOPICS.items()
        for value in _first(most, (texts[about][column] for column in columns))
    ]


def _of_row(release: Release, row: int) -> list[int]:
    bought, candidates = release.bought, release.candidates
    first, end = bought.starts[row : row + 2]
    often = np.argsort(-bought.times[first:end], kind="stable")
    likely = candidates.products[slice(*candidates.starts[row : row + 2])]
    return [*bought.products[first:end][often].tolist(), *likely.tolist()]


def _first(most: int, values: Iterable[str]) -> Iterator[str]:
    """Different ones, in their order."""
    seen: set[str] = set()
    for value in values:
        if value and value not in seen:
            seen.add(value)
            yield value
        if len(seen) == most:
            return


async def _page(
    request: Request, customer_id: str, live: InUse, caller: Caller, saved: int | None
) -> Response:
    row = known_customer_of(caller, live, customer_id)
    facts = await facts_about(request, live.release, customer_id)
    found = await read(request.app.state.database, lambda c: preferences_of(c, customer_id))
    return page_answer(
        live,
        caller,
        "survey.html",
        customer=describe_customer(live, row),
        topics=topics(live.release, row, personal=facts.consent.may_personalise(customer_id)),
        stances=STANCES,
        said=found,
        saved=saved,
        today=now().date(),
    )


def _checked(body: dict[str, Any]) -> SurveyBody:
    try:
        return SurveyBody.model_validate(body)
    except ValidationError as error:
        mistakes = [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_input=False)]
        raise RequestValidationError(mistakes) from error
