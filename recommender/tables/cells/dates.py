"""Dates as people write them: which form, and whether the day or the month comes first."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Literal

from recommender.tables.cells.date_formats import check_format, remedy
from recommender.tables.chunk import Column
from recommender.tables.journal import Journal

Order = Literal["day", "month"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)
_CLOCK = (
    r"(?:(?:[ T]+|, ?)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_DAY_OR_MONTH_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})" + _CLOCK, re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})" + _CLOCK, re.ASCII)


class DateForm:
    """How the dates of one column are written, decided by the first cells that allow only one."""

    def __init__(self, table: str, name: str, asked: str) -> None:
        self._table, self._name = table, name
        self._asked = None if asked == "auto" else asked
        self._order: Order | None = None
        self.is_waiting = False
        """Whether cells were seen in which day and month could change places."""
        if self._asked:
            check_format(self._asked, table)

    def look(self, column: Column, journal: Journal) -> None:
        if self._asked:
            return
        matches = [m for m in map(_DAY_OR_MONTH_FIRST.fullmatch, column.unique_texts()) if m]
        if any(m[2] == "." for m in matches):
            journal.note(f"{self._name}: dates with dots are read with the day first")
        slashed = [m for m in matches if m[2] != "."]
        if slashed and not self._order:
            self._decide(slashed, journal)

    def _decide(self, slashed: list[re.Match[str]], journal: Journal) -> None:
        self.is_waiting = True
        votes = Counter[Order]()
        for match in slashed:
            votes.update(_orders(int(match[1]), int(match[3])))
        if votes["day"] != votes["month"]:
            self._order = "day" if votes["day"] > votes["month"] else "month"
            self.is_waiting = False
            journal.note(f"{self._name}: the {self._order} comes first, as its first cells show")

    def read(self, text: str) -> datetime | None:
        """The time as written, None where it is none that this form allows."""
        if not self._asked:
            return read_iso(text) or self._slashed(text)
        try:
            return datetime.strptime(text, self._asked)
        except ValueError:
            return None

    def is_either(self, text: str) -> bool:
        """Whether it is a date only once it is known what comes first."""
        match = _DAY_OR_MONTH_FIRST.fullmatch(text)
        return not self._asked and match is not None and self._first_in(match) is None

    def wrong(self, text: str) -> str:
        """What to do about a cell that is no time in this form."""
        if self._asked:
            return f"is not a time as [{self._table}] date_format = {self._asked!r} says"
        match = _DAY_OR_MONTH_FIRST.fullmatch(text)
        order = self._first_in(match) if match else None
        said = f" with the {order} first" if order else ""
        return f"is not a time{said}; {remedy(text, self._table)}"

    def either(self, text: str) -> str:
        return f"could have the day or the month first; {remedy(text, self._table)}"

    def _first_in(self, match: re.Match[str]) -> Order | None:
        """Dots are written by those who begin with the day."""
        return "day" if match[2] == "." else self._order

    def _slashed(self, text: str) -> datetime | None:
        match = _DAY_OR_MONTH_FIRST.fullmatch(text)
        order = self._first_in(match) if match else None
        if match is None or order is None:
            return None
        first, second = int(match[1]), int(match[3])
        day, month = (first, second) if order == "day" else (second, first)
        return _moment(int(match[4]), month, day, match.groups()[4:])


def read_iso(text: str) -> datetime | None:
    """ISO 8601 in its variants, the year first with other marks too; None if it is neither."""
    if len(text) < 8 or not text[:4].isdecimal():
        return None
    try:
        if _marks_its_time(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    return _year_first(text)


def seconds(moment: datetime) -> int:
    """Since 1970; in UTC where it has a zone, on its own clock where it has none."""
    return (moment - (EPOCH if moment.tzinfo else _NAIVE_EPOCH)) // _SECOND


def _year_first(text: str) -> datetime | None:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    return _moment(int(match[1]), int(match[3]), int(match[4]), match.groups()[4:])


def _marks_its_time(text: str) -> bool:
    """`fromisoformat` would take any character between date and time."""
    date = 10 if text[4] == "-" else 8
    return len(text) <= date or text[date] in "T "


def _moment(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock[:3])
    if half := clock[3]:
        hour = hour % 12 + (12 if half in "Pp" else 0) if 1 <= hour <= 12 else 24
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _orders(first: int, second: int) -> list[Order]:
    """What a date proves about its order: a part above 12 is a day."""
    if 12 < first <= 31 and 1 <= second <= 12:
        return ["day"]
    return ["month"] if 12 < second <= 31 and 1 <= first <= 12 else []
