"""What a customer agreed to, and how that came about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import model_validator
from starlette.responses import Response

from recommender.config import PermissionsSection
from recommender.suggest.facts import PURPOSES, Purpose
from service.access.caller import Caller
from service.access.roles import allowed, the_caller
from service.access.scope import row_in_reach
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters
from service.api.recorded import recorded
from service.api.telling import WRITES, Tell, Telling, telling, written
from service.api.told_parameters import AnyCustomerId, Line, Text, Told, shown
from service.live import InUse, in_use
from service.problems import UNKNOWN_CUSTOMER, documented
from service.records.answered import Written
from service.records.asking import read
from service.records.audit import note
from service.records.permissions import Permission, Said, permissions_of, record_permissions

router = APIRouter(tags=["what customers said"])
PATH = "/customers/{customer_id:path}/permissions"
ALL_ROLES = allowed("shop", "rep", "manager", "admin")


class PermissionsBody(Told):
    """Any of the purposes, at least one; what is left out stays as it is."""

    model_config = shown({"personalisation": False, "phone": True, "source": "phone call"})

    personalisation: bool | None = None
    phone: bool | None = None
    email: bool | None = None
    post: bool | None = None
    source: Line | None = None
    """Through what it was said, such as `newsletter form`."""
    wording: Text | None = None
    """The words that the customer agreed to."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.granted:
            raise ValueError(f"name at least one of: {', '.join(PURPOSES)}")
        return self

    @property
    def granted(self) -> dict[Purpose, bool]:
        found = {purpose: getattr(self, purpose) for purpose in PURPOSES}
        return {purpose: granted for purpose, granted in found.items() if granted is not None}


class PermissionState(Answer):
    granted: bool
    since: datetime | None
    """Null where the customer was never asked: then the config decides."""
    source: str | None
    wording: str | None
    recorded_by: str | None


class LoggedPermission(Answer):
    purpose: Purpose
    granted: bool
    source: str | None
    wording: str | None
    recorded_by: str
    recorded_at: datetime


class FourPermissions(Answer):
    personalisation: PermissionState
    phone: PermissionState
    email: PermissionState
    post: PermissionState


class Permissions(FourPermissions):
    customer_id: str


class PermissionsWithLog(Permissions):
    log: list[LoggedPermission]


@router.put(
    PATH,
    operation_id="set_permissions",
    summary="What a customer grants or withdraws",
    response_model=Permissions,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
    dependencies=[ALL_ROLES],
)
async def set_permissions(
    customer_id: AnyCustomerId,
    body: PermissionsBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Counts from the next answer on, everywhere; the customer may be new to the release."""
    return await tells.write(permissions_said(tells, customer_id, body))


@router.get(
    PATH,
    operation_id="show_permissions",
    summary="What a customer agreed to, and since when",
    response_model=PermissionsWithLog,
    responses=documented(UNKNOWN_CUSTOMER),
    dependencies=[ALL_ROLES],
)
async def show_permissions(
    request: Request,
    customer_id: AnyCustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """The log is never changed, only added to; the newest line of a purpose counts."""
    row_in_reach(caller, live, customer_id)
    log = await read(request.app.state.database, lambda c: permissions_of(c, customer_id))
    state = four_permissions(log, request.app.settings.permissions)
    lines = [recorded(line) for line in log]
    return json_answer({"customer_id": customer_id, **state, "log": lines})


def permissions_said(tells: Telling, customer_id: str, body: PermissionsBody) -> Tell:
    """Raises where the customer is out of reach."""
    row_in_reach(tells.caller, tells.live, customer_id)
    said, by = Said(body.granted, body.source, body.wording), tells.caller

    def tell(connection: sa.Connection) -> Written:
        record_permissions(connection, customer_id, said, by.name)
        note(connection, by, "changed", "permission", ", ".join(said.granted), customer_id)
        log = permissions_of(connection, customer_id)
        state = four_permissions(log, tells.settings.permissions)
        return written(200, {"customer_id": customer_id, **state}, customer_id)

    return tell


def four_permissions(log: list[Permission], defaults: PermissionsSection) -> dict[str, Any]:
    """How it stands with each purpose; `log` has the newest line first."""
    newest = {line.purpose: line for line in reversed(log)}
    return {
        purpose: _of_purpose(newest.get(purpose), getattr(defaults, purpose))
        for purpose in PURPOSES
    }


def _of_purpose(line: Permission | None, default: bool) -> dict[str, Any]:
    if line is None:
        unasked = dict.fromkeys(("since", "source", "wording", "recorded_by"))
        return {"granted": default, **unasked}
    fields = recorded(line, "purpose", "recorded_at")
    return fields | {"since": line.recorded_at.isoformat()}
