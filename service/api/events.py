"""Views, carts, quotes, purchases and returns as they happen."""

from __future__ import annotations

from typing import Annotated, Any, Self

import sqlalchemy as sa
from fastapi import APIRouter, Body, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, Field, model_validator
from starlette.responses import Response

from service.access.roles import allowed
from service.access.scope import row_in_reach
from service.api.answer import Answer
from service.api.parameters import NoParameters
from service.api.telling import WRITES, Telling, telling, written
from service.api.told_parameters import Id, PastMoment, Told, shown
from service.live import InUse
from service.problems import UNKNOWN_CUSTOMER, documented
from service.records.answered import Written
from service.records.events import Event, EventName, record_events

router = APIRouter(tags=["what happened"])
MOST_EVENTS = 1000
"""In one request."""


class EventBody(Told):
    """Of a customer, or of a visitor nobody knows yet."""

    model_config = shown(
        {
            "customer_id": "A102",
            "product_id": "P7",
            "event": "cart",
            "quantity": 1,
            "happened_at": "2026-11-20T08:30:00+01:00",
        }
    )

    customer_id: Id | None = None
    visitor_id: Id | None = None
    """Of whoever has not said yet which customer it is."""
    product_id: Id
    event: EventName
    quantity: Annotated[float, Field(gt=0, le=1e9)] = 1.0
    """Above 0, for a return too."""
    happened_at: PastMoment

    @model_validator(mode="after")
    def _is_of_somebody(self) -> Self:
        if self.customer_id is None and self.visitor_id is None:
            raise ValueError("name a customer_id or a visitor_id")
        return self

    def record(self) -> Event:
        return Event(**{name: getattr(self, name) for name in Event.__dataclass_fields__})


class Recorded(Answer):
    recorded: Annotated[int, Field(ge=1)]
    """Events that were written down: all that were sent."""


def as_list(body: Any) -> Any:
    return [body] if isinstance(body, dict) else body


EventBodies = Annotated[
    list[EventBody],
    Field(min_length=1, max_length=MOST_EVENTS),
    BeforeValidator(as_list, json_schema_input_type=EventBody | list[EventBody]),
]


@router.post(
    "/events",
    status_code=201,
    operation_id="add_events",
    summary="Something happened, or several things did",
    response_model=Recorded,
    responses=WRITES | documented(UNKNOWN_CUSTOMER),
    dependencies=[allowed("shop", "rep", "manager", "admin")],
)
async def add_events(
    body: Annotated[EventBodies, Body()],
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """All of them or none; counted from the next answer on."""
    _check_products(tells.live, body)
    customers = {event.customer_id for event in body if event.customer_id is not None}
    for customer_id in customers:
        row_in_reach(tells.caller, tells.live, customer_id)

    def tell(connection: sa.Connection) -> Written:
        tells.refuse_forgotten(connection, customers)
        record_events(connection, [event.record() for event in body], tells.caller.name)
        return written(201, {"recorded": len(body)})

    return await tells.write(tell)


def _check_products(live: InUse, body: list[EventBody]) -> None:
    known = {p for p in {event.product_id for event in body} if p in live.release.products.ids}
    unknown = [place for place, event in enumerate(body) if event.product_id not in known]
    if unknown:
        said = "the release knows no such product; check the id"
        raise RequestValidationError(
            [
                {"type": "value_error", "loc": ("body", str(place), "product_id"), "msg": said}
                for place in unknown
            ]
        )
