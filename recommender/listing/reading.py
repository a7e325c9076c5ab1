"""Reading a list back, row by row, as it was written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.listing.csv_lines import harmless
from recommender.listing.formats import ROW_GROUP
from recommender.listing.rows import Columns, Row

CUSTOMER = "customer_id"
KINDS = {pa.string(): str, pa.int32(): int, pa.float64(): float}


def rows_of(path: Path) -> Iterator[Row]:
    """Raises ValueError or KeyError for a file that is not as we wrote it."""
    return _ROWS[path.suffix](path)


def columns_of(path: Path) -> Columns:
    """As the writer of this format wants them."""
    if path.suffix == ".parquet":
        return {field.name: KINDS[field.type] for field in pq.read_schema(path)}
    cells = _csv_cells(path) if path.suffix == ".csv" else _excel_cells(path)
    return dict.fromkeys(map(str, next(cells)), str)


def is_of(row: Row, customer_id: str) -> bool:
    """Also where the id has an apostrophe before it, as CSV needs for some."""
    return str(row[CUSTOMER]) in {customer_id, harmless(customer_id)}


def _rows_below_header(cells: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    header = next(cells, ())
    if CUSTOMER not in header:
        raise ValueError(f"has no column {CUSTOMER}")
    return (dict(zip(header, row, strict=True)) for row in cells)


def _csv_cells(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from map(tuple, csv.reader(file, strict=True))


def _excel_cells(path: Path) -> Iterator[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _parquet_rows(path: Path) -> Iterator[Row]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROW_GROUP):
            yield from batch.to_pylist()


_ROWS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": lambda path: _rows_below_header(_csv_cells(path)),
    ".xlsx": lambda path: _rows_below_header(_excel_cells(path)),
    ".parquet": _parquet_rows,
}
