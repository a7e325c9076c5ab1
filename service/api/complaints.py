"""What a customer complains about, and what is done about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from service.access.caller import SALES, Caller
from service.access.roles import allowed, the_caller
from service.access.scope import is_in_reach, row_in_reach
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters, QueryParameters
from service.api.preferences import check_catalogue
from service.api.recorded import recorded
from service.api.telling import WRITES, Tell, Telling, telling, written
from service.api.told_parameters import (
    AnyCustomerId,
    Id,
    Line,
    PastDay,
    RecordId,
    Text,
    Told,
    shown,
)
from service.live import InUse, in_use
from service.problems import UNKNOWN_COMPLAINT, UNKNOWN_CUSTOMER, ProblemError, documented
from service.records.answered import Written
from service.records.asking import read, read_long
from service.records.audit import note
from service.records.complaints import (
    Complaint,
    Filing,
    acknowledge,
    complaints_of,
    file_complaint,
    find_complaint,
    open_complaints,
    reopen,
    resolve,
)
from service.records.times import now

router = APIRouter(tags=["what customers said"], dependencies=[allowed(*SALES)])
PATH = "/customers/{customer_id:path}/complaints"
PAGE = 200


class ComplaintBody(Told):
    """About a product, a category, or neither."""

    model_config = shown({"product_id": "P7", "text": "Two teeth broke on the first day."})

    product_id: Id | None = None
    category: Line | None = None
    text: Text
    opened_on: PastDay | None = None
    """Today where it is left out."""

    def filing(self) -> Filing:
        opened_on = self.opened_on or now().date()
        return Filing(self.product_id, self.category, self.text, opened_on)


class ComplaintChange(Told):
    """What became of a complaint."""

    model_config = shown({"resolution": "Replaced and apologised."})

    acknowledged: Literal[True] | None = None
    resolution: Text | None = None
    """How it was resolved; null opens it again."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.acknowledged is None and "resolution" not in self.model_fields_set:
            raise ValueError("send `acknowledged`: true, or a `resolution`")
        return self


class FiledComplaint(Answer):
    model_config = Answer.model_config | {"title": "Complaint"}

    complaint_id: str
    customer_id: str
    product_id: str | None
    category: str | None
    text: str
    opened_on: date
    acknowledge_by: date
    due_on: date
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    resolution: str | None
    overdue: bool
    recorded_by: str
    recorded_at: datetime


class Complaints(Answer):
    complaints: list[FiledComplaint]
    next: Annotated[str | None, Field(description="`cursor` of the next page; null on the last.")]


class ComplaintsQuery(QueryParameters):
    overdue: Annotated[
        Literal["true", "false"], Field(description="Only those past one of their dates.")
    ] = "false"
    cursor: Annotated[
        str | None,
        Field(pattern=r"^\d{4}-\d{2}-\d{2}[0-9a-f]{16}$", description="`next` of the page before."),
    ] = None


@router.post(
    PATH,
    status_code=201,
    operation_id="file_complaint",
    summary="A customer complains",
    response_model=FiledComplaint,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
)
async def add_complaint(
    customer_id: AnyCustomerId,
    body: ComplaintBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """While it is open, it comes before every offer and holds back those it concerns."""
    return await tells.write(complaint_filed(tells, customer_id, body))


@router.get(
    PATH,
    operation_id="list_customer_complaints",
    summary="What a customer complained about",
    response_model=Complaints,
    responses=documented(UNKNOWN_CUSTOMER),
)
async def list_customer_complaints(
    request: Request,
    customer_id: AnyCustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Open ones first, then newest first."""
    row_in_reach(caller, live, customer_id)
    found = await read(request.app.state.database, lambda c: complaints_of(c, customer_id))
    return json_answer({"complaints": [complaint_answer(c) for c in found], "next": None})


@router.get(
    "/complaints",
    operation_id="list_complaints",
    summary="Open complaints, the one due first in front",
    response_model=Complaints,
)
async def list_complaints(
    request: Request,
    query: Annotated[ComplaintsQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """A rep sees those of its own customers."""
    found = await read_long(
        request.app.state.database, lambda c: _wanted(open_complaints(c), query, caller, live)
    )
    following = _place(found[PAGE - 1]) if len(found) > PAGE else None
    return json_answer(
        {"complaints": [complaint_answer(c) for c in found[:PAGE]], "next": following}
    )


@router.patch(
    "/complaints/{complaint_id}",
    operation_id="change_complaint",
    summary="A complaint is acknowledged, resolved or opened again",
    response_model=FiledComplaint,
    responses=WRITES | documented(UNKNOWN_COMPLAINT),
)
async def change_complaint(
    complaint_id: RecordId,
    body: ComplaintChange,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Once resolved it holds nothing back any more."""
    return await tells.write(complaint_changed(tells, complaint_id, body))


def complaint_filed(tells: Telling, customer_id: str, body: ComplaintBody) -> Tell:
    """Raises where the customer is out of reach, or the release knows no such thing."""
    row_in_reach(tells.caller, tells.live, customer_id)
    if body.product_id is not None:
        check_catalogue(tells.live, "product", body.product_id, "product_id")
    if body.category is not None:
        check_catalogue(tells.live, "category", body.category, "category")

    def tell(connection: sa.Connection) -> Written:
        days, by = tells.settings.complaints, tells.caller.name
        found = file_complaint(connection, customer_id, body.filing(), days, by)
        note(connection, tells.caller, "created", "complaint", found.complaint_id, customer_id)
        return written(201, complaint_answer(found), customer_id)

    return tell


def complaint_changed(tells: Telling, complaint_id: str, body: ComplaintChange) -> Tell:
    """What it gives raises `ProblemError` where there is no such complaint in reach."""

    def tell(connection: sa.Connection) -> Written:
        customer_id = _found(connection, complaint_id, tells).customer_id
        _change(connection, complaint_id, body)
        note(connection, tells.caller, "changed", "complaint", complaint_id, customer_id)
        return written(200, complaint_answer(_found(connection, complaint_id, tells)), customer_id)

    return tell


def complaint_answer(complaint: Complaint) -> dict[str, Any]:
    """What was filed, and whether one of its dates has passed."""
    return recorded(complaint) | {"overdue": complaint.is_overdue(now().date())}


def _wanted(
    complaints: list[Complaint], query: ComplaintsQuery, caller: Caller, live: InUse
) -> list[Complaint]:
    today, after = now().date(), query.cursor or ""
    return [
        complaint
        for complaint in complaints
        if _place(complaint) > after
        and (query.overdue == "false" or complaint.is_overdue(today))
        and is_in_reach(caller, live, complaint.customer_id)
    ]


def _change(connection: sa.Connection, complaint_id: str, body: ComplaintChange) -> None:
    if body.acknowledged:
        acknowledge(connection, complaint_id)
    if body.resolution is not None:
        resolve(connection, complaint_id, body.resolution)
    elif "resolution" in body.model_fields_set:
        reopen(connection, complaint_id)


def _found(connection: sa.Connection, complaint_id: str, tells: Telling) -> Complaint:
    found = find_complaint(connection, complaint_id)
    if found is None or not is_in_reach(tells.caller, tells.live, found.customer_id):
        raise ProblemError(UNKNOWN_COMPLAINT, "there is no complaint of this id")
    return found


def _place(complaint: Complaint) -> str:
    """Where it stands among the open ones; it survives the closing of those before it."""
    return complaint.due_on.isoformat() + complaint.complaint_id
