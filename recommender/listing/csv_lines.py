"""Rows as CSV text: UTF-8, comma, `\\n`; what a spreadsheet would run is made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from recommender.listing.rows import Cell, Columns, Row

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NEEDS_QUOTES = re.compile('[,"\r\n]')


def csv_lines(columns: Columns, rows: Iterable[Row]) -> Iterator[str]:
    """The heading, then a line a row."""
    yield csv_line(list(columns))
    for row in rows:
        yield csv_line([harmless(row[name]) for name in columns])


def csv_line(cells: Sequence[Cell]) -> str:
    """By hand: with `\\n` between rows, the csv module leaves a `\\r` in a cell unquoted."""
    return ",".join(map(_quoted, cells)) + "\n"


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
