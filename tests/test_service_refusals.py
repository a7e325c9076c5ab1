"""What the service refuses, and how it says so."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from recommender.errors import ReadWriteError
from service.problems import PROBLEM_KINDS, Problem
from service.settings import Settings
from tests.callers import service_of
from tests.small_release import publish_small_release

SUGGESTIONS = "/v1/customers/C01/suggestions"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ASKING_THE_ENGINE = ("service.api.suggestions.suggest", "service.lists.suggest")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory = tmp_path_factory.mktemp("refusals") / "releases"
    publish_small_release(directory)
    settings = Settings(releases_directory=directory, folder=directory.parent)
    with service_of(settings) as client:
        yield client


def problem_of(client: TestClient, address: str, method: str = "GET", **more: object) -> Problem:
    response = client.request(method, address, **more)  # type: ignore[arg-type]
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(response.content)
    assert problem.status == response.status_code
    assert problem.request_id == response.headers["x-request-id"]
    assert problem.type == f"/docs#{problem.code}"
    return problem


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("n=0", "n"),
        ("n=101", "n"),
        ("n=8.5", "n"),
        ("n=1_0", "n"),
        ("n=true", "n"),
        ("n=1&n=2", "n"),
        ("max_price=nan", "max_price"),
        ("max_price=inf", "max_price"),
        ("max_price=1e3", "max_price"),
        ("max_price=-1", "max_price"),
        ("kinds=", "kinds"),
        ("kinds=new,old", "kinds.1"),
        ("rank_by=price", "rank_by"),
        ("limit=3", "limit"),
        ("number=8", "number"),
        ("category=a&category=b", "category"),
    ],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: str, name: str) -> None:
    problem = problem_of(client, f"{SUGGESTIONS}?{query}")
    assert (problem.status, problem.code) == (422, "invalid_request")
    assert [(m.where, m.name) for m in problem.errors] == [("query", name)]


def test_what_was_sent_is_not_repeated(client: TestClient) -> None:
    sent = "s3cret"
    answer = client.get(f"{SUGGESTIONS}?n={sent}&rank_by={sent}&max_price={sent}")
    assert answer.status_code == 422
    assert sent not in answer.text


@pytest.mark.parametrize(
    "address", ["/v1/release", "/v1/customers", "/v1/customers/C01/also-bought"]
)
def test_an_unknown_parameter_is_refused_everywhere(client: TestClient, address: str) -> None:
    assert problem_of(client, f"{address}?verbose=1").errors[0].name == "verbose"


def test_a_foreign_cursor_is_refused(client: TestClient) -> None:
    for cursor in ("!", "zzzz", "bm9ib2R5"):
        assert problem_of(client, f"/v1/customers?cursor={cursor}").errors[0].name == "cursor"


def test_unknown_product_and_address_are_404(client: TestClient) -> None:
    assert problem_of(client, "/v1/products/X/also-bought").code == "unknown_product"
    assert problem_of(client, "/v1/nothing").code == "not_found"
    assert problem_of(client, "/nothing").code == "not_found"
    assert problem_of(client, "/static/../app.py").code == "not_found"


def test_a_wrong_method_says_which_are_right(client: TestClient) -> None:
    assert problem_of(client, SUGGESTIONS, "POST").code == "method_not_allowed"
    assert client.post(SUGGESTIONS).headers["allow"] == "GET"


def test_a_large_body_is_refused_unread(client: TestClient) -> None:
    assert problem_of(client, SUGGESTIONS, "POST", content=b"x" * 600_000).code == "too_large"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:x", ""])
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    assert problem_of(client, SUGGESTIONS, headers={"host": host}).code == "wrong_host"


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:8000", "[::1]:9", "localhost"])
def test_this_machine_may_be_named_in_every_way(client: TestClient, host: str) -> None:
    assert client.get("/health/live", headers={"host": host}).status_code == 200


def test_a_request_id_is_taken_over_only_in_its_shape(client: TestClient) -> None:
    def given_back(sent: str) -> str:
        return client.get("/health/live", headers={"x-request-id": sent}).headers["x-request-id"]

    assert given_back("Abc-123_xyz") == "Abc-123_xyz"
    for sent in ("short", "a" * 65, 'x" onload="alert(1)', "line\tbreak99"):
        assert given_back(sent) != sent


def test_our_mistake_says_nothing_and_logs_everything(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret reason")

    for where in ASKING_THE_ENGINE:
        monkeypatch.setattr(where, fail)
    with caplog.at_level(logging.ERROR):
        answer = client.get(SUGGESTIONS)
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.text
    assert answer.json()["request_id"] in caplog.text
    assert "the secret reason" in caplog.text


def test_ids_are_not_repeated(client: TestClient) -> None:
    for address in ("/v1/products/s3cret/also-bought", "/v1/customers/s3cret/suggestions"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "s3cret" not in answer.text


def test_a_database_that_cannot_be_used_is_told_without_its_place(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ReadWriteError("/srv/shop/recommender.db: cannot be used (disk I/O error)")

    for broken in (("service.records.database.Database.beat",), ASKING_THE_ENGINE):
        with monkeypatch.context() as patch:
            for where in broken:
                patch.setattr(where, fail)
            answer = client.get(SUGGESTIONS)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "/srv" not in answer.text
        assert "disk I/O error" in caplog.text
        caplog.clear()


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for address in ("/", "/v1/release", "/nothing", "/static/site.css", "/docs", SUGGESTIONS):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-request-id"]


def test_a_browser_gets_an_error_page_and_a_program_a_problem(client: TestClient) -> None:
    page = client.get("/customers/<b>nobody", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "No such customer" in page.text
    assert page.headers["x-request-id"] in page.text
    assert "<b>nobody" not in page.text
    assert problem_of(client, "/customers/nobody").code == "unknown_customer"
    assert problem_of(client, "/v1/nothing", headers=BROWSER).code == "not_found"


def test_every_problem_is_explained_where_its_type_points(client: TestClient) -> None:
    docs = client.get("/docs").text
    assert all(f'id="{kind.code}"' in docs for kind in PROBLEM_KINDS)
    assert len({kind.code for kind in PROBLEM_KINDS}) == len(PROBLEM_KINDS)
