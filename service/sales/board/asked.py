"""Which customers the board shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import numpy as np
import sqlalchemy as sa

from recommender.release.contents import Flags
from service.access.caller import Caller
from service.live import InUse
from service.records.consents import Consents
from service.records.marks import customers_with
from service.sales.board.entries import Rows

BoardState = Literal["gap", "offered", "declined", "complaint", "not_allowed"]
BOARD_STATES: tuple[BoardState, ...] = get_args(BoardState)
BoardSort = Literal["gap", "actual", "name"]
BOARD_SORTS: tuple[BoardSort, ...] = get_args(BoardSort)


@dataclass(frozen=True)
class BoardAsked:
    rep: str | None = None
    region: str | None = None
    segment: str | None = None
    state: BoardState | None = None
    sort: BoardSort = "gap"
    categories: int = 12
    page: int = 1
    limit: int = 40


@dataclass(frozen=True)
class Shown:
    """Flags of customers."""

    matching: Flags
    """Within the caller's reach and the filters."""
    not_allowed: Flags
    """Whose purchases may not be used, filters aside."""

    @property
    def counted(self) -> Flags:
        found: Flags = self.matching & ~self.not_allowed
        return found


def customers_shown(
    connection: sa.Connection,
    live: InUse,
    caller: Caller,
    consents: Consents,
    asked: BoardAsked,
    since: datetime,
) -> Shown:
    """As of the connection's moment."""
    consents.refresh(connection)
    not_allowed = live.not_allowed.flags(consents.differing(), consents.asks_first)
    matching = _filtered(live, caller, asked)
    if asked.state == "gap":
        matching &= (live.board.gap_of > 0) & ~not_allowed
    elif asked.state == "not_allowed":
        matching &= not_allowed
    elif asked.state is not None:
        told = _flags(live, customers_with(connection, asked.state, since))
        matching &= told if asked.state == "complaint" else told & ~not_allowed
    return Shown(matching, not_allowed)


def _filtered(live: InUse, caller: Caller, asked: BoardAsked) -> Flags:
    directory = live.directory
    matching = directory.seen_by((caller.rep or "") if caller.role == "rep" else None)
    if asked.rep is not None:
        matching &= directory.of_rep(asked.rep)
    if asked.region is not None:
        matching &= live.board.of_region(asked.region)
    if asked.segment is not None:
        matching &= directory.of_segment(asked.segment)
    return matching


def _flags(live: InUse, customer_ids: list[str]) -> Flags:
    flags: Flags = np.zeros(len(live.release.customers.ids), bool)
    found = (live.release.customers.ids.position(customer_id) for customer_id in customer_ids)
    flags[[row for row in found if row is not None]] = True
    return flags


def in_order(live: InUse, shown: Shown, sort: BoardSort) -> Rows:
    """By money; those of whom none may be told by name, behind the others."""
    by_name = live.directory.orders["name"]
    if sort == "name":
        return by_name[shown.matching[by_name]]
    by_money = live.board_orders[sort]
    secret = shown.matching & shown.not_allowed
    return np.concatenate([by_money[shown.counted[by_money]], by_name[secret[by_name]]])
