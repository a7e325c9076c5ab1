"""Rows as an Excel sheet that can be read, filtered and sorted at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from shutil import rmtree

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from recommender.errors import ConfigError
from recommender.listing.rows import Cell, Columns, Row

SHEET_ROWS = 1_048_575
"""Below the header, in one Excel sheet."""
WIDTHS = {"customer_name": 28, "product_name": 40, "why": 60, "evidence_products": 24}
WIDTH = 14
FORMATS = {"chance": "0.0%", "expected_value": "#,##0.00"}


class ExcelWriter:
    """One sheet with a fixed header; texts are written as texts, which no spreadsheet runs."""

    def __init__(self, path: Path, columns: Columns) -> None:
        # beside the file and by its name, where an erasure finds what a killed run left
        self._folder = path.with_suffix(".rows")
        self._folder.mkdir(exist_ok=True)
        options = {"constant_memory": True, "tmpdir": str(self._folder)}
        self._book = xlsxwriter.Workbook(str(path), options)
        # a time of creation would make two runs differ
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self._sheet = self._book.add_worksheet()
        self._columns = list(columns)
        self._next = 1
        self._formats = [
            self._book.add_format({"num_format": FORMATS[name]}) if name in FORMATS else None
            for name in columns
        ]
        self._begin()

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
            self._sheet.autofilter(0, 0, max(self._next - 1, 1), len(self._columns) - 1)
            self._book.close()
        except FileCreateError as error:
            self._sheet.row_data_fh.close()
            raise error.args[0] from error
        finally:
            rmtree(self._folder)

    def _begin(self) -> None:
        """Widths come before the rows, which are not kept in memory."""
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for position, name in enumerate(self._columns):
            self._sheet.set_column(position, position, WIDTHS.get(name, WIDTH))
            self._sheet.write_string(0, position, name, bold)

    def _write_cell(self, position: int, cell: Cell) -> None:
        if isinstance(cell, str):
            self._sheet.write_string(self._next, position, cell)
        elif cell is not None:
            self._sheet.write_number(self._next, position, cell, self._formats[position])
