"""Whoever was forgotten does not come back: not by files, not by what anyone posts."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from recommender.cli.main import run
from recommender.config import PermissionsSection, load_config
from recommender.release.opening import open_release
from service.app import create_app
from service.erasure.records import tables_about_customers
from service.records.consents import Consents
from service.records.database import Database
from service.records.forgotten import forget_customer
from service.records.permissions import Said, record_permissions
from service.settings import Settings
from tests.callers import ADDRESS
from tests.shop_files import write_shop
from tests.telling import as_, give_keys
from tests.test_service_erasure import is_unknown

GONE = "C007"
NEEDLES = (GONE.encode(), f"Firm {GONE}".encode())
FORGOTTEN = "C05"
"""Of the small release."""
WRITES: dict[str, tuple[str, str, Any]] = {
    "permission": ("PUT", "/v1/customers/C05/permissions", {"phone": True}),
    "preference": (
        "POST",
        "/v1/customers/C05/preferences",
        {"about": "category", "value": "Glue", "stance": "likes", "source": "form"},
    ),
    "survey": (
        "POST",
        "/v1/customers/C05/survey",
        {"answers": [{"about": "category", "value": "Glue", "stance": "likes"}]},
    ),
    "complaint": ("POST", "/v1/customers/C05/complaints", {"text": "Late."}),
    "event": (
        "POST",
        "/v1/events",
        {"customer_id": "C05", "product_id": "S1", "event": "view"}
        | {"happened_at": "2026-11-20T08:00:00Z"},
    ),
    "events": (
        "POST",
        "/v1/events",
        [
            {"customer_id": key, "product_id": "S1", "event": "view"}
            | {"happened_at": "2026-11-20T08:00:00Z"}
            for key in ("C06", "C05")
        ],
    ),
}


@pytest.mark.slow
def test_ten_imports_do_not_bring_a_forgotten_customer_back(tmp_path: Path) -> None:
    config_path = write_shop(tmp_path / "shop")
    settings = Settings.from_config(load_config(config_path))
    config = ["--config", str(config_path)]
    assert run(["train", *config]) == 0
    assert GONE in open_release(settings.releases_directory).customers.ids
    assert run(["forget", GONE, "--yes", *config]) == 0
    for time in range(10):
        if time % 2:
            change_order(config_path.parent, seed=time)
        assert f"\n{GONE},".encode() in (config_path.parent / "purchases.csv").read_bytes()
        assert run(["train", *config]) == 0
        release = open_release(settings.releases_directory)
        assert GONE not in release.customers.ids
        assert len(release.customers.ids) == 60
        assert places_of(settings.releases_directory) == []
        assert run(["suggest", GONE, *config]) == 2
        app = create_app(settings)
        give_keys(app.state.database)
        with TestClient(app, base_url=ADDRESS, headers=as_("admin")) as client:
            assert is_unknown(client, GONE)
            assert client.get(f"/v1/customers/{GONE}/export").status_code == 404
            assert not is_unknown(client, "C008")


def change_order(folder: Path, seed: int) -> None:
    """The same rows, as another export of the shop might have them."""
    for name in ("purchases.csv", "customers.csv"):
        head, *rows = (folder / name).read_text("utf-8").splitlines()
        random.Random(seed).shuffle(rows)
        (folder / name).write_text("\n".join([head, *rows]) + "\n", "utf-8")


def places_of(folder: Path) -> list[Path]:
    """Files that hold the id or the name."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(n in path.read_bytes() for n in NEEDLES)]


@pytest.fixture
def forgetful(database: Database, service: TestClient) -> TestClient:
    """A service that has just forgotten one."""
    with database.writing() as connection:
        forget_customer(connection, FORGOTTEN)
    return service


@pytest.mark.parametrize("who", ["shop", "manager", "admin"])
@pytest.mark.parametrize("write", WRITES)
def test_nothing_is_written_down_about_who_was_forgotten(
    forgetful: TestClient, database: Database, write: str, who: str
) -> None:
    method, address, body = WRITES[write]
    answer = forgetful.request(method, address, json=body, headers=as_(who))
    is_for_sales = write == "complaint" and who == "shop"
    wanted = (403, "not_allowed") if is_for_sales else (404, "unknown_customer")
    assert (answer.status_code, answer.json()["code"]) == wanted
    assert FORGOTTEN not in answer.text
    assert rows_about_customers(database) == 0


@pytest.mark.parametrize("write", WRITES)
def test_nothing_is_written_down_where_it_is_forgotten_while_the_write_waits(
    service: TestClient, database: Database, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgotten_meanwhile(connection: sa.Connection, *more: Any) -> Any:
        forget_customer(connection, FORGOTTEN)
        return original(connection, *more)

    place = {
        "permission": "service.api.permissions.record_permissions",
        "preference": "service.api.preferences.record_preference",
        "survey": "service.api.survey.record_preference",
        "complaint": "service.api.complaints.file_complaint",
    }.get(write)
    if place is None:
        place = "service.api.telling.read_forgotten"
    module, name = place.rsplit(".", 1)
    original = getattr(__import__(module, fromlist=[name]), name)
    monkeypatch.setattr(place, forgotten_meanwhile)
    method, address, body = WRITES[write]
    headers = {"idempotency-key": "once"}
    answer = service.request(method, address, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")
    assert rows_about_customers(database) == 0


def rows_about_customers(database: Database) -> int:
    with database.reading() as connection:
        count = sa.select(sa.func.count())
        return sum(
            connection.execute(count.select_from(table)).scalar_one()
            for table in tables_about_customers()
        )


def test_consents_keep_nobody_who_was_forgotten(database: Database) -> None:
    consents, behind = Consents(PermissionsSection()), Consents(PermissionsSection())
    with database.writing() as connection:
        for customer_id in (FORGOTTEN, "C06"):
            record_permissions(connection, customer_id, Said({"phone": False}, None, None), "test")
    with database.reading() as connection:
        consents.refresh(connection)
    assert not consents.may(FORGOTTEN, "phone")
    with database.writing() as connection:
        forget_customer(connection, FORGOTTEN)
    for each in (consents, behind):
        with database.reading() as connection:
            each.refresh(connection)
        assert FORGOTTEN not in str(vars(each))
        assert not each.may("C06", "phone")
