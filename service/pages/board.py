"""The board as a heat map: an HTML table, so that rows and columns are read with every cell."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.board import BoardQuery, asked_board
from service.api.parameters import refuse_repetitions
from service.live import InUse, in_use
from service.pages.formats import short_money
from service.pages.page_answer import page_answer
from service.sales.board.asked import BOARD_SORTS, BOARD_STATES
from service.sales.board.marks import MARK_DAYS

router = APIRouter(dependencies=[Depends(the_caller), Depends(refuse_repetitions)])
MOST_REGIONS = 60
"""Past it a field to type in takes the place of the choice."""
FULL = 9
"""The step of a cell in which a customer buys as much as its peers."""
ALL_CATEGORIES = 200
STATES_IN_WORDS = {
    "gap": "With a gap",
    "offered": "Offered lately",
    "declined": "Declined lately",
    "complaint": "With a complaint",
    "not_allowed": "Not allowed",
}
COLOURS = {"buys": f"c{FULL}", "not_compared": "few", "nothing": "no"}
"""A gap is coloured by how much of it is bought."""
MARKED = {"complaint": ", open complaint", "declined": ", declined", "offered": ", offered"}
NOTHING_EXPECTED = "nothing expected"
SORTS_IN_WORDS = {"gap": "Gap", "actual": "Purchases", "name": "Name"}


@router.get("/board", dependencies=[FOR_SALES])
async def board_page(
    query: Annotated[BoardQuery, Query()],
    board: Annotated[dict[str, Any], Depends(asked_board)],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    large = large_gap(board)
    return page_answer(
        live,
        caller,
        "board.html",
        query=query,
        board=board,
        named=lambda values: [(value, value) for value in values],
        step=step_of,
        rows=[(c, cells_shown(c["cells"], large)) for c in board["customers"]],
        reps=[] if caller.role == "rep" else live.directory.reps,
        segments=live.directory.segments,
        regions=regions_proposed(live),
        types_region=len(live.board.regions) > MOST_REGIONS,
        states=[(state, STATES_IN_WORDS[state]) for state in BOARD_STATES],
        sorts=[(sort, SORTS_IN_WORDS[sort]) for sort in BOARD_SORTS],
        mark_days=MARK_DAYS,
        next_address=address(query, page=board["next"]) if board["next"] else None,
        first_address=address(query, page=1) if query.page > 1 else None,
        all_address=address(query, page=1, categories=ALL_CATEGORIES),
        few_address=address(query, page=1, categories=12),
    )


def step_of(money: dict[str, Any]) -> int:
    """0 for nothing bought of what is expected, 8 for nearly all, `FULL` for as much as peers."""
    if not money["gap"]:
        return FULL
    share = max(money["actual"], 0.0) / (max(money["actual"], 0.0) + money["gap"])
    return min(int(share * FULL), FULL - 1)


class Cell(NamedTuple):
    """As the template shows it: worked out here, for a page has hundreds."""

    classes: str
    is_reached: bool
    """By the keyboard too: there is something to see or to do."""
    gap: str
    told: str | None
    words: str


NOTHING_TOLD = Cell("no", False, "", None, NOTHING_EXPECTED)


def cells_shown(cells: list[dict[str, Any]], large: float) -> list[Cell]:
    """A gap from `large` on is ringed."""
    return [_cell(cell, large) for cell in cells]


def _cell(cell: dict[str, Any], large: float) -> Cell:
    state, told, gap = cell["state"], cell["told"], cell["gap"]
    if state == "nothing" and not told:
        return NOTHING_TOLD
    colour = COLOURS.get(state) or f"c{step_of(cell)}"
    return Cell(
        classes=f"{colour} big" if gap >= large else colour,
        is_reached=state == "gap" or bool(told),
        gap=short_money(gap) if gap else "",
        told=told,
        words=cell_in_words(cell),
    )


def cell_in_words(cell: dict[str, Any]) -> str:
    """What the colour and the marks of a cell say."""
    state, marked = cell["state"], MARKED.get(cell["told"], "")
    if state == "nothing":
        return NOTHING_EXPECTED + marked
    actual = short_money(cell["actual"])
    if state == "gap":
        return f"buys {actual} of {short_money(cell['actual'] + cell['gap'])}{marked}"
    return f"buys {actual}, {'as peers do' if state == 'buys' else 'few peers do'}{marked}"


def large_gap(board: dict[str, Any]) -> float:
    """From which on a gap is ringed: those of the page that hold half of its money."""
    gaps = sorted(
        (cell["gap"] for customer in board["customers"] for cell in customer["cells"]), reverse=True
    )
    running = np.cumsum(gaps)
    if not len(running) or running[-1] <= 0:
        return float("inf")
    return float(gaps[int(np.searchsorted(running, running[-1] / 2))])


def regions_proposed(live: InUse) -> list[str]:
    """All where they are few, else those of most customers; sorted."""
    counts = np.bincount(live.board.region_numbers, minlength=len(live.board.regions))
    first = np.argsort(-counts, kind="stable")[:MOST_REGIONS].tolist()
    return sorted(live.board.regions[i] for i in first if live.board.regions[i])


def address(query: BoardQuery, **changes: Any) -> str:
    """The same question at another place; what stands at its default is left out."""
    asked = BoardQuery(**(query.model_dump() | changes)).model_dump(exclude_defaults=True)
    filled = {name: value for name, value in asked.items() if value}
    return f"/board?{urlencode(filled)}" if filled else "/board"
