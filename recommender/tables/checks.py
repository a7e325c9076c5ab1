"""The checks of one chunk, column by column; a row is rejected for its first fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from recommender.tables.cells import texts, times
from recommender.tables.cells.amounts import undressed, without_errors
from recommender.tables.cells.decimals import DecimalMark
from recommender.tables.cells.flags import flags
from recommender.tables.cells.numbers import Numbers, numbers
from recommender.tables.cells.times import NEVER, Clock
from recommender.tables.cells.zones import Seconds
from recommender.tables.chunk import Chunk, Column, Fault, Mask
from recommender.tables.journal import Journal
from recommender.tables.window import Window

MOST = 1e9
"""Beyond it a quantity or a price is a mistake, and would outweigh all others."""


class Checks:
    """Turns columns into values and gathers what is wrong with them, in the order called."""

    def __init__(self, chunk: Chunk, journal: Journal) -> None:
        self.chunk = chunk
        self._journal = journal
        self._faults: list[tuple[str, Column, Fault]] = []

    def ids(self, name: str, *, required: bool = True) -> pa.DictionaryArray:
        """(n,) trimmed texts, null where empty."""
        column = self.chunk.column(name)
        text, faults = texts.ids(column, name, self._journal)
        self._add(name, column, [*faults, texts.missing(text)] if required else faults)
        return text

    def names(self, name: str) -> pa.DictionaryArray:
        column = self.chunk.column(name)
        text, faults = texts.names(column, name, self._journal)
        self._add(name, column, faults)
        return text

    def numbers(self, name: str, mark: DecimalMark, absent: str | None = None) -> Numbers:
        """(n,) NaN where empty."""
        column = undressed(self.chunk.column(name, absent), name, self._journal)
        values, faults = numbers(column, mark)
        # As it was written is how a person finds a cell again.
        column = self.chunk.column(name, absent)
        self._add(name, column, [*faults, Fault(f"is beyond {MOST:,.0f}", np.abs(values) > MOST)])
        return values

    def prices(self, name: str, mark: DecimalMark) -> Numbers:
        """(n,) at least 0, NaN where empty or where a spreadsheet did not know it."""
        known = without_errors(self.chunk.column(name), name, self._journal)
        self.chunk = replace(self.chunk, columns={**self.chunk.columns, name: known})
        values = self.numbers(name, mark)
        self.fault(name, "is negative", values < 0)
        # Without -0.0: lines that are equal must be the same bytes, whichever came first.
        return values + 0.0

    def flags(self, name: str, *, empty: bool) -> Mask:
        column = self.chunk.column(name)
        values, faults, counts = flags(column, empty=empty)
        sentence = f"{name} cells are numbers; more than 0 is read as yes"
        self._journal.count(sentence, int(counts.sum()))
        self._add(name, column, faults)
        return values

    def moments(self, name: str, clock: Clock, window: Window, *, required: bool = True) -> Seconds:
        """(n,) `NEVER` where empty."""
        column = self.chunk.column(name)
        values, faults = times.moments(column, clock, self._journal)
        self._add(name, column, faults)
        known = values != NEVER
        self.fault(name, window.outside(), known & window.excludes(values))
        if required:
            self.fault(name, "is empty", ~known)
        return values

    def fault(self, name: str, reason: str, rows: Mask) -> None:
        self._add(name, self.chunk.column(name), [Fault(reason, rows)])

    def sound(self) -> Mask:
        """(n,) true for rows without a fault; the others are set aside."""
        return self._journal.sift(self.chunk, self._faults)

    def _add(self, name: str, column: Column, faults: list[Fault]) -> None:
        self._faults += [(name, column, f) for f in (*column.faults, *faults) if f.rows.any()]
