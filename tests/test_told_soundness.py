"""What was acknowledged is kept, once: between processes, and when a server is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.records.database import Database, database_at
from service.records.schema import events, secrets
from tests.telling import as_

ROOT = Path(__file__).parents[1]
PROCESSES, TIMES = 8, 500
COUNTING = """
import sys
from pathlib import Path
import sqlalchemy as sa
from service.records.database import database_at
from service.records.schema import secrets

database = database_at(sys.argv[1], Path.cwd())
counter = secrets.c.name == "count"
for _ in range(int(sys.argv[2])):
    with database.writing() as connection:
        found = int(connection.execute(sa.select(secrets.c.value).where(counter)).scalar_one())
        connection.execute(secrets.update().where(counter).values(value=str(found + 1).encode()))
"""
SERVING = """
import sys
from pathlib import Path
import uvicorn
from tests.telling import app_with_callers

app = app_with_callers(Path(sys.argv[1]), sys.argv[2])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="critical")
"""


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def started(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", program, *arguments], env=environment)


@pytest.mark.slow
def test_eight_processes_that_read_and_write_lose_nothing(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(secrets.insert().values(name="count", value=b"0"))
    counting = [started(COUNTING, url_of(database), str(TIMES)) for _ in range(PROCESSES)]
    assert [process.wait(300) for process in counting] == [0] * PROCESSES
    with database.reading() as connection:
        found = connection.execute(sa.select(secrets.c.value)).scalar_one()
    assert int(found) == PROCESSES * TIMES == 4000


@dataclass
class Sender:
    """Sends each event until it is acknowledged, always under the same key."""

    port: int
    stopped: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    replayed: int = 0
    retried: int = 0

    def run(self) -> None:
        while not self.stopped.is_set():
            name = uuid.uuid4().hex
            while not self._send(name):
                self.retried += 1
                time.sleep(0.02)
            self.acknowledged.append(name)

    def _send(self, name: str) -> bool:
        body = {
            "visitor_id": name,
            "product_id": "B1",
            "event": "view",
            "happened_at": "2026-11-20T08:00:00Z",
        }
        headers = {"content-type": "application/json", "idempotency-key": name} | as_("shop")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection), suppress(OSError, HTTPException):
            connection.request("POST", "/v1/events", json.dumps(body), headers)
            with connection.getresponse() as answer:
                answer.read()
            assert answer.status == 201, answer.status
            self.replayed += answer.getheader("idempotent-replayed") == "true"
            return True
        return False


@contextmanager
def sending(port: int, count: int) -> Iterator[list[Sender]]:
    senders = [Sender(port) for _ in range(count)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield senders
    finally:
        for sender in senders:
            sender.stopped.set()
        for thread in threads:
            thread.join(90)


def wait_for_more(senders: list[Sender], count: int) -> None:
    """Until so many more were acknowledged, by whichever server."""
    wanted = sum(len(s.acknowledged) for s in senders) + count
    until = time.monotonic() + 60
    while sum(len(s.acknowledged) for s in senders) < wanted:
        assert time.monotonic() < until, "the server does not acknowledge anything"
        time.sleep(0.005)


@pytest.mark.fault
def test_a_server_killed_twenty_times_loses_and_doubles_nothing(
    database: Database, small_releases: Path
) -> None:
    port, kills = free_port(), 20
    serve = (SERVING, str(small_releases), url_of(database), str(port))
    server = started(*serve)
    try:
        with sending(port, count=4) as senders:
            for kill in range(kills):
                wait_for_more(senders, 15 + kill)
                server.send_signal(signal.SIGKILL)
                server.wait()
                server = started(*serve)
            wait_for_more(senders, 15)
    finally:
        server.kill()
        server.wait()
    acknowledged = [name for sender in senders for name in sender.acknowledged]
    assert sum(sender.retried for sender in senders) > kills
    kept = sorted(visitors(database))
    assert kept == sorted(acknowledged)
    assert len(set(kept)) == len(kept)


def visitors(database: Database) -> list[str]:
    """Opened anew, as after a crash."""
    again = database_at(url_of(database), Path())
    with again.reading() as connection:
        found = list(connection.execute(sa.select(events.c.visitor_id)).scalars())
    again.close()
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
