"""Chunks of a `.csv` or `.csv.gz` file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from operator import itemgetter

import numpy as np

from recommender.errors import BadDataError
from recommender.tables.chunk import Chunk, Column
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.csv_rows import CsvRows, RowBatch
from recommender.tables.reading.encoding import find_encoding, open_text, unpacking
from recommender.tables.reading.header import Header, find_header
from recommender.tables.reading.separator import announced_separator, find_separator
from recommender.tables.reading.sources import SourceFile, reading


def read_csv(file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
    """Raises `BadDataError` where the file as a whole is unusable, naming it."""
    encoding = find_encoding(file, contract.section.encoding, journal)
    with reading(file.name), unpacking(file.name), open_text(file, encoding) as text:
        separator = find_separator(text, contract, journal, file.name)
        rows = CsvRows(text, separator)
        header = _header(rows, separator, file.name, contract)
        places = contract.places(header.cells, file.name, journal)
        header.note(file.name, journal)
        for batch in rows.batches():
            trailing = batch.expect(len(header.cells))
            journal.count("rows end with a separator too many, which is ignored", trailing)
            yield _chunk(file.name, batch, places)


def _header(rows: CsvRows, separator: str, file: str, contract: Contract) -> Header:
    try:
        first = rows.header()
        if announced_separator(separator.join(first)):
            first = rows.header()
    except csv.Error as error:
        raise BadDataError(
            f"{file}: the header cannot be split into cells ({error}); mend it"
        ) from (error)
    header = find_header(chain([(rows.line, first)], _next_rows(rows)), contract)
    if header is None:
        raise BadDataError(f"{file}: is empty, expected a header; export it again or remove it")
    return header


def _next_rows(rows: CsvRows) -> Iterator[tuple[int, list[str]]]:
    """Those that a title may stand above; what cannot be split into cells is no header."""
    with suppress(csv.Error):
        while row := rows.header():
            yield rows.line, row


def _chunk(file: str, batch: RowBatch, places: dict[str, int]) -> Chunk:
    columns = {
        name: Column.of_texts(list(map(itemgetter(place), batch.rows)))
        for name, place in places.items()
    }
    return Chunk(file, np.array(batch.lines, np.int64), columns, tuple(batch.broken))
