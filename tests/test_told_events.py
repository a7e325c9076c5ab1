"""Events: what happens is written down as it happens, all of it or nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.records.database import Database
from service.records.schema import events
from service.records.times import now
from tests.small_release import ODD_PRODUCT
from tests.telling import OF_JONAS, OF_THERESA, as_

VIEW: dict[str, Any] = {
    "customer_id": "C01",
    "visitor_id": None,
    "product_id": "B1",
    "event": "view",
    "quantity": 1,
    "happened_at": "2026-11-20T08:30:00+02:00",
}


def send(service: TestClient, body: Any, who: str = "shop") -> Any:
    headers = {"content-type": "application/json", **as_(who)}
    return service.post("/v1/events", content=json.dumps(body), headers=headers)


def kept(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(events).order_by(events.c.sequence)))


def test_one_event_or_a_list_of_them(service: TestClient, database: Database) -> None:
    assert send(service, VIEW).json() == {"recorded": 1}
    many = [VIEW | {"event": name, "product_id": ODD_PRODUCT} for name in ("cart", "purchase")]
    answer = send(service, many)
    assert (answer.status_code, answer.json()) == (201, {"recorded": 2})
    rows = kept(database)
    assert [row.event for row in rows] == ["view", "cart", "purchase"]
    assert rows[0].happened_at.isoformat() == "2026-11-20T06:30:00+00:00"
    assert {row.recorded_by for row in rows} == {"web shop"}


def test_a_thousand_at_once_fit(service: TestClient, database: Database) -> None:
    assert send(service, [VIEW] * 1000).json() == {"recorded": 1000}
    assert len(kept(database)) == 1000
    assert send(service, [VIEW] * 1001).status_code == 422


def test_one_that_is_wrong_keeps_all_out(service: TestClient, database: Database) -> None:
    answer = send(service, [VIEW, VIEW | {"product_id": "none"}, VIEW | {"product_id": "B99"}])
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == ["1.product_id", "2.product_id"]
    assert send(service, [VIEW, VIEW | {"event": "sale"}]).status_code == 422
    assert kept(database) == []


def test_a_visitor_nobody_knows_is_enough(service: TestClient, database: Database) -> None:
    visitor = VIEW | {"customer_id": None, "visitor_id": "cookie 7"}
    assert send(service, visitor).status_code == 201
    assert send(service, VIEW | {"customer_id": None}).status_code == 422
    assert [row.visitor_id for row in kept(database)] == ["cookie 7"]


def test_a_customer_the_release_does_not_know_yet_counts(service: TestClient) -> None:
    assert send(service, VIEW | {"customer_id": "brand new"}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("happened_at", "2026-11-20T08:30:00"),
        ("happened_at", "2026-11-20"),
        ("happened_at", 1795000000),
        ("happened_at", "0001-01-01T00:00:00+14:00"),
        ("happened_at", "9999-12-31T23:59:59-12:00"),
        ("happened_at", "2999-01-01T00:00:00+00:00"),
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", "1"),
        ("quantity", True),
        ("quantity", float("nan")),
        ("quantity", 10**400),
        ("customer_id", ""),
        ("customer_id", "\udfff"),
        ("customer_id", "a\x00"),
        ("visitor_id", "x" * 201),
        ("price", 3),
    ],
)
def test_a_field_that_is_wrong_is_named(
    service: TestClient, database: Database, field: str, value: Any
) -> None:
    answer = send(service, VIEW | {field: value})
    assert answer.status_code == 422, answer.text
    assert [e["name"] for e in answer.json()["errors"]] == [f"0.{field}"]
    assert kept(database) == []


def test_a_clock_may_be_five_minutes_ahead(service: TestClient) -> None:
    ahead = (now() + timedelta(minutes=4)).isoformat()
    assert send(service, VIEW | {"happened_at": ahead}).status_code == 201


def test_a_rep_tells_of_its_own_customers_alone(service: TestClient, database: Database) -> None:
    both = [VIEW | {"customer_id": OF_JONAS}, VIEW | {"customer_id": OF_THERESA}]
    assert send(service, both, "jonas").status_code == 404
    assert kept(database) == []
    assert send(service, both[0], "jonas").status_code == 201


@pytest.mark.parametrize("body", ["[" * 50_000, "{", '{"a": 1', "9" * 10_000, '"\\ud800"', "[]"])
def test_what_is_no_event_at_all_is_refused(service: TestClient, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = service.post("/v1/events", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_field_is_not_said_back(service: TestClient) -> None:
    for name in ("<script>", "\ud800", "\x00", "ä"):
        answer = send(service, VIEW | {name: "secret"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["name"] in ("0.?", "0")
        assert "secret" not in answer.text
