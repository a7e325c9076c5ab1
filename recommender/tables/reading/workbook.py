"""The rows of one sheet, with the results of its formulas and with the formulas themselves."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from recommender.errors import BadDataError, ConfigError
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.sources import BLOCK_BYTES, SourceFile, reading

Row = tuple[Any, ...]
# What openpyxl raises, depending on which part of the file is broken.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    InvalidFileException,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class Sheet:
    """Rows of one sheet, in order and by line; the formulas are read only if there are any."""

    def __init__(self, file: SourceFile, name: str) -> None:
        self._file, self.name = file, name
        self._results = _rows(file, self.name, results=True)
        self._formulas = (
            _rows(file, self.name, results=False) if _has_formulas(file, self.name) else iter(())
        )

    def take(self, count: int) -> list[tuple[int, Row, Row]]:
        """The next rows, each with its line, its results and its formulas."""
        with sound(self._file.name):
            results = list(islice(self._results, count))
            formulas = [row for _, row in islice(self._formulas, count)]
        formulas += [()] * (len(results) - len(formulas))
        return [(line, row, f) for (line, row), f in zip(results, formulas, strict=True)]

    def texts(self) -> Iterator[tuple[int, list[str]]]:
        """The next rows one by one, each with its line and its cells as texts."""
        while rows := self.take(1):
            line, cells, _ = rows[0]
            yield line, ["" if cell is None else str(cell) for cell in cells]


@contextmanager
def sound(file: str) -> Iterator[None]:
    """Turns what openpyxl says about a file into `BadDataError`."""
    try:
        with reading(file), warnings.catch_warnings():
            # About styles and filters, which are nothing to us.
            warnings.simplefilter("ignore")
            yield
    except _BROKEN as error:
        raise BadDataError(
            f"{file}: not a sound Excel file ({error}); open it in Excel and save it as .xlsx again"
        ) from error


def _rows(file: SourceFile, name: str, *, results: bool) -> Iterator[tuple[int, Row]]:
    book = openpyxl.load_workbook(file.path, read_only=True, data_only=results)
    try:
        sheet = book[name]
        # Some programs write a wrong size, and all past it would be lost.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(min_row=1, values_only=True), 1)
    finally:
        book.close()


def sheet_names(file: SourceFile, contract: Contract) -> list[str]:
    """All, or the one that the config asks for."""
    with sound(file.name):
        book = openpyxl.load_workbook(file.path, read_only=True)
        names = [sheet.title for sheet in book.worksheets]
        book.close()
    asked = contract.section.sheet
    if asked is not None and asked not in names:
        raise ConfigError(
            f"[{contract.table}] sheet = {asked!r}: {file.name} has no such sheet; "
            f"it has {', '.join(map(repr, names))}"
        )
    if not names:
        raise BadDataError(f"{file.name}: has no sheet with cells, expected a table; add one")
    return names if asked is None else [asked]


def _has_formulas(file: SourceFile, name: str) -> bool:
    """Whether the sheet's XML holds a formula at all, which is quicker than to parse it."""
    with sound(file.name):
        book = openpyxl.load_workbook(file.path, read_only=True)
        with book[name]._get_source() as xml:
            tail = b""
            while block := xml.read(BLOCK_BYTES):
                if any(tag in tail + block for tag in (b"<f>", b"<f ", b"<f/")):
                    return True
                tail = block[-2:]
        book.close()
    return False
