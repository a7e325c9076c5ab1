"""Export and erasure over HTTP: at once and everywhere as if the customer had never been."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from recommender.release.publish import training_lock
from recommender.release.shelf import Shelf
from service.app import create_app
from service.erasure.forget import forget
from service.erasure.holdings import Holdings
from service.live import LiveRelease
from service.records.forgotten import forget_customer
from service.settings import Settings
from tests.callers import client_of
from tests.small_release import HTML_CUSTOMER, ODD_CUSTOMER, publish_small_release

GONE = "C05"
HEADERS = {"accept": "text/html"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    publish_small_release(tmp_path / "releases")
    settings = Settings(
        releases_directory=tmp_path / "releases",
        folder=tmp_path,
        sources={"purchases": "purchases.csv"},
    )
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with client_of(app, "admin") as found:
        yield found


def is_unknown(client: TestClient, customer_id: str) -> bool:
    """By every way a customer can be asked for; raises where they do not agree."""
    key = quote(customer_id, safe="")
    found = client.get(f"/v1/customers/{key}/suggestions")
    also = client.get(f"/v1/customers/{key}/also-bought")
    everyone = [c["customer_id"] for c in client.get("/v1/customers?limit=200").json()["customers"]]
    searched = client.get("/v1/customers", params={"query": customer_id}).json()["customers"]
    page = client.get("/customers", params={"query": customer_id}, headers=HEADERS).text
    told = {
        found.status_code == 404,
        also.status_code == 404,
        customer_id not in everyone,
        customer_id not in [c["customer_id"] for c in searched],
        f'href="/customers/{key}"' not in page,
        client.get(f"/customers/{key}", headers=HEADERS).status_code == 404,
    }
    assert len(told) == 1, "the ways of asking do not agree"
    return told.pop()


def test_an_erased_customer_is_unknown_everywhere_and_others_are_not(client: TestClient) -> None:
    assert not is_unknown(client, GONE)
    answer = client.delete(f"/v1/customers/{GONE}")
    assert answer.status_code == 200
    assert len(answer.json()["removed"]["releases"]) == 1
    assert is_unknown(client, GONE)
    assert not is_unknown(client, "C06")
    assert len(client.get("/v1/customers?limit=200").json()["customers"]) == 29


def test_the_answer_is_that_of_an_unknown_customer(app: FastAPI, client: TestClient) -> None:
    client.delete(f"/v1/customers/{GONE}")
    shop = client_of(app, "shop")
    answers = [shop.get(f"/v1/customers/{key}/suggestions").json() for key in (GONE, "C99")]
    for answer in answers:
        del answer["customer_id"], answer["recommendation_id"]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("customer_id", [GONE, ODD_CUSTOMER, HTML_CUSTOMER])
def test_a_worker_obeys_before_it_has_the_rewritten_release(
    app: FastAPI, client: TestClient, customer_id: str
) -> None:
    assert not is_unknown(client, customer_id)
    name = client.get("/v1/release").json()["name"]
    with app.state.database.writing() as connection:
        forget_customer(connection, customer_id)
    assert is_unknown(client, customer_id)
    assert not is_unknown(client, "C06")
    assert client.get("/v1/release").json()["name"] == name
    assert app.state.live.is_forgotten(customer_id)
    assert not app.state.live.is_forgotten("C06")


def test_another_worker_has_the_rewritten_release_within_a_second(
    app: FastAPI, client: TestClient, tmp_path: Path
) -> None:
    holdings = Holdings(app.state.database, tmp_path / "releases", tmp_path, {})
    receipt = forget(holdings, GONE, by="another worker")
    wanted = receipt["removed"]["releases"][0]["rewritten_to"]
    until = time.monotonic() + 4
    while client.get("/v1/release").json()["name"] != wanted:
        assert is_unknown(client, GONE)
        assert time.monotonic() < until, "the rewritten release is not taken into use"
    assert is_unknown(client, GONE)


def test_export_tells_what_is_held_until_it_is_erased(client: TestClient) -> None:
    key = quote(ODD_CUSTOMER, safe="")
    found = client.get(f"/v1/customers/{key}/export").json()
    assert found["customer_id"] == ODD_CUSTOMER
    assert found["known"]["purchases"]
    assert found["derived"]["suggestions"]["suggestions"]
    assert found["lies_also_in"]["sources"] == {"purchases": "purchases.csv"}
    assert client.delete(f"/v1/customers/{key}").status_code == 200
    answer = client.get(f"/v1/customers/{key}/export")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")


def test_what_is_derived_obeys_what_was_said(client: TestClient) -> None:
    address = f"/v1/customers/{GONE}"
    wish = f"{address}/suggestions?n=50"
    before = client.get(wish).json()["suggestions"]
    disliked = {"about": "product", "value": before[0]["product_id"], "stance": "dislikes"}
    answer = client.post(f"{address}/preferences", json=disliked | {"source": "talk"})
    assert answer.status_code == 201
    derived = client.get(f"{address}/export").json()["derived"]
    assert derived["suggestions"]["suggestions"] == client.get(wish).json()["suggestions"]
    listed = [s["product_id"] for s in derived["suggestions"]["suggestions"]]
    assert disliked["value"] not in listed
    assert {"observed", "lifetime", "rhythm", "potential", "product_rhythms"} <= derived.keys()


def test_without_permission_nothing_is_derived_for_an_export(client: TestClient) -> None:
    client.put(f"/v1/customers/{GONE}/permissions", json={"personalisation": False})
    found = client.get(f"/v1/customers/{GONE}/export").json()
    assert list(found["derived"]) == ["withheld"]
    assert found["known"]["purchases"]


def test_a_running_training_answers_busy_and_nothing_is_done(
    client: TestClient, tmp_path: Path
) -> None:
    before = Shelf(tmp_path / "releases").names()
    with training_lock(tmp_path / "releases"):
        answer = client.delete(f"/v1/customers/{GONE}")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0
    assert str(tmp_path) not in answer.text
    assert not is_unknown(client, GONE)
    assert Shelf(tmp_path / "releases").names() == before


@pytest.mark.parametrize("path", ["/v1/customers/a%00b", "/v1/customers/"])
def test_what_can_be_no_id_is_refused(client: TestClient, path: str) -> None:
    answer = client.delete(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_nobody_forgotten_costs_no_copy(tmp_path: Path) -> None:
    publish_small_release(tmp_path / "releases")
    live = LiveRelease(tmp_path / "releases", verified=True)
    assert live.now() is live.in_use
