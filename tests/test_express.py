"""Lists answered before the framework is asked are the framework's, and never older than it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.caller import ROLES
from service.access.key import Key
from service.app import create_app
from service.known import CUSTOMERS_KEPT, Known
from service.lists import SoundQueries
from service.records.keys import revoke_key
from service.settings import Settings
from tests.callers import bearer, client_of, key_for
from tests.small_release import ODD_CUSTOMER, PROSPECT, STRANGER, publish_small_release

CUSTOMERS = ["C01", ODD_CUSTOMER, PROSPECT, STRANGER, "nobody"]
OF_ONE_REQUEST = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
QUERIES = ["", "n=3", "n=3&kinds=upgrade", "rank_by=value", "exclude=B1,S1&max_price=50"]


@dataclass
class Worker:
    """One of those that share a database, and a client of each role."""

    app: FastAPI
    settings: Settings
    keys: dict[str, Key]

    def of(self, role: str | None) -> TestClient:
        client = client_of(self.app, None)
        client.headers.update(bearer(self.keys[role]) if role else {})
        return client

    def get(self, customer_id: str, query: str = "", role: str | None = "shop") -> Any:
        address = f"/v1/customers/{customer_id.replace('%', '%25')}/suggestions"
        return self.of(role).get(f"{address}?{query}" if query else address)

    @property
    def answered_by_the_framework(self) -> int:
        return int(self.app.state.asked)


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Worker, Worker]]:
    publish_small_release(tmp_path / "releases")
    settings = Settings(releases_directory=tmp_path / "releases", folder=tmp_path)
    apps = [create_app(settings), create_app(settings)]
    for app in apps:
        _count_endpoint_calls(app, monkeypatch)
    with closing(apps[0].state.database), closing(apps[1].state.database):
        keys = {role: key_for(apps[0].state.database, role) for role in ROLES}
        yield Worker(apps[0], settings, keys), Worker(apps[1], settings, keys)


def _count_endpoint_calls(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint tells the sound queries of each call; who answers express does not."""
    app.state.asked = 0
    remember = app.state.queries.remember

    def counted(*given: Any) -> None:
        app.state.asked += 1
        remember(*given)

    monkeypatch.setattr(app.state.queries, "remember", counted)


def everything_of(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in OF_ONE_REQUEST}
    request_id = answer.headers["x-request-id"].encode()
    return answer.status_code, answer.content.replace(request_id, b""), headers


@pytest.mark.parametrize("role", ["shop", "rep", "manager", "admin"])
def test_it_answers_what_the_framework_answers(workers: tuple[Worker, Worker], role: str) -> None:
    fast, _ = workers
    for query in QUERIES:
        for customer_id in CUSTOMERS:
            first = everything_of(fast.get(customer_id, query, role))
            asked = fast.answered_by_the_framework
            again = everything_of(fast.get(customer_id, query, role))
            assert again == first
            if first[0] == 200:
                assert fast.answered_by_the_framework == asked, "not answered express"


def test_refusals_are_the_frameworks(workers: tuple[Worker, Worker]) -> None:
    fast, _ = workers
    assert fast.get("C01", "n=3").status_code == 200
    assert fast.get("C01", "n=3", role=None).status_code == 401
    assert fast.get("nobody", "n=3", role="rep").status_code == 404
    assert fast.get("C01", "n=3&n=4").status_code == 422
    assert fast.get("C01", "n=101").status_code == 422
    address = "/v1/customers/C01/suggestions?n=3"
    assert fast.of("shop").post(address).status_code == 405
    with_body = fast.of("shop").request("GET", address, content=b"{}")
    assert with_body.status_code == 415
    assert fast.of("shop").head(address).content == b""


@pytest.mark.parametrize("path", ["suggestions", "C01%0A/suggestions", "%0A/suggestions"])
def test_an_address_of_no_customer_is_not_taken_for_one(
    workers: tuple[Worker, Worker], path: str
) -> None:
    fast, _ = workers
    assert fast.get("C01").status_code == 200
    assert fast.of("shop").get(f"/v1/customers/{path}").status_code in {404, 405}


