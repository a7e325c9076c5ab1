"""The database: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from recommender.config import load_config
from recommender.errors import ConfigError, ReadWriteError
from service.records.database import Database, database_at
from service.records.migrate import SchemaError, check_schema, migrate, open_records_if_any
from service.records.schema import forgotten, metadata, secrets
from service.records.times import UtcTime


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before, after = migrate(database)
    assert before == after


def test_a_newer_schema_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    for look in (migrate, check_schema):
        with pytest.raises(SchemaError, match="'9999' of a newer version"):
            look(database)
    with database.writing() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '0003'"))


def test_a_database_that_was_never_migrated_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="recommender migrate"):
        check_schema(database_at("sqlite:///empty.db", tmp_path))


def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.writing() as connection:
            connection.execute(secrets.insert().values(name="half", value=b"x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.reading() as connection:
        assert connection.execute(secrets.select().where(secrets.c.name == "half")).all() == []


def test_read_decide_write_loses_nothing_between_threads(database: Database) -> None:
    def add_one() -> None:
        for _ in range(25):
            with database.writing() as connection:
                found = connection.execute(_COUNTER).scalar()
                if found is None:
                    connection.execute(secrets.insert().values(name="count", value=b"1"))
                    continue
                grown = str(int(found) + 1).encode()
                connection.execute(
                    secrets.update().where(secrets.c.name == "count").values(value=grown)
                )

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.execute(_COUNTER).scalar() == b"100"


_COUNTER = sa.select(secrets.c.value).where(secrets.c.name == "count")


def test_a_reader_sees_one_moment(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(forgotten)
    with database.reading() as reader:
        before = reader.execute(count).scalar()
        with database.writing() as writer:
            writer.execute(
                forgotten.insert().values(customer_hash=b"m", forgotten_at=datetime.now(UTC))
            )
        assert reader.execute(count).scalar() == before
    with database.reading() as reader:
        assert reader.execute(count).scalar() == (before or 0) + 1


def test_moments_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    moment = datetime(2026, 11, 24, 8, 0, 0, 123456, UTC)
    with database.writing() as connection:
        connection.execute(forgotten.insert().values(customer_hash=b"t", forgotten_at=moment))
        row = connection.execute(forgotten.select().where(forgotten.c.customer_hash == b"t")).one()
    assert row.forgotten_at == moment
    assert row.forgotten_at.tzinfo is not None
    with pytest.raises(ValueError, match="no time zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), None)


def test_the_log_is_empty_after_an_erasure_though_others_have_it_open(tmp_path: Path) -> None:
    one, other = (database_at("sqlite:///kept.db", tmp_path) for _ in range(2))
    migrate(one)
    log = tmp_path / "kept.db-wal"
    with other.writing() as connection:
        connection.execute(secrets.insert().values(name="rare", value=b"x"))
    assert log.stat().st_size > 0
    assert one.emptied_log()
    assert log.stat().st_size == 0
    one.close()
    other.close()


def test_an_embedded_database_is_safe_by_its_settings(tmp_path: Path) -> None:
    database = database_at("sqlite:///kept.db", tmp_path)
    migrate(database)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with database.reading() as connection:
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    assert sqlite3.connect(tmp_path / "kept.db").execute("pragma integrity_check").fetchone()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://x/y", "mysql is not a database we know"),
        ("recommender.db", "is no database URL"),
        ("sqlite://", "needs a file"),
    ],
)
def test_a_wrong_url_says_what_to_write(url: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        database_at(url, tmp_path)


def test_a_database_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    database = database_at("postgresql://me:secret@127.0.0.1:1/none", tmp_path)
    with pytest.raises(ReadWriteError) as caught:
        check_schema(database)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_looking_for_records_makes_no_file(tmp_path: Path) -> None:
    (tmp_path / "recommender.toml").write_text('[purchases]\nsource = "p.csv"\n')
    assert open_records_if_any(load_config(tmp_path / "recommender.toml")) is None
    assert [p.name for p in tmp_path.iterdir()] == ["recommender.toml"]


def test_an_error_does_not_say_what_was_to_be_written(database: Database) -> None:
    failed, words = (sa.exc.DBAPIError, ReadWriteError), token_hex()
    with pytest.raises(failed) as caught, database.reading() as connection:
        connection.execute(sa.text("select no_such(:words)"), {"words": words})
    assert words not in "".join(traceback.format_exception(caught.value))
