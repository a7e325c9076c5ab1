"""A rep sees its own customers; any other is answered as one that does not exist."""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from recommender.errors import UnknownCustomerError
from service.access.caller import Caller
from service.access.scope import customer_of, known_customer_of
from service.live import LiveRelease
from service.pages.formats import path_part
from service.settings import Settings
from tests.callers import REP, client_of, service_of
from tests.small_release import publish_small_release, small_contents


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("scope") / "releases"
    publish_small_release(directory)
    return directory


@pytest.fixture(scope="module")
def client(releases: Path) -> Iterator[TestClient]:
    """The rep's."""
    with service_of(Settings(releases_directory=releases, folder=releases.parent), None) as client:
        yield client_of(client.app, "rep")  # type: ignore[arg-type]


def customers(*, own: bool) -> list[str]:
    everyone = small_contents().customers
    return [key for key, rep in zip(everyone.ids, everyone.rep, strict=True) if own == (rep == REP)]


OWN, FOREIGN = customers(own=True), customers(own=False)

ADDRESSES = [
    "GET /customers/{id}",
    "GET /customers/{id}/survey",
    "POST /customers/{id}/survey",
    "POST /v1/customers/{id}/survey",
    "GET /v1/customers/{id}/suggestions",
    "GET /v1/customers/{id}/suggestions?n=3&kinds=new&rank_by=value",
    "GET /v1/customers/{id}/also-bought",
    "GET /v1/customers/{id}/also-bought?n=20",
    "GET /v1/customers/{id}/brief",
    "GET /v1/customers/{id}/permissions",
    "PUT /v1/customers/{id}/permissions",
    "GET /v1/customers/{id}/preferences",
    "POST /v1/customers/{id}/preferences",
    "GET /v1/customers/{id}/notes",
    "POST /v1/customers/{id}/notes",
    "GET /v1/customers/{id}/complaints",
    "POST /v1/customers/{id}/complaints",
    "POST /v1/events",
    "POST /v1/baskets/suggestions",
    "POST /customers/{id}/outcomes",
    "POST /customers/{id}/notes",
    "POST /customers/{id}/complaints",
    "POST /customers/{id}/complaints/0123456789abcdef",
    "POST /customers/{id}/preferences",
    "POST /customers/{id}/preferences/0123456789abcdef/withdrawal",
    "POST /customers/{id}/permissions",
]
"""Of one customer; whoever adds a route for one adds it here."""
BODIES: dict[str, Any] = {
    "POST /v1/baskets/suggestions": {"customer_id": "{id}", "product_ids": ["S1", "B3"]},
    "PUT /v1/customers/{id}/permissions": {"phone": False},
    "POST /v1/customers/{id}/preferences": {
        "about": "category",
        "value": "Glue",
        "stance": "needs",
    },
    "POST /v1/customers/{id}/survey": {
        "answers": [{"about": "category", "value": "Glue", "stance": "likes"}],
    },
    "POST /v1/customers/{id}/notes": {"text": "Call in May."},
    "POST /v1/customers/{id}/complaints": {"text": "Late."},
    "POST /v1/events": {
        "customer_id": "{id}",
        "product_id": "S1",
        "event": "view",
        "happened_at": "2026-11-20T08:00:00Z",
    },
}
"""JSON for those of them that want some."""
FORMS: dict[str, dict[str, str]] = {
    "POST /customers/{id}/outcomes": {"outcome": "rejected"},
    "POST /customers/{id}/notes": {"text": "Call in May."},
    "POST /customers/{id}/complaints": {"text": "Late."},
    "POST /customers/{id}/complaints/0123456789abcdef": {"acknowledged": "true"},
    "POST /customers/{id}/preferences": {"about": "category", "value": "Glue", "stance": "needs"},
    "POST /customers/{id}/preferences/0123456789abcdef/withdrawal": {},
    "POST /customers/{id}/permissions": {"phone": "false"},
}
"""What the page sends."""
SEARCHES = [
    "GET /v1/customers?query={id}",
    "GET /customers?query={id}",
    "GET /v1/customers?query={id}&rep=Theresa+Roßauer",
    "GET /v1/customers?rep=Theresa+Roßauer&sort=last_bought_on",
    "GET /v1/customers?sort=products_bought&limit=200",
    "GET /customers?limit=200",
    "GET /customers.csv",
    "GET /customers.csv?rep=Theresa+Roßauer&sort=name",
    "GET /v1/customers?cursor={cursor}",
    "GET /customers?cursor={cursor}",
    "GET /",
    "GET /products/S1",
    "GET /products/S1?n=100",
    "GET /products/B4/targets.csv?n=100",
    "GET /v1/products/S1/also-bought?n=50",
    "GET /v1/products/S1/targets?n=100",
    "GET /v1/products/B4/targets?n=100",
    "GET /v1/complaints?overdue=true",
    "GET /v1/outcomes/summary",
    "GET /v1/customers/{id}/export",
    "GET /v1/release",
]
"""That might name several."""


def filled(address: str, customer_id: str) -> str:
    cursor = base64.urlsafe_b64encode(customer_id.encode()).decode().rstrip("=")
    return address.replace("{id}", path_part(customer_id)).replace("{cursor}", cursor)


