"""A request that is sent again is answered again, and not done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.records.answered import KEPT
from service.records.database import Database
from service.records.schema import answered, complaints, events, metadata, permissions, preferences
from service.records.times import now
from tests.telling import as_

KEY = {"idempotency-key": "order 4711, first try"}
EVENT = {
    "customer_id": "C01",
    "product_id": "B1",
    "event": "purchase",
    "happened_at": "2026-11-20T08:30:00Z",
}
Write = tuple[str, str, Any, sa.Table]
WRITES: list[Write] = [
    ("PUT", "/v1/customers/C01/permissions", {"phone": False}, permissions),
    (
        "POST",
        "/v1/customers/C01/preferences",
        {"about": "product", "value": "B1", "stance": "likes"},
        preferences,
    ),
    ("POST", "/v1/customers/C01/complaints", {"text": "Late."}, complaints),
    ("POST", "/v1/events", EVENT, events),
]


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("write", WRITES, ids=lambda w: w[3].name)
def test_the_same_request_with_the_same_key_is_done_once(
    service: TestClient, database: Database, write: Write
) -> None:
    method, address, body, table = write
    first, *others = (service.request(method, address, json=body, headers=KEY) for _ in range(3))
    assert first.status_code in (200, 201)
    assert "idempotent-replayed" not in first.headers
    for other in others:
        assert (other.status_code, other.content) == (first.status_code, first.content)
        assert other.headers["idempotent-replayed"] == "true"
        assert other.headers["content-type"] == "application/json"
    assert count(database, table) == 1


@pytest.mark.parametrize("write", WRITES, ids=lambda w: w[3].name)
def test_without_a_key_each_request_is_another_one(
    service: TestClient, database: Database, write: Write
) -> None:
    method, address, body, table = write
    for _ in range(2):
        service.request(method, address, json=body)
    assert count(database, table) == 2


def test_a_key_stands_for_one_request(service: TestClient, database: Database) -> None:
    assert service.post("/v1/events", json=EVENT, headers=KEY).status_code == 201
    for other in (
        service.post("/v1/events", json=EVENT | {"quantity": 2}, headers=KEY),
        service.post("/v1/customers/C01/complaints", json={"text": "x"}, headers=KEY),
    ):
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (count(database, events), count(database, complaints)) == (1, 0)


def test_keys_of_two_callers_have_nothing_to_do_with_each_other(
    service: TestClient, database: Database
) -> None:
    for who in ("shop", "admin"):
        answer = service.post("/v1/events", json=EVENT, headers=KEY | as_(who))
        assert "idempotent-replayed" not in answer.headers
    assert count(database, events) == 2


def test_what_was_refused_may_be_corrected_under_the_same_key(service: TestClient) -> None:
    address = "/v1/preferences/0123456789abcdef"
    assert service.delete(address, headers=KEY).status_code == 404
    assert service.post("/v1/events", json=EVENT, headers=KEY).status_code == 201


def test_a_withdrawal_sent_again_is_answered_as_before(service: TestClient) -> None:
    _, address, body, _ = WRITES[1]
    found = service.post(address, json=body).json()
    address = f"/v1/preferences/{found['preference_id']}"
    answers = [service.delete(address, headers=KEY) for _ in range(2)]
    assert [(a.status_code, a.content) for a in answers] == [(204, b"")] * 2
    assert answers[1].headers["idempotent-replayed"] == "true"


def test_after_a_day_the_key_is_free_again(service: TestClient, database: Database) -> None:
    service.post("/v1/events", json=EVENT, headers=KEY)
    long_ago = now() - KEPT - timedelta(seconds=1)
    with database.writing() as connection:
        connection.execute(answered.update().values(recorded_at=long_ago))
    answer = service.post("/v1/events", json=EVENT | {"quantity": 2}, headers=KEY)
    assert answer.status_code == 201
    assert (count(database, answered), count(database, events)) == (1, 2)


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "ä"])
def test_a_key_is_short_and_printable(service: TestClient, key: str) -> None:
    headers = {"idempotency-key": key.encode()}
    answer = service.post("/v1/events", json=EVENT, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "header"


def test_what_fails_after_it_was_written_leaves_neither_write_nor_answer(
    service: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.api.telling.keep_answer", fail)
    for _, address, body, _ in WRITES[1:]:
        assert service.post(address, json=body, headers=KEY).status_code == 500
    kept = [table for table in metadata.sorted_tables if table.name != "keys"]
    assert [table.name for table in kept if count(database, table)] == []
