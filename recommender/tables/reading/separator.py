"""Which character separates the cells of a CSV file."""

from __future__ import annotations

import csv
import io
from itertools import chain, islice

from recommender.errors import ConfigError
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract

SEPARATORS = (",", ";", "\t", "|")
_HEADER_LINES = 20


def find_separator(text: io.TextIOBase, contract: Contract, journal: Journal, file: str) -> str:
    """The one asked for, or the one that shows most of the columns looked for, then most columns.

    Leaves the text at its beginning.
    """
    lines = list(islice(text, _HEADER_LINES))
    text.seek(0)
    if contract.section.separator != "auto":
        return _checked(contract.section.separator, contract.table)
    announced = announced_separator(lines[0]) if lines else None
    if announced:
        return announced
    headings = {s: _header(lines, s) for s in SEPARATORS}
    best = max(SEPARATORS, key=lambda s: (contract.wanted_in(headings[s]), len(headings[s])))
    if best != ",":
        journal.note(f"{file}: cells are separated by {best!r}")
    return best


def _checked(separator: str, table: str) -> str:
    if separator in '"\r\n':
        raise ConfigError(
            f"[{table}] separator = {separator!r}: has a meaning already; use , ; | or a tab"
        )
    return separator


def announced_separator(line: str) -> str | None:
    """Spreadsheets may write `sep=;` above the header."""
    line = line.lstrip("\ufeff").rstrip("\r\n").strip('"')
    return line[4] if line.lower().startswith("sep=") and len(line) == 5 else None


def _header(lines: list[str], separator: str) -> list[str]:
    """The first row that is not blank."""
    try:
        rows = csv.reader(chain(lines), delimiter=separator)
        return next((row for row in rows if any(row)), [])
    except csv.Error:
        return []
