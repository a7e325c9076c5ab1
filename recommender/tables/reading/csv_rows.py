"""The rows of a CSV text with the lines they begin on; a bad row costs only itself."""

from __future__ import annotations

import csv
import gc
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from recommender.tables.chunk import CHUNK_ROWS, Rejection


class _Lines:
    """Physical lines; those of the row at hand can be given back."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._given_back: deque[str] = deque()
        self.row: list[str] = []
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._text)
        self.row.append(line)
        return line

    def begin_row(self) -> None:
        self.first += len(self.row)
        self.row = []

    def give_back_all_but_the_first(self) -> None:
        self._given_back.extendleft(reversed(self.row[1:]))
        del self.row[1:]

    def take(self, count: int) -> list[str]:
        """Lines at a stretch, none while there are some given back."""
        return [] if self._given_back else list(islice(self._text, count))

    def give_back(self, lines: list[str]) -> None:
        self._given_back.extend(lines)


@dataclass
class RowBatch:
    """Up to `CHUNK_ROWS` rows as lists of cells, and those that could not be split."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    broken: list[Rejection] = field(default_factory=list)

    def expect(self, cells: int) -> int:
        """Sets rows of another length aside; gives how many had one empty cell too many."""
        lengths = np.fromiter(map(len, self.rows), np.int64, len(self.rows))
        trailing = [i for i in np.flatnonzero(lengths == cells + 1) if self.rows[i][-1] == ""]
        lengths[trailing] = cells
        for i in np.flatnonzero(lengths != cells):
            reason = f"the row has {lengths[i]} cells, expected {cells} as in the header"
            value = ",".join(self.rows[i])
            self.broken.append(Rejection(self.lines[i], "", value, reason))
        if (lengths != cells).any():
            kept = np.flatnonzero(lengths == cells).tolist()
            self.rows = [self.rows[i] for i in kept]
            self.lines = [self.lines[i] for i in kept]
        return len(trailing)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Lists of texts hold no cycles, and looking for some takes twice as long as splitting."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class CsvRows:
    """Splits lines into rows, strictly: a stray or an unclosed quote is a broken row."""

    def __init__(self, text: Iterator[str], separator: str) -> None:
        self._lines = _Lines(text)
        self._separator = separator
        self._reader = csv.reader(self._lines, delimiter=separator, strict=True)

    @property
    def line(self) -> int:
        """On which the row at hand ends."""
        return self._lines.first + len(self._lines.row) - 1

    def header(self) -> list[str]:
        """The next row that is not blank; raises `csv.Error`."""
        self._lines.begin_row()
        for row in self._reader:
            if row:
                return row
        return []

    def batches(self) -> Iterator[RowBatch]:
        while batch := self._plain_batch() or self._batch():
            yield batch

    def _plain_batch(self) -> RowBatch | None:
        """Rows of one line each, several times quicker; None where not all of the next are so."""
        self._lines.begin_row()
        taken = self._lines.take(CHUNK_ROWS)
        try:
            with _no_search_for_cycles():
                rows = list(csv.reader(taken, delimiter=self._separator, strict=True))
        except csv.Error:
            rows = []
        if not taken or len(rows) != len(taken) or not all(rows):
            self._lines.give_back(taken)
            return None
        first = self._lines.first
        self._lines.first += len(taken)
        return RowBatch(list(range(first, first + len(taken))), rows)

    def _batch(self) -> RowBatch | None:
        batch, lines, reader = RowBatch(), self._lines, self._reader
        while len(batch.rows) + len(batch.broken) < CHUNK_ROWS:
            lines.begin_row()
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                batch.broken.append(self._give_up(error))
            else:
                if row:
                    batch.rows.append(row)
                    batch.lines.append(lines.first)
        return batch if batch.rows or batch.broken else None

    def _give_up(self, error: csv.Error) -> Rejection:
        """Rejects the line on which the row begins; what follows it is split anew."""
        lines, said = self._lines, str(error)
        if len(lines.row) > 1 or "unexpected end" in said:
            reason = "a quote opens on this line and is not closed; close or double it"
        elif "field limit" in said:
            reason = f"a cell is longer than {csv.field_size_limit():,} characters; shorten it"
        else:
            reason = "text follows a closing quote; double the quotes inside a cell"
        lines.give_back_all_but_the_first()
        return Rejection(lines.first, "", lines.row[0].rstrip("\r\n"), reason)
