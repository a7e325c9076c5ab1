"""Who may call what: one table, walked with every role and with no key at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

import service.app
from service.access.caller import ROLES, SALES, Role
from service.access.roles import all_declared, undeclared
from service.app import create_app
from service.openapi import roles_of_operations
from service.settings import Settings
from tests.callers import ORIGIN, client_of, service_of
from tests.small_release import publish_small_release

EVERYONE = (None, *ROLES)
KEYS = ("shop", *SALES)
"""All that their holders keep to themselves."""
PAGES_TOO = ("widget", *KEYS)
"""Those too whose key lies in the source of a page."""
BROWSER = {"accept": "text/html"}

TABLE: dict[str, tuple[Role | None, ...]] = {
    "GET /": SALES,
    "GET /board": SALES,
    "GET /board/team": ("manager", "admin"),
    "GET /report": ("manager", "admin"),
    "GET /v1/board": SALES,
    "GET /v1/board/team": ("manager", "admin"),
    "GET /customers": SALES,
    "GET /customers.csv": SALES,
    "GET /customers/{customer_id:path}": SALES,
    "GET /customers/{customer_id:path}/survey": SALES,
    "POST /customers/{customer_id:path}/survey": SALES,
    "GET /docs": KEYS,
    "GET /health/live": EVERYONE,
    "GET /health/ready": EVERYONE,
    "GET /openapi.json": KEYS,
    "GET /products/{product_id:path}": SALES,
    "GET /products/{product_id:path}/targets.csv": SALES,
    "GET /sign-in": EVERYONE,
    "GET /widget/also-bought.js": EVERYONE,
    "DELETE /v1/preferences/{preference_id}": SALES,
    "GET /v1/audit": ("admin",),
    "GET /v1/complaints": SALES,
    "GET /v1/customers/{customer_id:path}/brief": SALES,
    "GET /v1/customers/{customer_id:path}/complaints": SALES,
    "GET /v1/customers/{customer_id:path}/notes": SALES,
    "GET /v1/customers/{customer_id:path}/permissions": KEYS,
    "GET /v1/customers/{customer_id:path}/preferences": SALES,
    "GET /v1/outcomes/summary": SALES,
    "PATCH /v1/complaints/{complaint_id}": SALES,
    "POST /v1/baskets/suggestions": PAGES_TOO,
    "POST /v1/customers/{customer_id:path}/complaints": SALES,
    "POST /v1/customers/{customer_id:path}/notes": SALES,
    "POST /v1/customers/{customer_id:path}/preferences": KEYS,
    "POST /v1/customers/{customer_id:path}/survey": KEYS,
    "POST /v1/events": KEYS,
    "POST /v1/outcomes": KEYS,
    "PUT /v1/customers/{customer_id:path}/permissions": KEYS,
    "PUT /v1/products": ("shop", "manager", "admin"),
    "PUT /v1/products/{product_id:path}": ("shop", "manager", "admin"),
    "GET /v1/customers": SALES,
    "GET /v1/customers/{customer_id:path}/also-bought": KEYS,
    "DELETE /v1/customers/{customer_id:path}": ("admin",),
    "GET /v1/customers/{customer_id:path}/export": ("manager", "admin"),
    "GET /v1/customers/{customer_id:path}/suggestions": KEYS,
    "GET /v1/products/{product_id:path}": KEYS,
    "GET /v1/products/{product_id:path}/also-bought": PAGES_TOO,
    "GET /v1/products/{product_id:path}/targets": SALES,
    "GET /v1/release": SALES,
    "POST /customers/{customer_id:path}/complaints": SALES,
    "POST /customers/{customer_id:path}/complaints/{complaint_id}": SALES,
    "POST /customers/{customer_id:path}/notes": SALES,
    "POST /customers/{customer_id:path}/outcomes": SALES,
    "POST /customers/{customer_id:path}/permissions": SALES,
    "POST /customers/{customer_id:path}/preferences": SALES,
    "POST /customers/{customer_id:path}/preferences/{preference_id}/withdrawal": SALES,
    "POST /sign-in": EVERYONE,
    "POST /sign-out": EVERYONE,
}
"""Every route and who may call it; None stands for a caller without a key."""
IDS = {"customer_id:path": "C02", "product_id:path": "S1"}
"""C02 is a customer of the rep of `tests.callers`."""
IDS_OF = {"DELETE /v1/customers/{customer_id:path}": {"customer_id:path": "nobody"}}
"""Of routes that would take from the others what they ask for."""
BODIES: dict[str, Any] = {}
"""JSON for the routes that want some."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory: Path = tmp_path_factory.mktemp("roles") / "releases"
    name = publish_small_release(directory)
    (directory / name / "report.html").write_text("<p>Good.</p>")
    settings = Settings(
        releases_directory=directory, folder=directory.parent, origins=frozenset({ORIGIN})
    )
    with service_of(settings, None) as found:
        yield found


