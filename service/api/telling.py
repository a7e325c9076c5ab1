"""How something is written down: once, also when sent twice, and answered when it is safe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from starlette.responses import Response

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.access.roles import the_caller
from service.api.json_answer import json_answer
from service.live import InUse, in_use
from service.problems import (
    BAD_REQUEST,
    KEY_REUSED,
    TOO_LARGE,
    UNAVAILABLE,
    ProblemError,
    documented,
)
from service.records.answered import Asked, KeyReusedError, Written, find_answer, keep_answer
from service.records.asking import write
from service.records.database import Database
from service.records.forgotten import read_forgotten
from service.settings import Settings

Tell = Callable[[sa.Connection], Written]
"""What writes something down and says what is answered; API and pages write by the same."""
WRITES = documented(BAD_REQUEST, TOO_LARGE, UNAVAILABLE)
"""Error answers of every operation with a body; 422 also says `idempotency_key_reused`."""
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[ -~]+$",
        description="Sent again with the same key within a day, a request is answered as before "
        "and not done again.",
    ),
]


@dataclass(frozen=True)
class Telling:
    """One write: who tells, what the release knows, and the key under which it may come again."""

    database: Database
    settings: Settings
    live: InUse
    caller: Caller
    asked: Asked | None

    async def write(self, tell: Tell) -> Response:
        """The answer, once it is committed; raises `ProblemError` for a key used before.

        Raises `UnknownCustomerError` where the customer was erased while this waited its turn.
        """
        try:
            written, is_replay = await write(self.database, lambda c: self._once(c, tell))
        except KeyReusedError as error:
            detail = "this Idempotency-Key was sent with another request within the last day"
            raise ProblemError(KEY_REUSED, detail) from error
        headers = {"idempotent-replayed": "true"} if is_replay else None
        media_type = "application/json" if written.body else None
        return Response(written.body, written.status, headers, media_type)

    def _once(self, connection: sa.Connection, tell: Tell) -> tuple[Written, bool]:
        if self.asked is None:
            return self._obedient(connection, tell), False
        before = find_answer(connection, self.asked)
        if before is not None:
            return before, True
        written = self._obedient(connection, tell)
        keep_answer(connection, self.asked, written)
        return written, False

    def _obedient(self, connection: sa.Connection, tell: Tell) -> Written:
        written = tell(connection)
        if written.customer_id is not None:
            self.refuse_forgotten(connection, [written.customer_id])
        return written

    def refuse_forgotten(self, connection: sa.Connection, customer_ids: Iterable[str]) -> None:
        """Who was erased by now must not come back, whatever held when the request came in."""
        forgotten = read_forgotten(connection, self.live.forgotten)
        if any(customer_id in forgotten for customer_id in customer_ids):
            raise UnknownCustomerError("there is no customer of this id")


async def telling(
    request: Request,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    key: IdempotencyKey = None,
) -> Telling:
    """The dependency of every write."""
    asked = None if key is None else Asked(caller.name, key, await hash_of(request))
    return Telling(request.app.state.database, request.app.settings, live, caller, asked)


def written(status: int, answer: dict[str, Any], customer_id: str | None = None) -> Written:
    """As `json_answer`, to be kept; `customer_id` says whose data is in it."""
    return Written(status, bytes(json_answer(answer).body), customer_id)


async def hash_of(request: Request) -> bytes:
    """Of method, address and body."""
    address = f"{request.method} {request.url.path}?{request.url.query}\n"
    return hashlib.sha256(address.encode("utf-8", "replace") + await request.body()).digest()
