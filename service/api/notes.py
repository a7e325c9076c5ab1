"""What was said in a talk and is neither a preference nor a complaint, in free words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from service.access.caller import SALES, Caller
from service.access.roles import allowed, the_caller
from service.access.scope import row_in_reach
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters
from service.api.preferences import check_catalogue
from service.api.recorded import recorded
from service.api.telling import WRITES, Tell, Telling, telling, written
from service.api.told_parameters import AnyCustomerId, Id, PastDay, Text, Told, shown
from service.live import InUse, in_use
from service.problems import UNKNOWN_CUSTOMER, documented
from service.records.answered import Written
from service.records.asking import read
from service.records.audit import note
from service.records.notes import Note, Noting, notes_of, write_note
from service.records.times import now

router = APIRouter(tags=["what customers said"], dependencies=[allowed(*SALES)])
PATH = "/customers/{customer_id:path}/notes"


class NoteBody(Told):
    """What was said, in free words."""

    model_config = shown({"text": "The new hall opens in March; call again in February."})

    text: Text
    product_id: Id | None = None
    """Of the product that was talked about."""
    said_on: PastDay | None = None
    """Today where it is left out."""

    def noting(self) -> Noting:
        return Noting(self.product_id, self.text, self.said_on or now().date())


class WrittenNote(Answer):
    model_config = Answer.model_config | {"title": "Note"}

    note_id: str
    customer_id: str
    product_id: str | None
    text: str
    said_on: date
    recorded_by: str
    recorded_at: datetime


class Notes(Answer):
    notes: list[WrittenNote]
    next: None


@router.post(
    PATH,
    status_code=201,
    operation_id="write_note",
    summary="Something was said that is worth keeping",
    response_model=WrittenNote,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
)
async def add_note(
    customer_id: AnyCustomerId,
    body: NoteBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """For people to read; no list changes by it. What does is a preference or an outcome."""
    return await tells.write(note_written(tells, customer_id, body))


@router.get(
    PATH,
    operation_id="list_notes",
    summary="What was noted of a customer",
    response_model=Notes,
    responses=documented(UNKNOWN_CUSTOMER),
)
async def list_notes(
    request: Request,
    customer_id: AnyCustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Newest first."""
    row_in_reach(caller, live, customer_id)
    found = await read(request.app.state.database, lambda c: notes_of(c, customer_id))
    return json_answer({"notes": [note_answer(one) for one in found], "next": None})


def note_written(tells: Telling, customer_id: str, body: NoteBody) -> Tell:
    """Raises where the customer is out of reach, or the release knows no such product."""
    row_in_reach(tells.caller, tells.live, customer_id)
    if body.product_id is not None:
        check_catalogue(tells.live, "product", body.product_id, "product_id")

    def tell(connection: sa.Connection) -> Written:
        found = write_note(connection, customer_id, body.noting(), tells.caller.name)
        note(connection, tells.caller, "created", "note", found.note_id, customer_id)
        return written(201, note_answer(found), customer_id)

    return tell


def note_answer(found: Note) -> dict[str, Any]:
    return recorded(found)