def asked(client: TestClient, route: str, role: Role | None, **more: Any) -> int:
    method, path = route.split(" ")
    for name, value in (IDS | IDS_OF.get(route, {})).items():
        path = path.replace(f"{{{name}}}", value)
    caller = client_of(client.app, role)  # type: ignore[arg-type]
    status: int = caller.request(method, path, json=BODIES.get(route), **more).status_code
    return status


def test_the_table_holds_every_route_and_no_other(client: TestClient) -> None:
    assert sorted(TABLE) == sorted(all_declared(client.app.routes))  # type: ignore[attr-defined]


def test_the_declarations_are_those_of_the_table(client: TestClient) -> None:
    declared = all_declared(client.app.routes)  # type: ignore[attr-defined]
    for route, roles in TABLE.items():
        expected = frozenset() if None in roles else frozenset(roles)
        assert declared[route] == expected, route


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("route", TABLE)
def test_each_role_gets_what_the_table_says(
    client: TestClient, route: str, role: Role | None
) -> None:
    status = asked(client, route, role)
    if role in TABLE[route]:
        assert status not in {403, 404, 405}
        assert status < 500
        assert status != 401 or route == "POST /sign-in"
    else:
        assert status == (401 if role is None else 403)


@pytest.mark.parametrize("route", [r for r, roles in TABLE.items() if None not in roles])
def test_without_a_key_nothing_is_learnt_from_parameters(client: TestClient, route: str) -> None:
    assert asked(client, route, None, params={"n": ["x", "y"], "nonsense": "1"}) == 401


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]"])
@pytest.mark.parametrize("route", [r for r in TABLE if r.startswith(("POST /v1", "PUT", "PATCH"))])
def test_who_may_not_send_a_body_learns_nothing_from_a_wrong_one(
    client: TestClient, route: str, body: bytes
) -> None:
    json_body = {"content-type": "application/json"}
    method, path = route.split(" ")
    for role in (None, "shop", "widget"):
        if role in TABLE[route]:
            continue
        caller = client_of(client.app, role)  # type: ignore[arg-type]
        status = caller.request(method, path, content=body, headers=json_body).status_code
        assert status == (403 if role else 401)


def test_who_is_nobody_is_told_how_to_become_somebody(client: TestClient) -> None:
    answer = client.get("/v1/release")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"
    page = client.get("/customers?query=c1&rep=Jo", headers=BROWSER)
    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in?next=%2Fcustomers%3Fquery%3Dc1%26rep%3DJo"


def test_the_openapi_document_says_who_may_call_what(client: TestClient) -> None:
    manager = client_of(client.app, "manager")  # type: ignore[arg-type]
    document = manager.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    roles = roles_of_operations(client.app.routes)  # type: ignore[attr-defined]
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation.get("x-roles", []) == roles[operation["operationId"]]
            assert ("security" in operation) == bool(roles[operation["operationId"]])
            assert ("401" in operation["responses"]) == bool(roles[operation["operationId"]])
    assert roles["list_audit"] == ["admin"]


def test_a_route_that_declares_nothing_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> str:
        return "open to all"

    monkeypatch.setattr(service.app.audit.router, "routes", [*router.routes])
    publish_small_release(tmp_path / "releases")
    with pytest.raises(RuntimeError, match="GET /v1/forgotten; declare"):
        create_app(Settings(releases_directory=tmp_path / "releases", folder=tmp_path))
    assert undeclared(router.routes) == ["GET /forgotten"]
