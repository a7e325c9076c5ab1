"""What the database holds about one customer, read and removed alike on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from service.erasure.records import erase_records, records_of, tables_about_customers
from service.records.database import Database
from service.records.schema import answered, audit, events, metadata

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
VIEW = {"product_id": "P1", "event": "view", "quantity": 1.0, "happened_at": AT}
SHOP = {"recorded_by": "shop", "recorded_at": AT}


def add_event(connection: sa.Connection, customer_id: str | None, visitor_id: str | None) -> None:
    row = VIEW | SHOP | {"customer_id": customer_id, "visitor_id": visitor_id}
    connection.execute(events.insert().values(row))


def add_answer(connection: sa.Connection, key: str, customer_id: str | None, body: bytes) -> None:
    row = {"caller": "shop", "idempotency_key": key, "request_hash": b"h", "status": 201}
    row |= {"body": body, "customer_id": customer_id, "recorded_at": AT}
    connection.execute(answered.insert().values(row))


def test_every_table_is_either_about_customers_or_known_not_to_be() -> None:
    others = {"keys", "sessions", "forgotten", "secrets", "lists", "products"}
    assert {t.name for t in metadata.sorted_tables} - others == {
        table.name for table in tables_about_customers()
    }


def test_a_visitor_that_became_a_customer_goes_with_it(database: Database) -> None:
    with database.writing() as connection:
        for customer_id, visitor_id in ((None, "v"), ("A", "v"), ("B", "v"), (None, "w")):
            add_event(connection, customer_id, visitor_id)
        add_event(connection, None, None)
        assert len(records_of(connection, "A")["events"]) == 2
        assert erase_records(connection, "A", b"hash").removed == {"events": 2}
        left = connection.execute(sa.select(events.c.customer_id, events.c.visitor_id)).all()
    assert sorted(map(str, left)) == ["('B', 'v')", "(None, 'w')", "(None, None)"]


def test_answers_that_hold_the_id_go_wherever_they_are_filed(database: Database) -> None:
    with database.writing() as connection:
        add_answer(connection, "own", "ü1", b"{}")
        add_answer(connection, "unfiled", None, '{"customer_id":"ü1"}'.encode())
        add_answer(connection, "escaped", None, b'{"customer_id":"\\u00fc1"}')
        add_answer(connection, "longer", None, '{"customer_id":"ü10"}'.encode())
        assert len(records_of(connection, "ü1")["answered"]) == 3
        assert erase_records(connection, "ü1", b"hash").removed == {"answered": 3}
        left = connection.execute(sa.select(answered.c.idempotency_key)).scalars().all()
    assert left == ["longer"]


def test_the_audit_keeps_what_was_done_about_the_hash(database: Database) -> None:
    with database.writing() as connection:
        for customer_id, about in (("A", "c1"), (None, "A"), ("B", "c2")):
            row = {"at": AT, "caller": "rep", "action": "file", "noun": "complaint"}
            row |= {"customer_id": customer_id, "about": about}
            connection.execute(audit.insert().values(row))
        erased = erase_records(connection, "A", b"\x01\xff")
        left = connection.execute(sa.select(audit.c.customer_id, audit.c.about)).all()
    assert (erased.removed, erased.anonymous) == ({}, 2)
    assert sorted(map(tuple, left), key=str) == [("B", "c2"), (None, "01ff"), (None, "01ff")]
