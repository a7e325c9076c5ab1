"""Writing rows as CSV, Parquet or Excel: the same rows give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.errors import ConfigError
from recommender.listing.excel import ExcelWriter
from recommender.listing.rows import Cell, Columns, Row

ROW_GROUP = 50_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NEEDS_QUOTES = re.compile('[,"\r\n]')


class Writer(Protocol):
    """Takes rows one by one and has written them all after `close`."""

    def write(self, row: Row) -> None: ...
    def close(self) -> None: ...


class CsvWriter:
    """UTF-8, comma, `\\n`; cells a spreadsheet would run as a formula begin with an apostrophe.

    Written by hand: with `\\n` between rows, the csv module leaves a `\\r` in a cell unquoted.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._columns = list(columns)
        self._write_cells(self._columns)

    def write(self, row: Row) -> None:
        self._write_cells([harmless(row[name]) for name in self._columns])

    def close(self) -> None:
        self._file.close()

    def _write_cells(self, cells: Sequence[Cell]) -> None:
        self._file.write(",".join(map(_quoted, cells)) + "\n")


class ParquetWriter:
    """Text as it is: nothing runs a formula from Parquet."""

    def __init__(self, path: Path, columns: Columns) -> None:
        kinds = {str: pa.string(), int: pa.int32(), float: pa.float64()}
        self._schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
        self._file = pq.ParquetWriter(path, self._schema)
        self._waiting: list[Row] = []

    def write(self, row: Row) -> None:
        self._waiting.append(row)
        if len(self._waiting) == ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._waiting, self._schema))
        self._waiting.clear()


WRITERS: dict[str, type[CsvWriter | ParquetWriter | ExcelWriter]] = {
    ".csv": CsvWriter,
    ".parquet": ParquetWriter,
    ".xlsx": ExcelWriter,
}


def writer_of(path: Path) -> type[CsvWriter | ParquetWriter | ExcelWriter]:
    """By the ending; raises `ConfigError` for another one."""
    if path.suffix not in WRITERS:
        raise ConfigError(f"--out {path}: must end in {', '.join(WRITERS)}")
    return WRITERS[path.suffix]


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _quoted(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if NEEDS_QUOTES.search(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
