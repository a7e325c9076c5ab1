"""Which customers a caller may see. Whoever may not see one is answered as if there were none."""

from __future__ import annotations

from dataclasses import replace

from recommender.errors import UnknownCustomerError
from recommender.release.opening import Release
from service.access.caller import Caller
from service.live import InUse
from service.sales.directory import Search


def customer_of(caller: Caller, live: InUse, customer_id: str) -> int | None:
    """The row of a customer; for the shop None where the release does not know it.

    Raises `UnknownCustomerError` for sales where the release does not know it, and for a rep where
    it is another's. Both take the same steps, so that neither the answer nor its time tells which.
    """
    row = live.release.customers.ids.position(customer_id)
    if not caller.is_in_sales:
        return row
    is_theirs = caller.may_see_customers_of(_rep_at(live.release, row or 0))
    if row is None or not is_theirs:
        raise UnknownCustomerError("there is no customer of this id, or it is another rep's")
    return row


def known_customer_of(caller: Caller, live: InUse, customer_id: str) -> int:
    """As `customer_of`, for what needs a row; raises `UnknownCustomerError` for the shop too."""
    row = customer_of(caller, live, customer_id)
    if row is None:
        raise UnknownCustomerError("there is no customer of this id")
    return row


def row_in_reach(caller: Caller, live: InUse, customer_id: str) -> int | None:
    """The row of a customer that something may be told about, or heard.

    None for one the release does not know yet, who may have a say too. Raises
    `UnknownCustomerError` for a rep unless the customer is its own, and for everyone where it was
    forgotten: what was erased must not come back.
    """
    row = live.release.customers.ids.position(customer_id)
    is_theirs = caller.may_see_customers_of(_rep_at(live.release, row or 0)) and row is not None
    if (caller.role == "rep" and not is_theirs) or customer_id in live.forgotten:
        raise UnknownCustomerError("there is no customer of this id, or it is another rep's")
    return row


def is_in_reach(caller: Caller, live: InUse, customer_id: str) -> bool:
    """As `row_in_reach`, for who wants to leave out rather than to refuse."""
    try:
        row_in_reach(caller, live, customer_id)
    except UnknownCustomerError:
        return False
    return True


def within_scope(caller: Caller, search: Search) -> Search:
    """The search, narrowed to what the caller may see."""
    return replace(search, seen_by=caller.rep or "") if caller.role == "rep" else search


def _rep_at(release: Release, row: int) -> str:
    reps = release.customers.rep
    return reps[row] if len(reps) else ""