def told(worker: Worker) -> TestClient:
    return worker.of("admin")


def test_what_another_worker_took_down_counts_in_the_next_answer(
    workers: tuple[Worker, Worker],
) -> None:
    fast, other = workers
    first = fast.get("C01").json()["suggestions"]
    offered = first[0]["product_id"]
    for trial in range(30):
        said = told(other).post(
            "/v1/customers/C01/complaints", json={"text": f"{trial}", "product_id": offered}
        )
        assert said.status_code == 201
        held = fast.get("C01").json()
        assert offered not in [s["product_id"] for s in held["suggestions"]]
        resolved = {"resolution": "mended"}
        done = told(other).patch(f"/v1/complaints/{said.json()['complaint_id']}", json=resolved)
        assert done.status_code == 200, done.text
        assert fast.get("C01").json()["suggestions"] == first


def test_a_withdrawal_counts_for_the_customer_and_for_whose_peer_it_is(
    workers: tuple[Worker, Worker],
) -> None:
    fast, other = workers
    before = {customer: fast.get(customer).json() for customer in ("C01", "C02")}
    assert before["C01"]["source"] == "personal"
    for granted in (False, True, False):
        body = {"personalisation": granted}
        assert told(other).put("/v1/customers/C01/permissions", json=body).status_code == 200
        assert fast.get("C01").json()["source"] == ("personal" if granted else "popular")
        assert other.get("C02", "n=3").json() == fast.get("C02", "n=3").json()
        # a query nobody asked before is answered by the framework, without what was kept
        expected = fast.get("C02", f"n=8&max_price={10**6 + granted}").json()
        assert fast.get("C02").json()["withheld"] == expected["withheld"]
        assert fast.get("C02").json() == other.get("C02").json()
    assert (
        told(other).put("/v1/customers/C01/permissions", json={"personalisation": True}).is_success
    )
    assert {customer: fast.get(customer).json() for customer in before} == before


def test_a_revoked_key_is_nobodys_at_once(workers: tuple[Worker, Worker]) -> None:
    fast, other = workers
    assert fast.get("C01").status_code == 200
    assert fast.get("C01").status_code == 200
    with other.app.state.database.writing() as connection:
        revoke_key(connection, "shop")
    assert fast.get("C01").status_code == 401


def test_who_is_forgotten_is_unknown_at_once(workers: tuple[Worker, Worker]) -> None:
    fast, other = workers
    assert fast.get("C01").json()["source"] == "personal"
    assert told(other).delete("/v1/customers/C01").is_success
    assert fast.get("C01").json()["fallback_reason"] == "unknown_customer"
    assert fast.get("C01", role="rep").status_code == 404


def test_another_release_is_answered_from_at_once(workers: tuple[Worker, Worker]) -> None:
    fast, _ = workers
    before = fast.get("C01").json()["release"]
    publish_small_release(fast.settings.releases_directory)
    fast.app.state.live.look()
    assert fast.get("C01").json()["release"] != before


def test_memory_is_bounded(workers: tuple[Worker, Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    fast, _ = workers
    known: Known = fast.app.state.known
    assert CUSTOMERS_KEPT >= 1000
    monkeypatch.setattr("service.known.CUSTOMERS_KEPT", 10)
    for number in range(50):
        assert fast.get(f"C{number:02}").status_code == 200
    assert len(known._customers) <= 10
    monkeypatch.setattr("service.known.BYTES_KEPT", 3000)
    for number in range(50):
        fast.get(f"C{number:02}", "n=3")
        fast.get(f"C{number:02}", "n=3")
    assert known._bytes_kept <= 3000
    assert known._bytes_kept == sum(c.bytes_kept for c in known._customers.values())


def test_only_so_many_queries_are_remembered() -> None:
    queries = SoundQueries()
    for number in range(5000):
        queries.remember(b"n=%d" % number, object())  # type: ignore[arg-type]
    queries.remember(b"x" * 10_000, object())  # type: ignore[arg-type]
    assert len(queries.wishes) <= 1000
