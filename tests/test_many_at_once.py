"""Sixty requests at once, more than a pool has connections: all are answered, none by a 500."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from recommender.errors import ReadWriteError
from service.records.database import Database, database_at
from service.records.schema import sessions
from tests.telling import KEYS, OF_JONAS, as_

MANY = 60
SECONDS = 2
"""That another writer keeps the lock."""


def test_sixty_pages_at_once_are_answered(service: TestClient) -> None:
    def ask(_: int) -> int:
        return service.get(f"/customers/{OF_JONAS}", headers=as_("jonas")).status_code

    with ThreadPoolExecutor(MANY) as pool:
        assert list(pool.map(ask, range(MANY))) == [200] * MANY


def test_those_who_wait_to_sign_in_keep_nobody_else_waiting(
    service: TestClient, database: Database
) -> None:
    def sign_in(_: int) -> int:
        fields, ours = {"key": KEYS["jonas"].shown}, {"sec-fetch-site": "same-origin"}
        answer = service.post("/sign-in", data=fields, headers=ours, follow_redirects=False)
        return answer.status_code

    with ThreadPoolExecutor(MANY) as pool:
        with database.writing():
            signing_in = pool.map(sign_in, range(MANY))
            time.sleep(SECONDS / 2)
            began = time.monotonic()
            assert service.get("/v1/release").status_code == 200
            assert service.get(f"/v1/customers/{OF_JONAS}/brief").status_code == 200
            assert time.monotonic() - began < SECONDS
        assert list(signing_in) == [303] * MANY
    with database.reading() as connection:
        assert len(connection.execute(sa.select(sessions.c.token_hash)).all()) == MANY


def test_an_embedded_database_has_a_connection_for_every_thread(tmp_path: Path) -> None:
    database = database_at("sqlite:///records.db", tmp_path)
    with ExitStack() as readers:
        for _ in range(MANY):
            connection = readers.enter_context(database.reading())
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    database.close()


def test_who_gets_no_connection_in_time_is_told_that_there_is_none_now(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/records.db"
    engine = sa.create_engine(place, pool_size=1, max_overflow=0, pool_timeout=0.05)
    database = Database(engine)
    for another in (database.reading, database.writing):
        with (
            database.reading(),
            pytest.raises(ReadWriteError, match="all connections are in use"),
            another(),
        ):
            pass
    database.close()
