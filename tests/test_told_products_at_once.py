"""Products changed by several writers, obeyed by several workers, outdated by a newer catalogue."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from service.records.database import Database
from service.records.products import record_products, told_after, words_about
from service.records.times import now
from tests.small_release import publish_small_release
from tests.telling import app_with_callers, service_of
from tests.test_told_products import PATH, kept, put

WRITERS = 8


def test_of_eight_who_write_at_once_none_is_lost_and_numbers_ascend(
    service: TestClient, database: Database
) -> None:
    keys = ["B1", "B3", "B4", "S1", "S2", "S3", "S4", "G1"]
    start = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        start.wait()
        for step in range(10):
            own = [{"product_id": keys[writer], "price": step + 1.0}]
            shared = [{"product_id": "G2", "price": writer * 10 + step + 1.0}]
            assert put(service, "/v1/products", own + shared).status_code == 200
            assert service.get(f"/v1/products/{keys[writer]}").json()["price"] == step + 1.0

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    rows = {row.product_id: row for row in kept(database)}
    assert {key: rows[key].price for key in keys} == dict.fromkeys(keys, 10.0)
    assert max(row.sequence for row in rows.values()) == WRITERS * 10 * 2
    shown = service.get("/v1/products/G2").json()
    assert shown["price"] == rows["G2"].price


def test_one_worker_obeys_what_another_acknowledged(
    service: TestClient, database: Database, small_releases: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    other = app_with_callers(small_releases, url)
    for step in range(20):
        put(service, PATH, {"price": step + 1.0, "active": bool(step % 2)})
        release = other.state.live.now().release
        column = release.products.ids.position("B1")
        assert release.products.price[column] == step + 1.0
        assert (column in release.inactive) is not bool(step % 2)
    assert other.state.live.now() is other.state.live.now(), "nothing is made anew without news"
    board = other.state.live.now().board
    put(service, PATH, {"price": 2.0})
    assert other.state.live.now().board is board
    other.state.database.close()


def test_a_catalogue_written_later_outdates_stock_and_price_but_not_that_it_is_inactive(
    database: Database, tmp_path: Path
) -> None:
    releases = tmp_path / "releases"
    publish_small_release(releases)
    with service_of(database, releases) as service:
        put(service, PATH, {"price": 3.0, "in_stock": False, "active": False})
        assert service.get(PATH).json()["price"] == 3.0
        told_at = now()
        for written_at, holds in (
            (told_at - timedelta(hours=1), True),
            (told_at + timedelta(hours=1), False),
        ):
            written = {"written_at": written_at.isoformat(), "columns": ["in_stock", "price"]}
            publish_small_release(releases, products=written)
            service.app.state.live.look()  # type: ignore[attr-defined]
            found = service.get(PATH).json()
            assert found["price"] == (3.0 if holds else 40.0)
            assert found["in_stock"] is not holds
            assert found["active"] is False, "no catalogue speaks of it"
            assert found["changes"]["price"]["holds"] is holds


def test_more_than_one_statement_takes_are_all_written(database: Database) -> None:
    said = {f"P{i:05}": {"in_stock": bool(i % 2)} for i in range(1200)}
    for _ in range(2):
        with database.writing() as connection:
            record_products(connection, said, "shop")  # type: ignore[arg-type]
    with database.reading() as connection:
        told, newest = told_after(connection, 0)
        assert (len(told), newest) == (1200, 2400)
        assert told_after(connection, newest) == ([], newest)
        assert told_after(connection, newest - 1)[0][0].product_id == "P01199"
        assert words_about(connection, "P00001").words["in_stock"].value is True
        assert words_about(connection, "nobody").words == {}
