"""What was said of rows, without naming customers that were erased."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recommender.tables.report import TableReport

ERASED = "(erased)"
_CELL = re.compile(r'[^,;\t|"]+')
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


@dataclass
class Unnamed:
    """Looks at cells, whole rows that could not be split, and what sentences quote.

    Of a customer that stands in a broken row alone only a hash is left, so every cell of it is
    asked about; words outside quotes are ours.
    """

    is_forgotten: Callable[[str], bool]
    names: frozenset[str] = frozenset()
    """Of the erased, as the customers table has them."""
    _known: dict[str, bool] = field(default_factory=dict)

    def report(self, report: TableReport) -> TableReport:
        """The same counts."""
        values = report.rejected["value"]
        cleaned = {value: self.cells(value) for value in values.unique().tolist()}
        return replace(
            report,
            notes=tuple(map(self.sentence, report.notes)),
            warnings=tuple(map(self.sentence, report.warnings)),
            rejected=report.rejected.assign(value=values.map(cleaned)),
        )

    def cells(self, value: str) -> str:
        """One cell, or the whole of a row."""
        if self._is_erased(value):
            return ERASED
        return _CELL.sub(lambda found: self._or_erased(found[0]), value)

    def sentence(self, said: str) -> str:
        """Only what stands in quotes."""
        return _QUOTED.sub(lambda found: self._quoted(found[0]), said)

    def _quoted(self, text: str) -> str:
        mark, inner = text[0], text[1:-1]
        return f"{mark}{self.cells(inner)}{mark}"

    def _or_erased(self, cell: str) -> str:
        return ERASED if self._is_erased(cell) else cell

    def _is_erased(self, text: str) -> bool:
        """Trimmed as the checks trim it, also of the marks around a word of a row."""
        text = text.strip().strip("'")
        if text not in self._known:
            self._known[text] = bool(text) and (text in self.names or self.is_forgotten(text))
        return self._known[text]
