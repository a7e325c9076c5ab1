"""Writing rows as CSV, Parquet or Excel: the same rows give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from recommender.errors import ConfigError
from recommender.listing.rows import Cell, Row

Columns = Mapping[str, type]
SHEET_ROWS = 1_048_575
"""Below the header, in one Excel sheet."""
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


class ExcelWriter:
    """One sheet with a fixed header; texts are written as texts, which no spreadsheet runs."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._folder = TemporaryDirectory()
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        self._book = xlsxwriter.Workbook(str(path), options)
        # a time of creation would make two runs differ
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self._sheet = self._book.add_worksheet()
        self._columns = list(columns)
        self._next = 1
        self._sheet.freeze_panes(1, 0)
        for position, name in enumerate(self._columns):
            self._sheet.write_string(0, position, name)

    def write(self, row: Row) -> None:
        if self._next > SHEET_ROWS:
            raise ConfigError(
                f"an Excel sheet holds {SHEET_ROWS:,} rows and this list has more; "
                "write .csv or .parquet, or choose one rep with --rep"
            )
        for position, name in enumerate(self._columns):
            self._write_cell(position, row[name])
        self._next += 1

    def close(self) -> None:
        """Raises OSError as the other writers do; the rows kept aside are removed in any case."""
        try:
            self._book.close()
        except FileCreateError as error:
            self._sheet.row_data_fh.close()
            raise error.args[0] from error
        finally:
            self._folder.cleanup()

    def _write_cell(self, position: int, cell: Cell) -> None:
        if isinstance(cell, str):
            self._sheet.write_string(self._next, position, cell)
        elif cell is not None:
            self._sheet.write_number(self._next, position, cell)


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
