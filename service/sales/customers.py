"""Pages of customers: found in the directory, described from the release."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.access.scope import known_customer_of, within_scope
from service.live import InUse
from service.sales.directory import NEVER, Found, Search

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()


class StaleCursorError(ValueError):
    """The cursor is not one of ours, or its customer is not in this release."""


@dataclass(frozen=True)
class CustomerPage:
    """Customers of one page, and the cursor of the next."""

    customers: list[dict[str, Any]]
    next: str | None
    found: Found


def customer_page(live: InUse, caller: Caller, search: Search, cursor: str | None) -> CustomerPage:
    """Of customers that the caller may see; raises `StaleCursorError`."""
    after = None if cursor is None else _row_behind(live, caller, cursor)
    found = live.directory.find(within_scope(caller, search), after)
    customers = [describe_customer(live, row) for row in found.rows]
    following = _cursor(customers[-1]["customer_id"]) if customers and found.has_more else None
    return CustomerPage(customers, following, found)


def describe_customer(live: InUse, row: int) -> dict[str, Any]:
    """The fields of one customer in a list."""
    customers, day = live.release.customers, int(live.directory.last_day[row])
    customer_id = customers.ids[row]
    return {
        "customer_id": customer_id,
        "name": customers.name[row] or customer_id,
        "segment": customers.segment[row] or None,
        "region": customers.region[row] or None,
        "rep": customers.rep[row] or None,
        "products_bought": int(live.directory.products_bought[row]),
        "last_bought_on": None if day == NEVER else day_of(day).isoformat(),
    }


def day_of(days: int) -> date:
    """Days since 1970 as a date."""
    return EPOCH + timedelta(days=days)


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
