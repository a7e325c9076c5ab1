"""What became of a suggestion."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from recommender.suggest.facts import OutcomeName
from recommender.suggest.kind_of import kind_of
from recommender.suggest.suggestion import ListOrigin, read_recommendation_id
from service.access.caller import SALES, Caller
from service.access.roles import allowed, the_caller
from service.access.scope import is_in_reach
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters, QueryParameters, invalid
from service.api.recorded import recorded
from service.api.telling import WRITES, Tell, Telling, telling, written
from service.api.told_parameters import Day, Id, Told, as_day, shown
from service.live import InUse, in_use
from service.problems import UNKNOWN_RECOMMENDATION, ProblemError, documented
from service.records.answered import Written
from service.records.asking import read_long
from service.records.outcomes import Outcome, ReasonCode, RecordedOutcome, record_outcome
from service.records.times import now
from service.summary import summary

router = APIRouter(tags=["what happened"])
MAY_WAIT: tuple[OutcomeName, ...] = ("rejected", "snoozed")
"""Outcomes that cool a product down until a day."""
LONGEST_WAIT = timedelta(days=3 * 366)
LONGEST_SUMMARY_DAYS = 366
ANYONE = ("popular", "fold_in")
"""Sources of lists for somebody the release does not know."""


class OutcomeBody(Told):
    """What became of one product of a list."""

    model_config = shown(
        {
            "recommendation_id": "6a80c754f64bd484-3b2c-p-9f86d081884c7d65",
            "product_id": "P7",
            "outcome": "snoozed",
            "reason": "not_now",
        }
    )

    recommendation_id: Id
    product_id: Id
    outcome: OutcomeName
    reason: ReasonCode | None = None
    until: Day | None = None
    """Only with `rejected` and `snoozed`: the product is not suggested before."""

    @model_validator(mode="after")
    def _waits_as_it_may(self) -> Self:
        if self.until is None:
            return self
        if self.outcome not in MAY_WAIT:
            raise ValueError(f"`until` goes only with {' or '.join(MAY_WAIT)}")
        today = now().date()
        if not today <= self.until <= today + LONGEST_WAIT:
            raise ValueError("`until` should be a day from today to three years from now")
        return self


class RecordedAnswer(Answer):
    model_config = Answer.model_config | {"title": "Outcome"}

    recommendation_id: str
    customer_id: str | None
    product_id: str
    outcome: OutcomeName
    reason: ReasonCode | None
    until: date | None
    kind: str | None
    source: str
    release: str
    """The hash at the end of its name."""
    rep: str | None
    recorded_by: str
    recorded_at: datetime


class Tally(Answer):
    shown: int
    """Suggestions that anything was said about."""
    accepted: int
    """Of these, accepted, adjusted or said to be won."""
    rejected: int
    snoozed: int
    lost: int
    won: int
    """Said to be won."""
    credited: int
    """Not said to be won, but bought afterwards."""
    acceptance: float | None
    """`accepted` of `shown`."""
    conversion: float | None
    """`won` and `credited` of `shown`."""


class Summary(Answer):
    since: date
    total: Tally
    by_kind: dict[str, Tally]
    by_source: dict[str, Tally]
    by_rep: dict[str, Tally]
    by_week: dict[str, Tally]
    by_release: dict[str, Tally]


class SummaryQuery(QueryParameters):
    since: Annotated[
        str | None,
        Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="A day; 90 days ago if left out."),
    ] = None

    def day(self) -> date:
        """Raises what FastAPI answers with 422."""
        today = now().date()
        try:
            day = today - timedelta(days=90) if self.since is None else as_day(self.since)
        except ValueError as error:
            raise invalid("query", "since", str(error)) from error
        if not today - timedelta(LONGEST_SUMMARY_DAYS) <= day <= today:
            raise invalid("query", "since", "should be a day of the last 366")
        return day


@router.post(
    "/outcomes",
    status_code=201,
    operation_id="add_outcome",
    summary="What became of a suggestion",
    response_model=RecordedAnswer,
    responses=WRITES | documented(UNKNOWN_RECOMMENDATION),
    dependencies=[allowed("shop", *SALES)],
)
async def add_outcome(
    body: OutcomeBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Said again in the same words, it is not recorded again."""
    return await tells.write(outcome_told(tells, body))


@router.get(
    "/outcomes/summary",
    operation_id="summarize_outcomes",
    summary="What suggestions lead to",
    response_model=Summary,
    dependencies=[allowed(*SALES)],
)
async def summarize_outcomes(
    request: Request,
    query: Annotated[SummaryQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """Of all suggestions that anything was said about; a rep hears of its own customers."""
    since, rep = query.day(), (caller.rep or "") if caller.role == "rep" else None
    found = await read_long(
        request.app.state.database, lambda c: summary(c, live.release, since, rep)
    )
    return json_answer({"since": since.isoformat(), **found})


def outcome_told(tells: Telling, body: OutcomeBody) -> Tell:
    """Raises for a product nobody knows; what it gives raises where the list leads nowhere."""
    if body.product_id not in tells.live.release.products.ids:
        raise invalid("body", "product_id", "the release knows no such product; check the id")

    def tell(connection: sa.Connection) -> Written:
        found = record_outcome(connection, _outcome(tells, body), tells.caller.name)
        return written(201, _described(tells.caller, found), found.customer_id)

    return tell


def _outcome(tells: Telling, body: OutcomeBody) -> Outcome:
    origin = read_recommendation_id(body.recommendation_id)
    if origin is None:
        raise _untraceable()
    row = _row_of(tells, origin)
    release = tells.live.release
    return Outcome(
        recommendation_id=body.recommendation_id,
        customer_id=None if row is None else release.customers.ids[row],
        product_id=body.product_id,
        outcome=body.outcome,
        reason=body.reason,
        until=body.until,
        kind=kind_of(release, row, body.product_id, origin.source),
        source=origin.source,
        release=origin.release,
        rep=(release.customers.rep[row] or None) if row is not None else tells.caller.rep,
    )


def _row_of(tells: Telling, origin: ListOrigin) -> int | None:
    """None for a list that may have been for somebody the release does not know."""
    row, ids = tells.live.tokens.row(origin.customer_token), tells.live.release.customers.ids
    if row is None and origin.source not in ANYONE:
        raise _untraceable()
    if not is_in_reach(tells.caller, tells.live, "" if row is None else ids[row]):
        raise _untraceable()
    return row


def _untraceable() -> ProblemError:
    return ProblemError(UNKNOWN_RECOMMENDATION, "no list of this id leads to a customer of yours")


def _described(caller: Caller, found: RecordedOutcome) -> dict[str, Any]:
    """The shop hears no names, not even that of the rep."""
    fields = recorded(found, "sequence")
    return fields | {"rep": None} if caller.role == "shop" else fields
