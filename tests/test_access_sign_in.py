"""Signing in on the page: sessions kept here, cookies that only come back to us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.access.address import safe_next
from service.access.key import Key
from service.access.throttle import MOST_WRONG, Throttle
from service.pages.formats import path_part
from service.records import sessions
from service.records.database import Database
from service.records.keys import revoke_key
from service.records.sessions import begin_session, find_session
from service.settings import Settings
from tests.callers import bearer, client_of, key_for, service_of
from tests.small_release import ODD_CUSTOMER, publish_small_release

COOKIE = "recommender_session"
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Of nobody yet."""
    yield from nobody(tmp_path)


def nobody(folder: Path, **more: bool) -> Iterator[TestClient]:
    publish_small_release(folder / "releases")
    settings = Settings(releases_directory=folder / "releases", folder=folder, **more)
    with service_of(settings, None) as found:
        yield found


@pytest.fixture
def key(client: TestClient) -> Key:
    return key_for(database_of(client), "manager")


def database_of(client: TestClient) -> Database:
    database: Database = client.app.state.database  # type: ignore[attr-defined]
    return database


def sign_in(client: TestClient, shown: str, following: str = "/", **headers: str) -> int:
    form = {"key": shown, "next": following}
    return client.post("/sign-in", data=form, headers=OURS | headers).status_code


def test_a_session_serves_pages_and_json(client: TestClient, key: Key) -> None:
    assert sign_in(client, key.shown) == 303
    assert client.get("/customers").status_code == 200
    assert client.get("/v1/customers/C01/suggestions").status_code == 200
    assert 'action="/sign-out"' in client.get("/customers").text


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, key: Key) -> None:
    answer = client.post("/sign-in", data={"key": key.shown}, headers=OURS)
    assert answer.headers["location"] == "/"
    written = answer.headers["set-cookie"].lower()
    assert written.startswith(f"{COOKIE}=")
    for part in ("httponly", "samesite=lax", "path=/", "max-age=43200"):
        assert part in written
    assert "secure" not in written


def test_behind_tls_the_cookie_goes_by_https_only(tmp_path: Path) -> None:
    for client in nobody(tmp_path, tls=True):
        key = key_for(database_of(client), "manager")
        answer = client.post("/sign-in", data={"key": key.shown}, headers=OURS)
        written = answer.headers["set-cookie"]
        assert written.startswith(f"__Host-{COOKIE}=")
        assert "; Secure" in written
        token = written.split("=", 1)[1].split(";")[0]
        for name, status in {f"__Host-{COOKIE}": 200, COOKIE: 401}.items():
            client.cookies.clear()
            answer = client.get("/customers", headers={"cookie": f"{name}={token}"})
            assert answer.status_code == status


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(
    client: TestClient, key: Key
) -> None:
    sign_in(client, key.shown)
    first = client.cookies[COOKIE]
    sign_in(client, key.shown)
    assert client.cookies[COOKIE] != first
    with database_of(client).reading() as connection:
        assert find_session(connection, first) is None
        assert find_session(connection, client.cookies[COOKIE])


def test_a_planted_token_is_not_taken_over(client: TestClient, key: Key) -> None:
    client.cookies.set(COOKIE, "planted", domain="127.0.0.1", path="/")
    assert sign_in(client, key.shown) == 303
    assert "planted" not in client.cookies[COOKIE]


def test_cookies_of_others_do_not_hide_ours(client: TestClient, key: Key) -> None:
    sign_in(client, key.shown)
    cookies = f'a[b]=c; x; =y; q="; {COOKIE}={client.cookies[COOKIE]}; {{json}}=[1,"2"]'
    client.cookies.clear()
    assert client.get("/customers", headers={"cookie": cookies}).status_code == 200


def test_signing_out_ends_the_session_for_whoever_copied_it(client: TestClient, key: Key) -> None:
    sign_in(client, key.shown)
    copied = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    assert client.post("/sign-out", headers=OURS).headers["location"] == "/sign-in"
    assert COOKIE not in client.cookies
    assert client.get("/customers", headers=copied).status_code == 401


def test_revoking_the_key_ends_its_sessions_at_once(client: TestClient, key: Key) -> None:
    sign_in(client, key.shown)
    with database_of(client).writing() as connection:
        assert revoke_key(connection, "manager")
    assert client.get("/customers").status_code == 401
    assert sign_in(client, key.shown) == 401


