"""Which of the first rows is the header: reports put titles and dates above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract

HEADER_ROWS = 10


@dataclass(frozen=True)
class Header:
    """One row of headings."""

    line: int
    cells: list[str]
    above: int
    """Rows with cells before it: titles, which are no data."""

    def note(self, where: str, journal: Journal) -> None:
        if self.above:
            rows = "row above it is" if self.above == 1 else f"{self.above} rows above it are"
            journal.note(
                f"{where}: the header was found in row {self.line}; the {rows} left out as titles"
            )


def find_header(rows: Iterable[tuple[int, list[str]]], contract: Contract) -> Header | None:
    """The first of the rows with all required columns, else the likeliest, which lacks some.

    None where all are empty. Takes no row after the header that fits.
    """
    likeliest: Header | None = None
    above = 0
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        header = Header(line, cells, above)
        if contract.fits(cells):
            return header
        if likeliest is None or contract.wanted_in(cells) > contract.wanted_in(likeliest.cells):
            likeliest = header
        above += 1
        if above == HEADER_ROWS:
            break
    return likeliest
