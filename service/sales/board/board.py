"""One page of the board: totals of all that match, rows of those shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from fastapi import Request

from recommender.suggest.insight.potential import (
    CategoryPotential,
    potential_of,
    potential_withheld,
)
from service.access.caller import Caller
from service.live import InUse
from service.records.asking import read_long
from service.records.consents import Consents
from service.records.times import now
from service.sales.board.asked import BoardAsked, Shown, customers_shown, in_order
from service.sales.board.marks import MARK_DAYS, WHOLE, Marks, gravest, marks_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """Categories with a column of their own, the largest gap first, and the rest."""

    names: list[str]
    rest: list[str]


async def board_of(request: Request, live: InUse, caller: Caller, asked: BoardAsked) -> Json:
    """Of customers that the caller may see; beside the event loop, for it walks them all."""
    state = request.app.state
    return await read_long(state.database, lambda c: _board(c, live, caller, state.consents, asked))


def _board(
    connection: sa.Connection, live: InUse, caller: Caller, consents: Consents, asked: BoardAsked
) -> Json:
    since = now() - timedelta(MARK_DAYS)
    shown = customers_shown(connection, live, caller, consents, asked, since)
    order = in_order(live, shown, asked.sort)
    first = (asked.page - 1) * asked.limit
    rows = order[first : first + asked.limit]
    totals, columns = _totals(live, shown, asked.categories)
    ids = live.release.customers.ids
    marks = marks_of(connection, live.release, [ids[row] for row in rows.tolist()], since)
    manifest = live.release.manifest
    return {
        "release": manifest.name,
        "data_through": manifest.data_through[:10],
        "currency": manifest.currency,
        "withheld": potential_withheld(live.release),
        **totals,
        "customers": [
            _row(live, row, columns, marks, is_allowed=not shown.not_allowed[row])
            | {"contact": list(consents.channels(ids[row]))}
            for row in rows.tolist()
        ],
        "first": first,
        "next": asked.page + 1 if first + len(rows) < len(order) else None,
    }


def _totals(live: InUse, shown: Shown, most: int) -> tuple[Json, Columns]:
    board, counted = live.board, shown.counted
    actual, gap, with_gap = board.totals(counted)
    order = np.lexsort((-actual, -gap))
    order = order[(actual[order] != 0) | (gap[order] > 0)]
    own, rest = order[:most], order[most:]
    found = {
        "total": {
            "customers": int(shown.matching.sum()),
            "not_allowed": int((shown.matching & shown.not_allowed).sum()),
            "with_gap": int((counted & (board.gap_of > 0)).sum()),
            **_money(float(actual.sum()), float(gap.sum())),
        },
        "categories": [
            {"category": board.categories[i], "with_gap": int(with_gap[i])}
            | _money(float(actual[i]), float(gap[i]))
            for i in own.tolist()
        ],
        "other": {"categories": len(rest)}
        | _money(float(actual[rest].sum()), float(gap[rest].sum())),
    }
    names = [board.categories[i] for i in own.tolist()]
    return found, Columns(names, [board.categories[i] for i in rest.tolist()])


def _money(actual: float, gap: float) -> Json:
    """`used` is the share of the potential that is bought already; None where there is none."""
    potential = max(actual, 0.0) + gap
    return {
        "actual": round(actual, 2),
        "gap": round(gap, 2),
        "used": round(max(actual, 0.0) / potential, 4) if potential > 0 else None,
    }


def _row(live: InUse, row: int, columns: Columns, marks: Marks, *, is_allowed: bool) -> Json:
    key = live.release.customers.ids[row]
    told = _cells(live, row, key, columns, marks) if is_allowed else NOT_TOLD
    complaint = _has_complaint(marks, key, columns, is_allowed=is_allowed)
    return _about(live, row, key) | {"allowed": is_allowed, "complaint": complaint} | told


NOT_TOLD: Json = {"actual": None, "gap": None, "used": None, "cells": [], "other": None}
"""Of a customer whose purchases may not be used."""


def _about(live: InUse, row: int, key: str) -> Json:
    customers = live.release.customers
    return {
        "customer_id": key,
        "name": customers.name[row] or key,
        "segment": customers.segment[row] or None,
        "region": customers.region[row] or None,
        "rep": customers.rep[row] or None,
    }


def _has_complaint(marks: Marks, key: str, columns: Columns, *, is_allowed: bool) -> bool:
    """About the customer as a whole; of one without cells, any."""
    on_cells = {*columns.names, *columns.rest} if is_allowed else set()
    return any(
        mark == "complaint" and owner == key and (category == WHOLE or category not in on_cells)
        for (owner, category), mark in marks.items()
    )


def _cells(live: InUse, row: int, key: str, columns: Columns, marks: Marks) -> Json:
    found = potential_of(live.release, row)
    known = {c.category: c for c in found.categories} if found else {}
    cells = [_cell(name, known.get(name), marks.get((key, name))) for name in columns.names]
    rest = [known[name] for name in columns.rest if name in known]
    other = _money(sum(c.actual for c in rest), sum(_gap(c) for c in rest))
    own = _money(float(live.board.actual_of[row]), float(live.board.gap_of[row]))
    return own | {
        "cells": cells,
        "other": other | {"told": gravest(marks.get((key, name)) for name in columns.rest)},
    }


def _cell(category: str, known: CategoryPotential | None, told: str | None) -> Json:
    expected = known.expected if known else None
    return {
        "category": category,
        "state": state_of(known),
        "told": told,
        "actual": round(known.actual, 2) if known else 0.0,
        "expected": round(expected.middle, 2) if expected else None,
        "low": round(expected.low, 2) if expected else None,
        "high": round(expected.high, 2) if expected else None,
        "gap": round(_gap(known), 2) if known else 0.0,
        "peers_buying": expected.peers_buying if expected else 0,
    }


def state_of(known: CategoryPotential | None) -> str:
    """`nothing` is bought or expected; `not_compared` are purchases that too few peers make."""
    if known is None:
        return "nothing"
    if known.has_gap:
        return "gap"
    if known.actual <= 0:
        return "nothing"
    return "buys" if known.expected else "not_compared"


def _gap(known: CategoryPotential) -> float:
    return known.gap if known.has_gap else 0.0
