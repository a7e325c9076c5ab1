"""Which customers a caller may see. Whoever may not see one is answered as if there were none."""

from __future__ import annotations

from dataclasses import replace

from recommender.errors import UnknownCustomerError
from recommender.release.opening import Release
from service.access.caller import Caller
from service.directory import Search
from service.live import InUse


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


def within_scope(caller: Caller, search: Search) -> Search:
    """The search, narrowed to what the caller may see."""
    return replace(search, seen_by=caller.rep or "") if caller.role == "rep" else search


def _rep_at(release: Release, row: int) -> str:
    reps = release.customers.rep
    return reps[row] if len(reps) else ""
