"""Numbers as people write them: which of `.` and `,` is the decimal mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from recommender.tables.cells.amounts import plain
from recommender.tables.chunk import Column
from recommender.tables.journal import Journal

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([, '’\u00a0\u202f])\d{3}(\1\d{3})*(\.\d*)?", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPING = str.maketrans("", "", ", '’\u00a0\u202f")
_SWAP = str.maketrans(".,", ",.")


def number(text: str, mark: str) -> float | None:
    """Its value with this decimal mark (thousands may be grouped), None where it is none."""
    text = text.translate(_SWAP) if mark == "," else text
    if _PLAIN.fullmatch(text):
        return float(text)
    return float(text.translate(_GROUPING)) if _GROUPED.fullmatch(text) else None


def is_either(text: str) -> bool:
    """Whether it is a number with both marks, but another one: `1,234`."""
    return _EITHER.fullmatch(text) is not None


class DecimalMark:
    """The decimal mark of one column, decided by the first cells that allow only one."""

    def __init__(self, table: str, name: str, asked: str) -> None:
        self._table, self._name = table, name
        self.mark = None if asked == "auto" else asked
        self.is_waiting = False
        """Whether cells were seen that could be read either way, and none that decides."""

    def look(self, column: Column, journal: Journal) -> None:
        if self.mark:
            return
        votes = Counter[str]()
        for text in map(plain, column.unique_texts()):
            if is_either(text):
                self.is_waiting = True
            elif text:
                votes.update(_marks(text))
        self._decide(votes, journal)

    def borrow(self, others: Iterable[DecimalMark], journal: Journal) -> None:
        """Takes the mark of other columns, which one program wrote with the same one."""
        known = {other.mark: other for other in others if other.mark}
        if self.mark is None and self.is_waiting and len(known) == 1:
            ((self.mark, other),) = known.items()
            self.is_waiting = False
            journal.note(f"{self._name}: decimal mark {self.mark!r}, as in {other._name}")

    def remedy(self) -> str:
        return f'could be read two ways; set [{self._table}] decimal = "." or ","'

    def _decide(self, votes: Counter[str], journal: Journal) -> None:
        if votes["."] == votes[","]:
            return
        self.mark, self.is_waiting = max(votes, key=lambda m: votes[m]), False
        if self.mark == "," or votes[","]:
            journal.note(f"{self._name}: decimal mark {self.mark!r}, decided by its first cells")


def _marks(text: str) -> list[str]:
    """The one mark with which the text is a number, unless both or none give the same."""
    values = {mark: number(text, mark) for mark in ".,"}
    fitting = [mark for mark, value in values.items() if value is not None]
    return fitting if len(fitting) == 1 else []
