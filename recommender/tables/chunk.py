"""A run of rows as they were read, before anything is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

CHUNK_ROWS = 65_536
Mask = npt.NDArray[np.bool_]
TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Fault:
    """What is wrong with some cells of one column."""

    reason: str
    """Continues the column's name: `is empty`, `is not a number`."""
    rows: Mask
    """(n,) true where it applies."""


@dataclass(frozen=True)
class Column:
    """The cells of one column: `TEXT`, or numbers, booleans, times as the source typed them."""

    values: pa.Array
    typed: Mask | None = None
    """(n,) true where a typed cell stands as text among others, so with `.` and ISO times."""
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of_texts(cls, texts: Sequence[str | None]) -> Column:
        return cls(pa.array(texts, pa.string()).dictionary_encode())

    @classmethod
    def repeated(cls, text: str | None, rows: int) -> Column:
        """The column a table does not have: the same cell in every row."""
        values = pa.array([text], pa.string())
        return cls(pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), values))

    @property
    def is_text(self) -> bool:
        return bool(pa.types.is_dictionary(self.values.type)) and self.values.type == TEXT

    def __len__(self) -> int:
        return len(self.values)

    def unique_texts(self) -> list[str]:
        """Each text that people wrote, not the source, once and without blanks around it."""
        if not self.is_text:
            return []
        values = self.values if self.typed is None else self.values.filter(pa.array(~self.typed))
        texts = values.dictionary if self.typed is None else values.unique().dictionary
        return [text.strip() for text in texts.to_pylist() if text]

    def written(self, row: int) -> str:
        """One cell as a person would find it in the source."""
        cell = self.values.slice(row, 1)
        if not self.is_text and not pa.types.is_duration(cell.type):
            # A year 30000 is a time to Arrow, not to Python; as text it can be shown.
            cell = cell.cast(pa.string())
        value = cell[0].as_py()
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Rejection:
    """One row that is set aside."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Chunk:
    """Rows of one file: the cells of those that could be split into cells, and the others."""

    file: str
    lines: npt.NDArray[np.int64]
    """(n,) where each row begins, counted from 1."""
    columns: dict[str, Column]
    """By our names; each with n cells."""
    broken: tuple[Rejection, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def read(self) -> int:
        return len(self.lines) + len(self.broken)

    def column(self, name: str, absent: str | None = None) -> Column:
        return self.columns.get(name) or Column.repeated(absent, len(self))
