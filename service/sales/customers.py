"""Pages of customers: found in the directory, in the order of the day, told from the release."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from fastapi import Request

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.access.scope import known_customer_of, within_scope
from service.live import InUse
from service.records.asking import read_long, read_now
from service.records.consents import Consents
from service.sales.directory import Found, Search
from service.sales.listed import listed
from service.sales.today import CustomerState, Today

ROWS_AT_ONCE = 500
"""Of a list of all customers, so that none is held in memory."""


class StaleCursorError(ValueError):
    """The cursor is not one of ours, or its customer is not in this release."""


@dataclass(frozen=True)
class CustomersAsked:
    search: Search
    state: CustomerState | None = None
    cursor: str | None = None


@dataclass(frozen=True)
class CustomerPage:
    """Customers of one page, and the cursor of the next."""

    customers: list[dict[str, Any]]
    next: str | None
    found: Found
    overdue: int
    """Of all that the caller may see, those with an overdue complaint."""


async def customers_asked(
    request: Request, live: InUse, caller: Caller, asked: CustomersAsked
) -> CustomerPage:
    """Beside the event loop, for it walks them all; raises `StaleCursorError`."""
    state = request.app.state
    return await read_long(
        state.database, lambda c: customer_page(c, live, caller, state.consents, asked)
    )


def customer_page(
    connection: sa.Connection,
    live: InUse,
    caller: Caller,
    consents: Consents,
    asked: CustomersAsked,
) -> CustomerPage:
    """Of customers that the caller may see; raises `StaleCursorError`."""
    after = None if asked.cursor is None else _row_behind(live, caller, asked.cursor)
    today = Today.of(connection, live, consents)
    found = _found(today, caller, asked, after)
    customers = listed(connection, today, found.rows)
    following = _cursor(customers[-1]["customer_id"]) if customers and found.has_more else None
    return CustomerPage(customers, following, found, _overdue(today, caller))


def all_customers(
    request: Request, live: InUse, caller: Caller, asked: CustomersAsked
) -> Iterator[list[dict[str, Any]]]:
    """Every customer that fits, some at a time; to be walked in a thread."""
    database, consents = request.app.state.database, request.app.state.consents
    everyone = replace(asked, search=replace(asked.search, limit=len(live.release.customers.ids)))
    today = read_now(database, lambda c: Today.of(c, live, consents))
    rows = _found(today, caller, everyone, None).rows
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first : first + ROWS_AT_ONCE]
        with database.reading() as connection:
            found = listed(connection, today, some)
        yield found


def _found(today: Today, caller: Caller, asked: CustomersAsked, after: int | None) -> Found:
    return today.live.directory.find(
        within_scope(caller, asked.search),
        after,
        places=today.places() if asked.search.sort == "value_at_stake" else None,
        among=None if asked.state is None else today.those_who(asked.state),
    )


def _overdue(today: Today, caller: Caller) -> int:
    rows = today.overdue()
    if not rows:
        return 0
    seen = today.live.directory.seen_by((caller.rep or "") if caller.role == "rep" else None)
    return int(seen[rows].sum())


def _cursor(customer_id: str) -> str:
    """The last customer shown rather than a number of rows: it survives a change of release."""
    return base64.urlsafe_b64encode(customer_id.encode()).decode().rstrip("=")


def _row_behind(live: InUse, caller: Caller, cursor: str) -> int:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        customer_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise StaleCursorError("is not a cursor of this service") from error
    try:
        return known_customer_of(caller, live, customer_id)
    except UnknownCustomerError as error:
        raise StaleCursorError("belongs to an older release; begin again without it") from error
