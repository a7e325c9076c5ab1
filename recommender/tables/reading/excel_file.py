"""Chunks of one sheet of an Excel file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recommender.errors import BadDataError
from recommender.tables.cells.typed import column_of
from recommender.tables.chunk import CHUNK_ROWS, Chunk, Column, Fault
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.sources import SourceFile
from recommender.tables.reading.workbook import Row, Sheet

_ERRORS = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_NO_RESULT = "is a formula without a stored result; open the file in Excel, save it, try again"


def read_excel(file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
    """Raises `BadDataError` where the file as a whole is unusable, naming it."""
    journal.hashed(file.sha256())
    sheet = Sheet(file, contract, journal)
    places = contract.places(_header(sheet, file.name), file.name, journal)
    while batch := sheet.take(CHUNK_ROWS):
        yield _chunk(file.name, [row for row in batch if _is_filled(row)], places)


def _header(sheet: Sheet, file: str) -> list[str]:
    while rows := sheet.take(1):
        if _is_filled(rows[0]):
            return ["" if cell is None else str(cell) for cell in rows[0][1]]
    raise BadDataError(
        f"{file}: sheet {sheet.name!r} is empty, expected a header; fill it or name another sheet"
    )


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
    errors = [type(cell) is str and cell in _ERRORS for cell in results]
    hollow = [r is None and f is not None for r, f in zip(results, formulas, strict=True)]
    faults = (
        Fault("is an error of Excel; mend the formula", np.array(errors, np.bool_)),
        Fault(_NO_RESULT, np.array(hollow, np.bool_)),
    )
    return column_of(results, faults)


def _cell(row: Row, place: int) -> Any:
    return row[place] if place < len(row) else None
