"""What is noted down while one table is read, until it becomes its report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from recommender.errors import BadDataError
from recommender.tables.chunk import Chunk, Column, Fault, Mask, Rejection
from recommender.tables.report import REJECTED_COLUMNS, TableReport

VALUE_LENGTH = 200
_NAMES = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    zip(REJECTED_COLUMNS, (_NAMES, pa.int64(), _NAMES, pa.string(), _NAMES), strict=True)
)


@dataclass
class Journal:
    """Grows while one table is read; `report` closes it."""

    table: str
    max_rejected: float
    progress: Callable[[str, int], None] = lambda _table, _rows: None
    files: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    read: int = 0
    merged: int = 0
    left_out: int = 0
    _hashes: list[str] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, str] = field(default_factory=dict)
    _rejected: list[pa.Table] = field(default_factory=list)

    def begin(self, file: str) -> None:
        self.files.append(file)

    def hashed(self, sha256: str) -> None:
        self._hashes.append(sha256)

    def note(self, sentence: str) -> None:
        self.notes.setdefault(sentence)

    def count(self, sentence: str, rows: int, example: str = "") -> None:
        """Adds to a warning that is told once, at the end, with its number of rows."""
        if rows:
            self._counts[sentence] += rows
            self._examples.setdefault(sentence, example)

    def took(self, chunk: Chunk) -> None:
        """Counts the rows of a chunk and sets its broken ones aside."""
        self.read += chunk.read
        self.reject(chunk.file, chunk.broken)
        self.progress(self.table, self.read)

    def reject(self, file: str, rows: Sequence[Rejection]) -> None:
        if not rows:
            return
        cells = [(file, r.line, r.column, r.value[:VALUE_LENGTH], r.reason) for r in rows]
        columns = [
            pa.array(c, f.type) for c, f in zip(zip(*cells, strict=True), _SCHEMA, strict=True)
        ]
        self._rejected.append(pa.Table.from_arrays(columns, schema=_SCHEMA))

    def sift(self, chunk: Chunk, faults: Sequence[tuple[str, Column, Fault]]) -> Mask:
        """Sets rows with a fault aside under their first one; (n,) true for the others."""
        first = np.full(len(chunk), -1, np.int32)
        for number in reversed(range(len(faults))):
            first[faults[number][2].rows] = number
        bad = np.flatnonzero(first >= 0)
        self.reject(chunk.file, [_rejection(chunk, faults[first[r]], r) for r in bad.tolist()])
        return first < 0

    @property
    def rejected(self) -> pa.Table:
        tables = self._rejected or [_SCHEMA.empty_table()]
        return pa.concat_tables(tables).unify_dictionaries()

    def report(self, kept: int) -> TableReport:
        """Raises `BadDataError` where more than the allowed share of rows is bad."""
        self._check_share()
        counted = [_sentence(s, n, self._examples[s]) for s, n in self._counts.items()]
        return TableReport(
            table=self.table,
            files=tuple(self.files),
            sha256=self._sha256(),
            read=self.read,
            kept=kept,
            merged=self.merged,
            rejected=self._rejected_frame(),
            notes=tuple(self.notes),
            warnings=(*counted, *self.warnings),
            left_out=self.left_out,
        )

    def _sha256(self) -> str:
        """Of the one file; of several, of their hashes in the order read."""
        if len(self._hashes) == 1:
            return self._hashes[0]
        return hashlib.sha256("\n".join(self._hashes).encode()).hexdigest()

    def _rejected_frame(self) -> pd.DataFrame:
        table = self.rejected
        columns = {n: table[n].cast(f.type) for n, f in zip(REJECTED_COLUMNS, _PLAIN, strict=True)}
        return as_frame(pa.table(columns))

    def _check_share(self) -> None:
        rejected = sum(len(t) for t in self._rejected)
        if rejected and rejected > self.max_rejected * self.read:
            raise BadDataError(
                f"[{self.table}] {rejected:,} of {self.read:,} rows are bad "
                f"({rejected / self.read:.0%}), allowed are {self.max_rejected:.0%}; mend them, or "
                f"raise max_rejected.\nMost of them: {'; '.join(_groups(self.rejected))}"
            )


_PLAIN = [pa.field(f.name, pa.string() if f.type == _NAMES else f.type) for f in _SCHEMA]


def as_frame(table: pa.Table) -> pd.DataFrame:
    """With `str` columns, as pandas 3 has them."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_text_type)
    return frame


def _text_type(kind: pa.DataType) -> pd.StringDtype | None:
    return pd.StringDtype(na_value=np.nan) if kind == pa.string() else None


def _rejection(chunk: Chunk, fault: tuple[str, Column, Fault], row: int) -> Rejection:
    name, column, what = fault
    return Rejection(int(chunk.lines[row]), name, column.written(row), f"{name} {what.reason}")


def _sentence(sentence: str, rows: int, example: str) -> str:
    return f"{rows:,} {sentence}" + (f", such as {example}" if example else "")


def _groups(rejected: pa.Table, most: int = 3) -> list[str]:
    """The commonest reasons with their number and where each is met first."""
    reasons = rejected["reason"].to_pylist()
    found = []
    for reason, rows in Counter(reasons).most_common(most):
        first = rejected.slice(reasons.index(reason), 1).to_pylist()[0]
        found.append(
            f"{rows:,} x {reason} ({first['file']}:{first['line']} {first['value']!r:.60})"
        )
    return found
