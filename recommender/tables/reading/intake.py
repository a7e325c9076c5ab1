"""All chunks of one table, whatever it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.csv_file import read_csv
from recommender.tables.reading.excel_file import read_excel
from recommender.tables.reading.parquet_file import read_parquet
from recommender.tables.reading.query import NAME, Query
from recommender.tables.reading.sources import SourceFile, find_files, reading

Reader = Callable[[SourceFile, Contract, Journal], Iterator[Chunk]]
READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".csv.gz": read_csv,
    ".parquet": read_parquet,
    ".xlsx": read_excel,
}


def read_file(file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
    return READERS[file.ending](file, contract, journal)


class Intake:
    """Knows where one table is before anything of it is read; raises `ConfigError` if it is not."""

    def __init__(
        self, contract: Contract, folder: Path, journal: Journal, reader: Reader = read_file
    ) -> None:
        self._contract, self._journal, self._reader = contract, journal, reader
        self._query = Query(contract, folder) if contract.section.url else None
        self._files = [] if self._query else find_files(contract.section, folder, journal)

    @property
    def written_at(self) -> datetime:
        """When the newest of its files was; of a query, this moment."""
        moments = []
        for file in self._files:
            with reading(file.name):
                moments.append(file.path.stat().st_mtime)
        now = datetime.now(UTC)
        return min(now, datetime.fromtimestamp(max(moments), UTC)) if moments else now

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self._all():
            self._journal.took(chunk)
            yield chunk

    def _all(self) -> Iterator[Chunk]:
        if self._query:
            self._journal.begin(NAME)
            yield from self._query.chunks(self._journal)
        for file in self._files:
            self._journal.begin(file.name)
            yield from self._reader(file, self._contract, self._journal)
