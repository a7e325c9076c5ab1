"""The board: customers by categories."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from recommender.suggest.facts import Channel
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.answer import Answer, Count
from service.api.json_answer import json_answer
from service.api.parameters import QueryParameters, plain_number
from service.live import InUse, in_use
from service.sales.board.asked import BoardAsked, BoardSort, BoardState
from service.sales.board.board import board_of
from service.sales.board.marks import Mark

router = APIRouter(tags=["customers"])
CELLS_A_PAGE = 520
"""With many categories fewer customers: a page stays below 100 kB."""


class BoardQuery(QueryParameters):
    rep: Annotated[str | None, Field(max_length=200, description="Only of this rep.")] = None
    region: Annotated[str | None, Field(max_length=200, description="Only of this region.")] = None
    segment: Annotated[str | None, Field(max_length=200, description="Only this segment.")] = None
    state: Annotated[
        BoardState | Literal[""] | None, Field(description="Only customers with such a cell.")
    ] = None
    sort: Annotated[BoardSort, Field(description="Most money first; of equals by name.")] = "gap"
    categories: Annotated[
        int,
        Field(ge=1, le=200, description="Columns; the rest is summed in `other`."),
        BeforeValidator(plain_number),
    ] = 12
    page: Annotated[
        int, Field(ge=1, le=1_000_000, description="From 1 on."), BeforeValidator(plain_number)
    ] = 1
    limit: Annotated[
        int, Field(ge=1, le=200, description="Customers a page."), BeforeValidator(plain_number)
    ] = 40

    def asked(self) -> BoardAsked:
        return BoardAsked(
            rep=self.rep or None,
            region=self.region or None,
            segment=self.segment or None,
            state=self.state or None,
            sort=self.sort,
            categories=self.categories,
            page=self.page,
            limit=max(1, min(self.limit, CELLS_A_PAGE // min(self.categories, 52))),
        )


class BoardMoney(Answer):
    """Of a year."""

    actual: float | None
    gap: float | None
    """What it would spend more, were it like its peers; only where even the low end says so."""
    used: float | None
    """`actual` of `actual` and `gap`."""


class BoardTotal(BoardMoney):
    customers: Count
    not_allowed: Count
    """Of these; whose purchases may not be used, and are in no sum."""
    with_gap: Count


class BoardCategory(BoardMoney):
    category: str
    with_gap: Count


class OtherCategories(BoardMoney):
    categories: Count


class BoardCell(Answer):
    category: str
    state: Literal["gap", "buys", "not_compared", "nothing"]
    told: Mark | None
    actual: float
    expected: float | None
    low: float | None
    high: float | None
    gap: float
    peers_buying: Count


class OtherCell(BoardMoney):
    told: Mark | None


class BoardCustomer(BoardMoney):
    """Without permission to use its purchases no money and no cells."""

    customer_id: str
    name: str
    segment: str | None
    region: str | None
    rep: str | None
    contact: list[Channel]
    complaint: bool
    """An open one that belongs to none of its cells."""
    allowed: bool
    cells: list[BoardCell]
    other: OtherCell | None


class Board(Answer):
    release: str
    data_through: date
    currency: str
    withheld: Annotated[
        str | None, Field(description="Why nobody's potential is told; null where it is.")
    ]
    total: BoardTotal
    """Of all customers that match, on all pages."""
    categories: list[BoardCategory]
    other: OtherCategories
    customers: list[BoardCustomer]
    first: Count
    next: Annotated[int | None, Field(description="The next `page`; null on the last.")]


async def asked_board(
    request: Request,
    query: Annotated[BoardQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> dict[str, Any]:
    """The dependency that API and page share."""
    return await board_of(request, live, caller, query.asked())


@router.get(
    "/board",
    operation_id="show_board",
    summary="Customers by categories: actual against potential",
    response_model=Board,
    dependencies=[FOR_SALES],
)
async def show_board(board: Annotated[dict[str, Any], Depends(asked_board)]) -> Response:
    """The categories with the largest gap first. A rep sees its own customers, in sums too."""
    return json_answer(board)
