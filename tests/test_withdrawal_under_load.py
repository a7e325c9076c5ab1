"""Permission withdrawn under load, on two workers, while releases are exchanged."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from recommender.config import Config, load_config
from recommender.release.shelf import CURRENT
from service.access.key import new_key
from service.records.keys import add_key
from service.records.migrate import open_records
from tests.small_release import publish_small_release, small_contents, with_names
from tests.test_service_process import running

TRIALS = 1000
CUSTOMERS = ["C01", "C02", "C03", "C04", "C05"]


class Asking:
    """One kept connection: the workers share the socket, so several of these meet both."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None)

    def put(self, path: str, body: Any) -> dict[str, Any]:
        return self._ask("PUT", path, json.dumps(body))

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        assert answer.status == 200, found
        return found


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "recommender.toml"
    no_limit = "[service.requests_per_minute]\nadmin = 0\n"
    path.write_text(f'[purchases]\nsource = "purchases.csv"\n{no_limit}')
    config = load_config(path)
    publish_small_release(config.releases_directory)
    publish_small_release(config.releases_directory, with_names(small_contents(), " II"))
    return config


@pytest.mark.slow
def test_not_one_personal_answer_after_a_withdrawal(config: Config) -> None:
    key = admin_key(config)
    with running(config, workers=2, log=config.folder / "log") as (_, port):
        asking = [Asking(port, key) for _ in range(6)]
        with busy(port, key), releases_exchanged(config) as exchanged:
            personal = withdraw_again_and_again(asking)
        assert personal > TRIALS / 2, "the lists were never personal: nothing was shown"
        assert exchanged[0] > 10
        for one in asking:
            one.close()


def withdraw_again_and_again(asking: list[Asking]) -> int:
    """Trials in which the list had been personal before it was withdrawn."""
    personal, turns = 0, itertools.cycle(asking)
    for trial in range(TRIALS):
        customer = CUSTOMERS[trial % len(CUSTOMERS)]
        address = f"/v1/customers/{customer}"
        next(turns).put(f"{address}/permissions", {"personalisation": True})
        personal += next(turns).get(f"{address}/suggestions")["source"] == "personal"
        next(turns).put(f"{address}/permissions", {"personalisation": False})
        for one in asking:
            found = one.get(f"{address}/suggestions")
            assert (found["source"], found["fallback_reason"]) == ("popular", "no_permission")
        assert next(turns).get(f"{address}/also-bought")["also_bought"] == []
    return personal


@contextmanager
def busy(port: int, key: str) -> Iterator[None]:
    """Others ask all the time."""
    stopped = threading.Event()

    def ask() -> None:
        one = Asking(port, key)
        while not stopped.is_set():
            one.get("/v1/customers/C09/suggestions")
        one.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


@contextmanager
def releases_exchanged(config: Config) -> Iterator[list[int]]:
    """Makes one of two releases current, then the other, every half second; counts the changes."""
    stopped, changes = threading.Event(), [0]
    current = config.releases_directory / CURRENT
    names = sorted(
        p.name for p in config.releases_directory.iterdir() if (p / "manifest.json").exists()
    )

    def exchange() -> None:
        for name in itertools.cycle(names):
            if stopped.wait(0.5):
                return
            aside = current.with_name("CURRENT.next")
            aside.write_text(f"{name}\n")
            aside.replace(current)
            changes[0] += 1

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        yield changes
    finally:
        stopped.set()
        thread.join()


def admin_key(config: Config) -> str:
    key, database = new_key(), open_records(config)
    with database.writing() as connection:
        add_key(connection, "admin", "admin", None, key)
    database.close()
    return key.shown
