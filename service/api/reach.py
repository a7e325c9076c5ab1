"""Which customers a caller may tell something about, or hear it."""

from __future__ import annotations

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.live import InUse


def row_in_reach(caller: Caller, live: InUse, customer_id: str) -> int | None:
    """The customer's row; None for one the release does not know yet, who may have a say too.

    Raises `UnknownCustomerError` for a rep unless the customer is its own; the steps are the same
    for another's and for nobody's, so that their time does not tell which.
    """
    customers = live.release.customers
    row = customers.ids.position(customer_id)
    rep = customers.rep[row or 0] if len(customers.rep) else ""
    is_own = caller.may_see_customers_of(rep) and row is not None
    if caller.role == "rep" and not is_own:
        raise UnknownCustomerError("there is no customer of this id, or it is another rep's")
    return row


def is_in_reach(caller: Caller, live: InUse, customer_id: str) -> bool:
    """As `row_in_reach`, for who wants to leave out rather than to refuse."""
    try:
        row_in_reach(caller, live, customer_id)
    except UnknownCustomerError:
        return False
    return True
