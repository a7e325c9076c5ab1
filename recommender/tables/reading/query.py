"""Chunks of the rows that a database query gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy import NullPool
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from recommender.config import database_url
from recommender.errors import BadDataError, ConfigError, ReadWriteError
from recommender.tables.cells.typed import column_of
from recommender.tables.chunk import CHUNK_ROWS, Chunk
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract

NAME = "query"
"""Stands where other tables have a file."""
# A query is sent as it stands: `:` and `%` in it are its own.
_AS_IT_STANDS = {"stream_results": True, "no_parameters": True, "max_row_buffer": CHUNK_ROWS}


class Query:
    """One query of one database; building it finds what is wrong with the config."""

    def __init__(self, contract: Contract, folder: Path) -> None:
        self._contract = contract
        self._statement = contract.section.query or ""
        key = f"[{contract.table}] url"
        self._url = _url(database_url(contract.section.url or "", key), key, folder)
        self._engine = _engine(self._url, key)

    def chunks(self, journal: Journal) -> Iterator[Chunk]:
        """Raises `ReadWriteError` for what the database refuses, without its password."""
        digest, line = hashlib.sha256(), 1
        with self._told(), self._engine.connect() as connection:
            _forbid_writing(connection)
            result = connection.exec_driver_sql(self._statement, execution_options=_AS_IT_STANDS)
            headings = self._headings(result)
            digest.update(repr(headings).encode())
            places = self._contract.places(headings, NAME, journal)
            for rows in result.partitions(CHUNK_ROWS):
                digest.update(repr([tuple(row) for row in rows]).encode("utf-8", "replace"))
                columns = {n: column_of([row[i] for row in rows]) for n, i in places.items()}
                yield Chunk(NAME, np.arange(line, line + len(rows), dtype=np.int64), columns)
                line += len(rows)
        journal.hashed(digest.hexdigest())

    def _headings(self, result: sa.CursorResult[tuple[object, ...]]) -> list[str]:
        if not result.returns_rows:
            raise BadDataError(
                f"[{self._contract.table}] query gives no rows to read; write a select"
            )
        return list(result.keys())

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, UnicodeError) as error:
            said = str(getattr(error, "orig", None) or error).strip().splitlines() or ["no reason"]
            where = self._url.render_as_string(hide_password=True)
            raise ReadWriteError(
                f"[{self._contract.table}] {where}: {self._hidden(said[0])}; "
                "check url, query and whether the database runs"
            ) from None

    def _hidden(self, text: str) -> str:
        password = self._url.password
        return text.replace(str(password), "***") if password else text


def _forbid_writing(connection: sa.Connection) -> None:
    """Whatever the query says: reading a table changes nothing."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    elif connection.dialect.name == "postgresql":
        connection.execution_options(postgresql_readonly=True)


def _url(url: str, key: str, folder: Path) -> sa.URL:
    """With a SQLite file relative to the config; it must be there, or SQLite would make it."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            f"{key}: not a database URL; write it as in postgresql://user:password@host/name"
        ) from error
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name.startswith((":memory:", "file:")):
        return parsed
    if not (folder / name).is_file():
        raise ConfigError(f"{key} = 'sqlite:///{name}': no such file; correct the path")
    return parsed.set(database=str(folder / name))


def _engine(url: sa.URL, key: str) -> sa.Engine:
    try:
        return sa.create_engine(url, poolclass=NullPool)  # read once, whatever happens closed
    except (NoSuchModuleError, ModuleNotFoundError, ArgumentError) as error:
        raise ConfigError(
            f"{key}: no driver for {url.drivername!r} ({error}); install it, for PostgreSQL with "
            '`pip install "recommender[postgres]"`'
        ) from error
