"""Brings a database to the schema of this version; refuses one that is newer."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from recommender.config import Config
from recommender.errors import ReadWriteError
from service.records.database import Database, embedded_file, open_database


class SchemaError(ReadWriteError):
    """The database is of another version of this program."""


def open_records(config: Config) -> Database:
    """The database of the config, ready for use; raises what `made_ready` raises."""
    return made_ready(open_database(config))


def made_ready(database: Database) -> Database:
    """An embedded one is made or brought up to date on the way.

    Raises `SchemaError` for a server that `recommender migrate` has not been run on, or for a
    database that a newer version of this program has changed.
    """
    if database.is_embedded:
        migrate(database)
    else:
        check_schema(database)
    return database


def open_records_if_any(config: Config) -> Database | None:
    """As `open_records`, but None where nothing was ever kept."""
    file = embedded_file(config)
    return None if file is not None and not file.exists() else open_records(config)


def migrate(database: Database) -> tuple[str | None, str]:
    """The revision before and after; two that do it at once wait for each other."""
    script = _script()
    newest = str(script.get_current_head())
    with database.reading() as connection:
        before = _revision(connection)
    if before == newest:
        return before, newest
    with database.writing() as connection:
        _refuse_newer(_revision(connection), script, database)
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest


def check_schema(database: Database) -> None:
    """Raises `SchemaError` unless the database has the schema of this version."""
    script = _script()
    with database.reading() as connection:
        found = _revision(connection)
    _refuse_newer(found, script, database)
    if found != script.get_current_head():
        raise SchemaError(
            f"{database.name}: has the schema of an older version ({found or 'none'}); "
            "run `recommender migrate`"
        )


def _refuse_newer(found: str | None, script: ScriptDirectory, database: Database) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"{database.name}: has the schema {found!r} of a newer version of this program; "
            "run that version"
        )


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(str(files("service.records.migrations")))))
    return config
