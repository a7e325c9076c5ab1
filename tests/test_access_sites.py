"""Requests that another site makes a browser send, and headers that only a proxy may write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from recommender.config import ProxySection
from service.app import create_app
from service.settings import Settings
from tests.callers import ADDRESS, bearer, client_of, key_for
from tests.small_release import publish_small_release

PROXY = "10.0.0.1"
COOKIE = {"cookie": "recommender_session=whatever"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    directory: Path = tmp_path_factory.mktemp("sites") / "releases"
    publish_small_release(directory)
    proxy = ProxySection(header="X-Remote-User", addresses=(PROXY,))
    app = create_app(Settings(releases_directory=directory, folder=directory.parent, proxy=proxy))
    key_for(app.state.database, "manager", name="jo@example.com")
    with client_of(app, None):
        yield app


def coming_from(app: FastAPI, address: str) -> TestClient:
    return TestClient(app, ADDRESS, follow_redirects=False, client=(address, 50_000))


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": ADDRESS}, True),
        ({"origin": ADDRESS}, False),
        ({"origin": ADDRESS.replace("http:", "https:")}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": f"{ADDRESS}.evil.example"}, True),
        ({"origin": "null"}, True),
        ({}, True),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/sign-out", "/v1/release", "/nothing"])
def test_what_carries_a_cookie_must_come_from_a_page_of_ours(
    app: FastAPI, headers: dict[str, str], refused: bool, method: str, address: str
) -> None:
    answer = client_of(app, None).request(method, address, headers=COOKIE | headers)
    assert (answer.status_code == 403) == refused
    assert not refused or answer.json()["code"] == "cross_site"


def test_a_key_beside_a_cookie_does_not_help(app: FastAPI) -> None:
    assert client_of(app).post("/v1/release", headers=COOKIE).status_code == 403


def test_a_key_alone_needs_no_page(app: FastAPI) -> None:
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://shop.example"}
    assert client_of(app).post("/v1/release", headers=foreign).status_code == 405


def test_nobody_is_signed_in_by_another_site(app: FastAPI) -> None:
    form = {"key": key_for(app.state.database, "rep", name="of the attacker").shown}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = client_of(app, None).post("/sign-in", data=form, headers=headers)
        assert answer.status_code == 403
    assert client_of(app, None).post("/sign-in", data=form).status_code == 303


def test_reading_is_never_refused_for_its_site(app: FastAPI) -> None:
    answer = client_of(app).get("/customers", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_must_say_that_it_is_json(app: FastAPI, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = client_of(app).request("GET", "/v1/release", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_media_type")


@pytest.mark.parametrize(
    ("peer", "named", "status"),
    [
        (PROXY, ["jo@example.com"], 200),
        (f"::ffff:{PROXY}", ["jo@example.com"], 200),
        (PROXY, ["nobody"], 401),
        (PROXY, [""], 401),
        (PROXY, [], 401),
        (PROXY, ["jo@example.com", "jo@example.com"], 401),
        ("10.0.0.2", ["jo@example.com"], 401),
        ("127.0.0.1", ["jo@example.com"], 401),
        ("testclient", ["jo@example.com"], 401),
    ],
)
def test_the_header_counts_only_from_the_proxy(
    app: FastAPI, peer: str, named: list[str], status: int
) -> None:
    headers = [("X-Remote-User", name) for name in named]
    assert coming_from(app, peer).get("/v1/release", headers=headers).status_code == status


def test_the_proxy_may_name_anyone(app: FastAPI) -> None:
    key_for(app.state.database, "manager", name="Jörg Šimić")
    proxy = coming_from(app, PROXY)
    for name, status in {"Jörg Šimić": 200, "Jörg": 401}.items():
        answer = proxy.get("/v1/release", headers={b"X-Remote-User": name.encode()})  # type: ignore[arg-type]
        assert answer.status_code == status
    assert proxy.get("/v1/release", headers={b"X-Remote-User": b"\xff"}).status_code == 401  # type: ignore[dict-item]


def test_the_proxy_signs_nobody_in_with_the_key_of_a_widget(app: FastAPI) -> None:
    key_for(app.state.database, "widget", name="in a page")
    named = {"X-Remote-User": "in a page", "origin": ADDRESS}
    for address in ("/v1/release", "/v1/products/B1/also-bought"):
        assert coming_from(app, PROXY).get(address, headers=named).status_code == 401


def test_a_key_counts_before_what_the_proxy_says(app: FastAPI) -> None:
    shop = bearer(key_for(app.state.database, "shop", name="the shop"))
    proxy = coming_from(app, PROXY)
    proxy.headers["X-Remote-User"] = "jo@example.com"
    assert proxy.get("/v1/release").status_code == 200
    assert proxy.get("/v1/release", headers=shop).status_code == 403
    assert proxy.get("/v1/release", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert proxy.get("/v1/release", headers={"authorization": "Basic am86cHc="}).status_code == 200


def test_what_the_proxy_signs_needs_a_page_of_ours_too(app: FastAPI) -> None:
    proxy = coming_from(app, PROXY)
    proxy.headers["X-Remote-User"] = "jo@example.com"
    assert proxy.post("/sign-out").status_code == 403
    assert proxy.post("/sign-out", headers={"origin": ADDRESS}).status_code == 303


def test_the_proxy_says_whether_callers_come_by_https(app: FastAPI) -> None:
    form = {"key": key_for(app.state.database, "manager", name="by https").shown}
    headers = {"x-forwarded-proto": "https"}
    for peer, secure in {PROXY: True, "10.0.0.2": False}.items():
        answer = coming_from(app, peer).post("/sign-in", data=form, headers=headers)
        assert answer.headers["set-cookie"].startswith("__Host-") == secure


def test_many_people_behind_one_proxy_do_not_wait_for_one_another(app: FastAPI) -> None:
    def statuses(peer: str) -> set[int]:
        return {
            coming_from(app, peer)
            .post("/sign-in", data={"key": "x"}, headers={"x-forwarded-for": f"9.9.9.9, 1.1.1.{n}"})
            .status_code
            for n in range(20)
        }

    assert statuses(PROXY) == {401}
    assert statuses("10.0.0.3") == {401, 429}
