"""Chunks of one sheet of an Excel file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recommender.errors import BadDataError
from recommender.tables.cells.amounts import ERRORS, EXCEL_FAULT
from recommender.tables.cells.typed import column_of
from recommender.tables.chunk import CHUNK_ROWS, Chunk, Column, Fault
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.header import Header, find_header
from recommender.tables.reading.sources import SourceFile
from recommender.tables.reading.workbook import Row, Sheet, sheet_names

_NO_RESULT = "is a formula without a stored result; open the file in Excel, save it, try again"


def read_excel(file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
    """Raises `BadDataError` where the file as a whole is unusable, naming it."""
    journal.hashed(file.sha256())
    sheet, header = _table(file, contract, journal)
    where = f"{file.name}, sheet {sheet.name!r}, row {header.line}"
    places = contract.places(header.cells, where, journal)
    header.note(f"{file.name}, sheet {sheet.name!r}", journal)
    while batch := sheet.take(CHUNK_ROWS):
        yield _chunk(file.name, [row for row in batch if _is_filled(row)], places)


def _table(file: SourceFile, contract: Contract, journal: Journal) -> tuple[Sheet, Header]:
    """The first sheet that has the columns, else the first with cells; only the one asked for."""
    names = sheet_names(file, contract)
    likeliest: tuple[Sheet, Header] | None = None
    for sheet in (Sheet(file, name) for name in names):
        header = find_header(sheet.texts(), contract)
        if header is None:
            continue
        likeliest = likeliest or (sheet, header)
        if contract.fits(header.cells):
            if len(names) > 1:
                journal.note(f"{file.name}: of {len(names)} sheets {sheet.name!r} is read")
            return sheet, header
    if likeliest is None:
        raise BadDataError(
            f"{file.name}: sheet {names[0]!r} is empty, expected a header; "
            "fill it or name another sheet"
        )
    return likeliest


def _is_filled(row: tuple[int, Row, Row]) -> bool:
    """Rows without any cell are leftovers of formatting."""
    return any(cell is not None for cells in row[1:] for cell in cells)


def _chunk(file: str, rows: list[tuple[int, Row, Row]], places: dict[str, int]) -> Chunk:
    columns = {
        name: _column(
            [_cell(results, place) for _, results, _ in rows],
            [_cell(formulas, place) for _, _, formulas in rows],
        )
        for name, place in places.items()
    }
    return Chunk(file, np.array([line for line, _, _ in rows], np.int64), columns)


def _column(results: list[Any], formulas: list[Any]) -> Column:
    errors = [type(cell) is str and cell in ERRORS for cell in results]
    hollow = [r is None and f is not None for r, f in zip(results, formulas, strict=True)]
    faults = (
        Fault(EXCEL_FAULT, np.array(errors, np.bool_)),
        Fault(_NO_RESULT, np.array(hollow, np.bool_)),
    )
    return column_of(results, faults)


def _cell(row: Row, place: int) -> Any:
    return row[place] if place < len(row) else None
