"""One database, embedded or PostgreSQL: consistent reads, and one writer at a time on both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from recommender.config import Config, database_url
from recommender.errors import ConfigError, ReadWriteError
from service.records.pulse import Beat, Pulse

KEY = "[service] database"
SECONDS_TO_WAIT = 30
"""For another writer; past it the database counts as busy."""
WRITERS = 0x7265636F
"""The advisory lock that every writer of PostgreSQL takes until it has committed."""
ON_CONNECT = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={SECONDS_TO_WAIT * 1000}",
)
"""What was acknowledged survives a power cut, and what was erased is overwritten."""


class Database:
    """Read and write only through `reading` and `writing`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writing_engine = engine.execution_options(recommender_writes=True)
        self._pulse = Pulse(engine) if self.is_embedded else None

    def __repr__(self) -> str:
        return f"Database({self.name})"

    @property
    def name(self) -> str:
        """For messages; without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def is_embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """All that is read in it is of one moment, and holds every commit before it."""
        with _explained(self), self.engine.connect() as connection, connection.begin():
            yield connection

    def beat(self) -> Beat | None:
        """Another number after each commit, whoever made it: what was read before may be old then.

        None of a server: asking it would cost as much as asking what is wanted.
        """
        if self._pulse is None:
            return None
        try:
            return self._pulse.beat()
        except sqlite3.OperationalError:
            with _explained(self):  # entered only here: every request asks
                raise

    def holds(self, question: str, values: tuple[object, ...]) -> bool | None:
        """Whether the one value that an SQL statement asks for is true at this moment; None of a
        server, as in `beat`."""
        if self._pulse is None:
            return None
        try:
            return bool(self._pulse.ask(question, values))
        except sqlite3.OperationalError:
            with _explained(self):
                raise

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Committed when it ends, undone where it raises; what was read in it is still true then.

        There is one writer at a time, on PostgreSQL too: so read, decide, write needs no retry, and
        sequences ascend in the order of commits. A row costs about a millisecond either way.
        """
        with _explained(self), self._writing_engine.connect() as connection, connection.begin():
            yield connection

    def emptied_log(self) -> bool:
        """Moves all of an embedded database's log into it, so that the log keeps nothing erased.

        False where a reader of an older moment held it back for too long. A server does it itself.
        """
        if not self.is_embedded:
            return True
        connection = self.engine.raw_connection()
        try:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        return not busy

    def close(self) -> None:
        if self._pulse:
            self._pulse.close()
        self.engine.dispose()


def open_database(config: Config) -> Database:
    """Of `[service] database`; connects only when first used."""
    return database_at(database_url(config.service.database, KEY), config.folder)


def database_at(url: str, folder: Path) -> Database:
    """A relative path of SQLite is one beside the config."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite(parsed, folder))
    return Database(_postgres(parsed))


def embedded_file(config: Config) -> Path | None:
    """Where SQLite's file lies or would lie; None for a server."""
    parsed = _parsed(database_url(config.service.database, KEY))
    return _file(parsed, config.folder) if parsed.get_backend_name() == "sqlite" else None


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"{KEY}: is no database URL; write {_EXAMPLES}") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        backend = parsed.get_backend_name()
        raise ConfigError(f"{KEY}: {backend} is not a database we know; write {_EXAMPLES}")
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        raise ConfigError(f"{KEY}: SQLite needs a file to keep things in; write {_EXAMPLES}")
    return parsed


_EXAMPLES = "sqlite:///recommender.db or postgresql://user:password@host/database"


def _file(url: sa.URL, folder: Path) -> Path:
    return folder / str(url.database)


def _sqlite(url: sa.URL, folder: Path) -> sa.Engine:
    place = url.set(database=str(_file(url, folder)))
    # errors end in the log, from which nobody could be forgotten: they hide what was to be written
    # as many as there are threads: one that waited for a connection could keep all others waiting
    engine = sa.create_engine(place, pool_size=8, max_overflow=-1, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin anything by itself
        for pragma in ON_CONNECT:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("recommender_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(
            url,
            pool_size=8,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            hide_parameters=True,
        )
    except (ImportError, NoSuchModuleError) as error:
        raise ConfigError(
            f"{KEY}: PostgreSQL needs its driver: pip install 'recommender[postgres]'"
        ) from error

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("recommender_writes"):
            # the snapshot must not be older than the lock: a plain statement would already take it
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{SECONDS_TO_WAIT}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")

    return engine


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise ReadWriteError(
            f"{database.name}: all connections are in use and stayed so; see what keeps it so long"
        ) from error
    except (OperationalError, sqlite3.OperationalError) as error:
        said = " ".join(str(getattr(error, "orig", error)).split())
        raise ReadWriteError(
            f"{database.name}: cannot be used ({said}); see that it runs, has room and may be "
            "written to"
        ) from error
