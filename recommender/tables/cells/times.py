"""Cells as moments in seconds since 1970 UTC."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.tables.cells.dates import DateForm, read_iso, seconds
from recommender.tables.cells.texts import as_text
from recommender.tables.cells.zones import Seconds, find_zone, to_utc
from recommender.tables.chunk import Column, Fault, Mask
from recommender.tables.journal import Journal
from recommender.tables.window import YEAR_1900

NEVER = np.iinfo(np.int64).min
"""Stands for an empty cell and for one with a fault."""
_CIVIL = (YEAR_1900, 7_258_118_400)
"""From 1900 to 2200: no zone has a say about other times, and no table may have them."""
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class Clock:
    """How one column tells the time: its form, its zone, and how many cells name their own."""

    def __init__(self, form: DateForm, zone: zoneinfo.ZoneInfo, name: str) -> None:
        self.form, self.zone, self.name = form, zone, name
        self._with_zone = self._without = 0

    def counted(self, aware: Mask, known: Mask) -> None:
        self._with_zone += int((aware & known).sum())
        self._without += int((~aware & known).sum())

    def finish(self, journal: Journal) -> None:
        if self._with_zone and self._without:
            journal.warnings.append(
                f"{self.name}: {self._with_zone:,} times name their zone and {self._without:,} do "
                f"not; the latter are read as {self.zone.key} ([{journal.table}] time_zone)"
            )


def moments(column: Column, clock: Clock, journal: Journal) -> tuple[Seconds, list[Fault]]:
    """(n,) `NEVER` where a cell is empty or has a fault."""
    kind = column.values.type
    faults: list[Fault] = []
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        wall, aware = _typed(column.values)
    else:
        text = column if column.is_text else replace(column, values=as_text(column))
        wall, aware, faults = _read(text, clock.form)
    known = wall != NEVER
    clock.counted(aware, known)
    naive = ~aware & (wall >= _CIVIL[0]) & (wall < _CIVIL[1])
    wall[naive], odd = to_utc(wall[naive], clock.zone)
    sentence = f"{clock.name} cells lie in an hour in which {clock.zone.key} changed its clocks"
    journal.count(sentence, int(odd.sum()))
    return wall, faults


def find_clock(table: str, name: str, date_format: str, time_zone: str) -> Clock:
    """Raises `ConfigError` for a format or a zone that does not exist."""
    return Clock(DateForm(table, name, date_format), find_zone(time_zone, table), name)


def _typed(values: pa.Array) -> tuple[Seconds, Mask]:
    """Times of a typed column, and whether they name their zone (Arrow keeps those in UTC)."""
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("s"))
    aware = values.type.tz is not None
    ticks = values.cast(pa.int64()).fill_null(NEVER).to_numpy(zero_copy_only=False)
    wall = np.where(ticks == NEVER, NEVER, ticks // _PER_SECOND[values.type.unit])
    return wall, np.full(len(values), aware)


def _read(column: Column, form: DateForm) -> tuple[Seconds, Mask, list[Fault]]:
    cells = [(text or "").strip() for text in column.values.dictionary.to_pylist()]
    rows = column.values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    filled = np.array([*(text != "" for text in cells), False])[rows]
    times = [form.read(text) if text else None for text in cells]
    wall, aware = _seconds(times)[rows], _aware(times)[rows]
    either = np.array([*map(form.is_either, cells), False])[rows] & (wall == NEVER)
    if column.typed is not None:
        times = [read_iso(text) for text in cells]
        wall = np.where(column.typed, _seconds(times)[rows], wall)
        aware = np.where(column.typed, _aware(times)[rows], aware)
        either &= ~column.typed
    wrong = filled & (wall == NEVER) & ~either
    faults = [*_told(cells, rows, wrong, form.wrong), *_told(cells, rows, either, form.either)]
    return wall, aware, faults


def _told(
    cells: list[str], rows: npt.NDArray[np.int32], bad: Mask, say: Callable[[str], str]
) -> list[Fault]:
    """One fault a reason: what to do depends on how a cell is written."""
    groups: dict[str, list[int]] = {}
    for number in np.unique(rows[bad]).tolist():
        groups.setdefault(say(cells[number]), []).append(number)
    return [Fault(reason, bad & np.isin(rows, group)) for reason, group in groups.items()]


def _seconds(times: list[datetime | None]) -> Seconds:
    """(n + 1,) with `NEVER` at the end, for cells that are null."""
    return np.array([*(NEVER if t is None else seconds(t) for t in times), NEVER], np.int64)


def _aware(times: list[datetime | None]) -> Mask:
    return np.array([*(t is not None and t.tzinfo is not None for t in times), False])
