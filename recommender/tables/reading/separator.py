"""Which character separates the cells of a CSV file."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import chain, islice

from recommender.errors import ConfigError
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.header import HEADER_ROWS

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
    best = max(SEPARATORS, key=lambda s: _fitness(_rows(lines, s), contract))
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


def _fitness(rows: list[list[str]], contract: Contract) -> tuple[int, int]:
    """Of the likeliest header, which need not be the first row; of the first if none has any."""
    found = [(contract.wanted_in(row), len(row)) for row in rows]
    return max((f for f in found if f[0]), default=(0, found[0][1] if found else 0))


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    """The first that are not blank."""
    rows = []
    with suppress(csv.Error):
        for row in csv.reader(chain(lines), delimiter=separator):
            rows += [row] if any(row) else []
    return rows[:HEADER_ROWS]
