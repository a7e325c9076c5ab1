"""The fields by which every list names a customer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from service.live import InUse
from service.sales.directory import NEVER

EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()


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
