"""Who was forgotten is known by a keyed hash alone, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from service.records.database import Database
from service.records.forgotten import (
    NOBODY,
    forget_customer,
    is_forgotten,
    read_forgotten,
)
from service.records.schema import forgotten, secrets


def test_a_forgotten_customer_is_known_again_and_no_other(database: Database) -> None:
    with database.writing() as connection:
        assert not is_forgotten(connection, "00123")
        forget_customer(connection, "00123")
    with database.reading() as connection:
        assert is_forgotten(connection, "00123")
        assert not is_forgotten(connection, "123")
        everyone = read_forgotten(connection)
        assert [c for c in ("123", "00123", "NA") if c in everyone] == ["00123"]


def test_forgetting_twice_leaves_one_hash_and_one_key(database: Database) -> None:
    hashes = set()
    for _ in range(2):
        with database.writing() as connection:
            hashes.add(forget_customer(connection, "A 1/ü"))
    with database.reading() as connection:
        rows = connection.execute(forgotten.select()).all()
        keys = connection.execute(sa.select(secrets.c.value)).scalars().all()
    assert [row.customer_hash for row in rows] == list(hashes)
    assert [len(key) for key in keys] == [32]


def test_the_id_cannot_be_read_from_what_is_kept(database: Database) -> None:
    with database.writing() as connection:
        hashed = forget_customer(connection, "RARE-4711")
    assert b"4711" not in hashed
    assert len(hashed) == 32


def test_what_is_known_is_brought_up_to_date_and_stays_the_same_without_news(
    database: Database,
) -> None:
    with database.writing() as connection:
        forget_customer(connection, "first")
    with database.reading() as connection:
        known = read_forgotten(connection)
        assert read_forgotten(connection, known) is known
    with database.writing() as connection:
        forget_customer(connection, "second")
    with database.reading() as connection:
        grown = read_forgotten(connection, known)
    assert ["first" in known, "second" in known] == [True, False]
    assert ["first" in grown, "second" in grown, "third" in grown] == [True, True, False]
    assert "first" not in NOBODY
