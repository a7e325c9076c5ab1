"""Columns that lie in a file and are read from there as they are needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from recommender.tables.large.scratch import scratch_place, writing_there

BLOCK_LINES = 1 << 18
MOST_HELD = 1 << 22
"""Lines of a selection that are held in memory all the same: mapping few is not worth it."""
Column = npt.NDArray[Any]


class ColumnFile:
    """A column as it is written; its file has no name, so nothing is left, not even by a kill."""

    def __init__(self, kind: npt.DTypeLike) -> None:
        self._kind = np.dtype(kind)
        with writing_there():
            self._file = tempfile.TemporaryFile(dir=scratch_place())  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, values: Column) -> None:
        with writing_there():
            self._file.write(np.ascontiguousarray(values, self._kind).data)

    def mapped(self) -> Column:
        """(n,) all that was written, read only; open as long as the column is there."""
        with writing_there():
            self._file.flush()
            return np.memmap(self._file, self._kind, "r")


def taken(column: Column, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Column:
    """`column[rows]`, in a file again where the column is and the rows are many."""
    if not isinstance(column, np.memmap):
        return column[rows]
    lines = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
    if lines <= MOST_HELD:
        return np.asarray(column)[rows]
    with ColumnFile(column.dtype) as file:
        for first, end in blocks(len(rows)):
            some = rows[first:end]
            file.write(column[first:end][some] if rows.dtype == np.bool_ else column[some])
        return file.mapped()


def looked_up(values: Column, column: Column) -> Column:
    """`values[column]`, in a file again where the column is."""
    if not isinstance(column, np.memmap) or len(column) <= MOST_HELD:
        return values[column]
    with ColumnFile(values.dtype) as file:
        for first, end in blocks(len(column)):
            file.write(values[column[first:end]])
        return file.mapped()


def blocks(lines: int, overlap: int = 0) -> Iterator[tuple[int, int]]:
    """First and end of each run of lines; each but the first begins `overlap` lines earlier."""
    for first in range(0, lines, BLOCK_LINES):
        yield max(first - overlap, 0), min(first + BLOCK_LINES, lines)
