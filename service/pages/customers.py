"""My customers: the day in order of what is at stake, searched, narrowed, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from recommender.listing.csv_lines import csv_lines
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.customers import asked_page
from service.api.parameters import CustomersFilter, CustomersQuery, refuse_repetitions
from service.envelope import CONTENT_SECURITY_POLICY
from service.live import InUse, in_use
from service.pages import stake_words
from service.pages.customer_rows import CUSTOMER_COLUMNS, customer_rows
from service.pages.page_answer import page_answer
from service.pages.words import PURPOSES_IN_WORDS
from service.records.times import now
from service.sales.customers import CustomerPage, all_customers

router = APIRouter(dependencies=[Depends(the_caller), Depends(refuse_repetitions)])
MOST_REGIONS = 60
"""Past it a field to type in takes the place of the choice."""
WITH_SCRIPT = {
    "content-security-policy": f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
}
"""Our own search script may run, and ask this service, here alone."""


@router.get("/customers", dependencies=[FOR_SALES])
async def customers_page(
    query: Annotated[CustomersQuery, Query()],
    page: Annotated[CustomerPage, Depends(asked_page)],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    directory = live.directory
    answer = page_answer(
        live,
        caller,
        "customers.html",
        query=query,
        page=page,
        bars=stake_words.bars(page.customers),
        reps=() if caller.role == "rep" else directory.reps,
        segments=directory.segments,
        regions=directory.regions_proposed(MOST_REGIONS),
        types_region=len(directory.regions) > MOST_REGIONS,
        next_address=address(query, cursor=page.next) if page.next else None,
        first_address=address(query, cursor=None) if page.found.first else None,
        overdue_address=address(CustomersQuery(state="overdue")),
        file_address=address(query, "/customers.csv", cursor=None, limit=50),
        **words_of_lists(live),
    )
    answer.headers.update(WITH_SCRIPT)
    return answer


def words_of_lists(live: InUse) -> dict[str, Any]:
    """What the template of a list needs to say it."""
    return {
        "stake": stake_words,
        "today": now().date(),
        "measure": live.at_stake.measure,
        "channels": PURPOSES_IN_WORDS,
    }


@router.get("/customers.csv", dependencies=[FOR_SALES])
async def customers_file(
    request: Request,
    query: Annotated[CustomersFilter, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """All customers of the page, on all its pages, with the page's columns."""
    manifest = live.release.manifest
    found = (
        row
        for customers in all_customers(request, live, caller, query.asked())
        for row in customer_rows(manifest, customers)
    )
    return StreamingResponse(
        _in_blocks(csv_lines(CUSTOMER_COLUMNS, found)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{_file_name(now().date())}"'},
    )


def _file_name(today: date) -> str:
    return f"customers-{today.isoformat()}.csv"


def _in_blocks(lines: Iterator[str]) -> Iterator[bytes]:
    """The heading at once; then hundreds of lines together, for each block costs a thread."""
    yield next(lines).encode()
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == 500:
            yield "".join(block).encode()
            block = []
    yield "".join(block).encode()


def address(query: CustomersQuery, path: str = "/customers", **changes: Any) -> str:
    """The same search at another place; what stands at its default is left out."""
    asked = query.model_copy(update=changes).model_dump(exclude_defaults=True)
    filled = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(filled)}" if filled else path
