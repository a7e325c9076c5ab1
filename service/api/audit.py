"""Who changed what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from service.access.roles import allowed
from service.api.answers import Audit
from service.api.json_answer import json_answer
from service.api.parameters import QueryParameters, plain_number
from service.records.audit import Entry, read_audit
from service.records.database import Database

router = APIRouter(tags=["running it"])


class AuditQuery(QueryParameters):
    cursor: Annotated[
        int | None,
        Field(ge=1, lt=2**62, description="`next` of the page before."),
        BeforeValidator(plain_number),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=200, description="Entries a page."), BeforeValidator(plain_number)
    ] = 50


@router.get(
    "/audit",
    operation_id="list_audit",
    summary="Who changed what",
    response_model=Audit,
    dependencies=[allowed("admin")],
)
def list_audit(request: Request, query: Annotated[AuditQuery, Query()]) -> Response:
    """The newest first: keys, sign-ins, and all that was told or erased."""
    database: Database = request.app.state.database
    with database.reading() as connection:
        found = read_audit(connection, query.cursor, query.limit + 1)
    entries = found[: query.limit]
    following = str(entries[-1].sequence) if len(found) > len(entries) else None
    return json_answer({"entries": [_described(e) for e in entries], "next": following})


def _described(entry: Entry) -> dict[str, Any]:
    fields = asdict(entry) | {"at": entry.at.isoformat()}
    del fields["sequence"]
    return fields