def ask(client: TestClient, address: str, customer_id: str, **headers: str) -> Response:
    method, path = filled(address, customer_id).split(" ", 1)
    body = BODIES.get(address)
    if body and "customer_id" in body:
        body = body | {"customer_id": customer_id}
    return client.request(method, path, json=body, data=FORMS.get(address), headers=headers)


def said(client: TestClient, address: str, customer_id: str, accept: str) -> tuple[int, str]:
    """Status and body without what differs from request to request anyway."""
    answer = ask(client, address, customer_id, accept=accept)
    body = answer.text.replace(answer.headers["x-request-id"], "REQUEST")
    return answer.status_code, body.replace(path_part(customer_id), "ID")


def probe(client: TestClient, chance: random.Random) -> None:
    """One attempt to tell a customer of others from one that does not exist."""
    foreign, nobody = chance.choice(FOREIGN), f"nobody-{chance.getrandbits(40):x}"
    accept = chance.choice(["text/html", "application/json"])
    address = chance.choice(ADDRESSES + SEARCHES)
    found = said(client, address, foreign, accept)
    assert found[1].count(f"Müller {foreign}<") == found[1].count(f'"Müller {foreign}"') == 0
    if address in ADDRESSES:
        assert found[0] == 404
        assert found == said(client, address, nobody, accept)
        return
    shown = found[1].replace(f'value="{foreign}"', "")  # the search form keeps what was asked
    for other in FOREIGN:
        assert f'"{other}"' not in shown
        assert f'class="id">{other}<' not in shown
        assert f"/customers/{path_part(other)}" not in shown


def test_three_hundred_probes_leak_nothing(client: TestClient) -> None:
    chance = random.Random(1)
    for _ in range(300):
        probe(client, chance)


@pytest.mark.slow
def test_ten_thousand_probes_leak_nothing(client: TestClient) -> None:
    chance = random.Random(2)
    for _ in range(10_000):
        probe(client, chance)


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_time_of_an_answer_does_not_tell(client: TestClient, address: str) -> None:
    """Foreign and unknown side by side, so that whatever else the machine does hits both alike.

    Which comes first is drawn: in strict turns, what happens at every other request (collecting
    garbage of the requests before) hit one of them alone, by a tenth and more.
    """
    chance = random.Random(3)
    took: dict[str, list[int]] = {"foreign": [], "nobody": []}
    for _ in range(400):
        asked = {"foreign": chance.choice(FOREIGN), "nobody": f"C{chance.randint(100, 999)}"}
        for kind, customer_id in chance.sample(list(asked.items()), 2):
            began = time.perf_counter_ns()
            ask(client, address, customer_id)
            took[kind].append(time.perf_counter_ns() - began)
    assert usual(took["foreign"]) == pytest.approx(usual(took["nobody"]), rel=0.1)


def usual(took: list[int]) -> float:
    """The mean of the middle four fifths; a median jumps where answers have two usual times."""
    tenth = len(took) // 10
    return mean(sorted(took)[tenth:-tenth])


def test_the_probes_would_notice_a_leak(client: TestClient) -> None:
    manager = client_of(client.app, "manager")  # type: ignore[arg-type]
    caught = 0
    for seed in range(40):
        try:
            probe(manager, random.Random(seed))
        except AssertionError:
            caught += 1
    assert caught > 20


def test_a_rep_gets_all_about_its_own(client: TestClient) -> None:
    listed = client.get("/v1/customers?limit=200").json()["customers"]
    assert sorted(c["customer_id"] for c in listed) == sorted(OWN)
    for customer_id in OWN:
        for address in ADDRESSES:
            if address not in FORMS:
                assert ask(client, address, customer_id).status_code < 300
    assert f"{len(OWN)}</strong> customers" in client.get("/").text


def test_the_filter_by_another_rep_finds_nothing_and_names_none(client: TestClient) -> None:
    found = client.get("/v1/customers", params={"rep": "Theresa Roßauer"}).json()
    assert found == {"customers": [], "next": None}
    assert "Theresa" not in client.get("/customers").text


def test_customers_of_nobody_are_no_reps_own(releases: Path) -> None:
    live = LiveRelease(releases, verified=False).in_use
    of_nobody = live.release.customers.ids.position(OWN[0])
    assert of_nobody is not None
    for rep in ("", None):
        with pytest.raises(UnknownCustomerError):
            customer_of(Caller("x", "rep", rep), live, OWN[0])
    without_reps = publish_without_reps(releases.parent / "others")
    for role, sees in {"rep": False, "manager": True, "admin": True}.items():
        caller = Caller("x", role, REP if role == "rep" else None)  # type: ignore[arg-type]
        try:
            customer_of(caller, without_reps.in_use, OWN[0])
        except UnknownCustomerError:
            assert not sees
        else:
            assert sees


def publish_without_reps(directory: Path) -> LiveRelease:
    contents = small_contents()
    nobody = type(contents.customers.rep).of([""] * len(contents.customers.ids))
    publish_small_release(
        directory, replace(contents, customers=replace(contents.customers, rep=nobody))
    )
    return LiveRelease(directory, verified=False)


def test_the_shop_may_ask_for_whoever_there_is_and_whoever_there_is_not(releases: Path) -> None:
    live, shop = LiveRelease(releases, verified=False).in_use, Caller("web", "shop")
    assert customer_of(shop, live, FOREIGN[0]) is not None
    assert customer_of(shop, live, "nobody") is None
    with pytest.raises(UnknownCustomerError):
        known_customer_of(shop, live, "nobody")
