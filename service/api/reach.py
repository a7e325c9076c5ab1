"""Which customers a caller may tell something about, or hear it."""

from __future__ import annotations

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.live import InUse


def row_in_reach(caller: Caller, live: InUse, customer_id: str) -> int | None:
    """The customer's row; None for one the release does not know yet, who may have a say too.

    Raises `UnknownCustomerError` for a rep unless the customer is its own.
    """
    row = live.release.customers.ids.position(customer_id)
    if caller.role == "rep":
        rep = live.release.customers.rep[row] if row is not None else ""
        if not caller.may_see_customers_of(rep):
            raise UnknownCustomerError("there is no customer of this id, or it is another rep's")
    return row


def is_in_reach(caller: Caller, live: InUse, customer_id: str) -> bool:
    """As `row_in_reach`, for who wants to leave out rather than to refuse."""
    try:
        row_in_reach(caller, live, customer_id)
    except UnknownCustomerError:
        return False
    return True
