"""Writing rows as CSV, Parquet or Excel: the same rows give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.errors import ConfigError
from recommender.listing.csv_lines import csv_line, harmless
from recommender.listing.excel import ExcelWriter
from recommender.listing.rows import Columns, Row

ROW_GROUP = 10_000
"""Rows in memory until they are written."""


class Writer(Protocol):
    """Takes rows one by one and has written them all after `close`."""

    def write(self, row: Row) -> None: ...
    def close(self) -> None: ...


class CsvWriter:
    """Line by line, as `csv_lines` has them."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._columns = list(columns)
        self._file.write(csv_line(self._columns))

    def write(self, row: Row) -> None:
        self._file.write(csv_line([harmless(row[name]) for name in self._columns]))

    def close(self) -> None:
        self._file.close()


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