def test_a_session_expires(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    key_for(database, "manager")
    with database.writing() as connection:
        token = begin_session(connection, "manager")
    at = sessions.now()
    for hours, lives in {11: True, 13: False}.items():
        monkeypatch.setattr(sessions, "now", lambda hours=hours: at + timedelta(hours=hours))
        with database.reading() as connection:
            assert (find_session(connection, token) is not None) == lives


def test_tokens_and_keys_are_nowhere_in_the_database(
    client: TestClient, key: Key, tmp_path: Path
) -> None:
    sign_in(client, key.shown)
    token = client.cookies[COOKIE]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("recommender.db*"))
    assert key.key_id.encode() in kept
    assert token.encode() not in kept
    assert key.shown[12:30].encode() not in kept


UNKNOWN_HERE = Key("Nobody01", "n" * 43).shown
"""A key that could be ours, and is not."""


@pytest.mark.parametrize("shown", ["", "rec_wrong", UNKNOWN_HERE, "x" * 5000, "schlüssel\0"])
def test_a_wrong_key_gets_the_page_again(client: TestClient, shown: str) -> None:
    answer = client.post("/sign-in", data={"key": shown, "next": "/customers"}, headers=OURS)
    assert answer.status_code == 401
    assert "not known here" in answer.text
    assert 'value="/customers"' in answer.text
    assert "set-cookie" not in answer.headers


def test_what_is_no_form_is_a_wrong_key(client: TestClient, key: Key) -> None:
    for more in (
        {"json": {"key": key.shown}},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"data": {f"field{n}": "x" for n in range(50)} | {"key": key.shown}},
    ):
        assert client.post("/sign-in", **more).status_code == 401  # type: ignore[arg-type]


def test_who_tries_many_keys_has_to_wait(client: TestClient, key: Key) -> None:
    assert [sign_in(client, "rec_wrong") for _ in range(MOST_WRONG)] == [401] * MOST_WRONG
    answer = client.post("/sign-in", data={"key": key.shown}, headers=OURS)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert client.get("/docs", headers=bearer(key)).status_code == 200


def test_the_throttle_forgets_in_time_and_remembers_few(monkeypatch: pytest.MonkeyPatch) -> None:
    throttle, clock = Throttle(), [1000.0]
    monkeypatch.setattr("service.access.throttle.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("service.access.throttle.ADDRESSES", 3)
    for _ in range(MOST_WRONG):
        throttle.was_wrong("a")
    assert throttle.seconds_to_wait("a") > 0
    assert throttle.seconds_to_wait("b") == 0
    clock[0] += 61
    assert throttle.seconds_to_wait("a") == 0
    for address in "bcde":
        throttle.was_wrong(address)
    assert len(throttle._wrong) == 3


def test_sign_ins_are_in_the_audit_log(client: TestClient, key: Key) -> None:
    sign_in(client, key.shown)
    client.post("/sign-out", headers=OURS)
    admin = client_of(client.app, "admin")  # type: ignore[arg-type]
    first = admin.get("/v1/audit?limit=1").json()
    second = admin.get(f"/v1/audit?limit=1&cursor={first['next']}").json()
    found = [(e["caller"], e["action"], e["noun"]) for e in first["entries"] + second["entries"]]
    assert found == [("manager", "signed out", "session"), ("manager", "signed in", "session")]
    assert second["next"] is None


def test_who_is_signed_in_is_led_on(client: TestClient, key: Key) -> None:
    sign_in(client, key.shown)
    answer = client.get("/sign-in?next=/customers")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers")


def test_the_shop_is_led_to_the_documentation(client: TestClient) -> None:
    shop = key_for(database_of(client), "shop")
    answer = client.post("/sign-in", data={"key": shop.shown}, headers=OURS)
    assert answer.headers["location"] == "/docs"
    page = client.get("/docs").text
    assert 'href="/customers"' not in page


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "customers",
        "",
        "/sign-in?next=/",
        "/sign-out",
        "/" + "x" * 3000,
    ],
)
def test_signing_in_leads_nowhere_else(client: TestClient, key: Key, address: str) -> None:
    assert safe_next(address) == "/"
    answer = client.post("/sign-in", data={"key": key.shown, "next": address}, headers=OURS)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "address", ["/customers?query=a&rep=Jo", f"/customers/{path_part(ODD_CUSTOMER)}"]
)
def test_signing_in_leads_to_where_one_wanted_to_go(
    client: TestClient, key: Key, address: str
) -> None:
    asked = client.get(address, headers={"accept": "text/html"}).headers["location"]
    hidden = client.get(asked).text.split('name="next" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in", data={"key": key.shown, "next": hidden.replace("&amp;", "&")}, headers=OURS
    )
    assert client.get(answer.headers["location"]).status_code == 200
    assert answer.headers["location"] == address
