"""All that is held about a customer, told or erased."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from recommender.errors import BusyError, ConfigError
from service.access.caller import Caller
from service.access.roles import allowed, the_caller
from service.api.json_answer import json_answer
from service.api.parameters import CustomerId, NoParameters, invalid
from service.erasure.export import export_customer
from service.erasure.forget import forget
from service.erasure.holdings import Holdings, checked_id
from service.problems import BUSY, UNKNOWN_CUSTOMER, documented
from service.refusals import refuse

router = APIRouter(tags=["customers"])

SECONDS_OF_A_TRAINING = 60
"""After which it is worth asking again."""


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LiesAlsoIn(Answer):
    sources: dict[str, str]
    """The company's own tables, by name."""
    releases: list[str]
    """Kept beside the one in use."""
    lists: list[str]
    """All that were written; which of them hold the customer is not looked up."""
    prepared: list[str]
    """Folders of lines kept for the next training; nor is it looked up which hold the customer."""


class Export(Answer):
    """All that is held about one customer."""

    customer_id: str
    exported_at: str
    known: dict[str, Any] | None
    """What the release in use keeps of the company's tables."""
    derived: dict[str, Any] | None
    """What the model makes of it; other customers are counted, never named."""
    records: dict[str, list[dict[str, Any]]]
    """What people told, by table."""
    lies_also_in: LiesAlsoIn


class Removed(Answer):
    database: dict[str, int]
    releases: list[dict[str, str]]
    files: list[str]
    lists: list[dict[str, Any]]


class Remaining(Answer):
    what: str
    why: str


class Receipt(Answer):
    """What was removed and what remains; the id is not repeated."""

    customer_hash: str
    erased_at: str
    removed: Removed
    remains: list[Remaining]


def text_id(customer_id: CustomerId) -> str:
    """The dependency that refuses what can be nobody's id."""
    try:
        return checked_id(customer_id)
    except ConfigError as error:
        raise invalid("path", "customer_id", "is empty or holds what no text may hold") from error


TextId = Annotated[str, Depends(text_id)]


@router.get(
    "/customers/{customer_id:path}/export",
    operation_id="export_customer",
    summary="All that is held about a customer",
    response_model=Export,
    responses=documented(UNKNOWN_CUSTOMER),
    dependencies=[allowed("manager", "admin")],
)
def export(
    customer_id: TextId,
    query: Annotated[NoParameters, Query()],  # noqa: ARG001  # refuses what it does not know
    request: Request,
) -> Response:
    """With what the model derived, and where else it lies."""
    return json_answer(export_customer(_holdings(request), customer_id))


@router.delete(
    "/customers/{customer_id:path}",
    operation_id="forget_customer",
    summary="Erase a customer",
    response_model=Receipt,
    responses=documented(BUSY),
    dependencies=[allowed("admin")],
)
def forget_customer(
    customer_id: TextId,
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
    request: Request,
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """From database, releases and lists; cannot be undone, and may be repeated.

    While a training is running nothing is done.
    """
    try:
        receipt = forget(_holdings(request), customer_id, by=caller.name)
    except BusyError:
        wait = {"retry-after": str(SECONDS_OF_A_TRAINING)}
        return refuse(request.scope, BUSY, "a training is running", headers=wait)
    request.app.state.live.look()
    return json_answer(receipt)


def _holdings(request: Request) -> Holdings:
    settings = request.app.settings
    return Holdings(
        database=request.app.state.database,
        releases=settings.releases_directory,
        folder=settings.folder,
        sources=settings.sources,
        permissions=settings.permissions,
    )
