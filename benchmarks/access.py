"""What it costs a request to know who asks and what is true about a customer, on SQLite.

    python -m benchmarks.access [--requests 5000]

One key and one session, each among a thousand, in a database in a temporary folder. 100,000
customers gave or withdrew a permission; of 30,000 of them there are also three preferences, an open
complaint, ten outcomes and twenty events each. CPU time of this process, so that other work on the
machine does not count; p50 and p99 over all requests. Whatever else every request asks the database
belongs into `questions_of`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from recommender.config import PermissionsSection
from service.access.identify import Credentials, Identified
from service.access.key import Key, new_key, read_key
from service.records.consents import Consents
from service.records.database import Database, database_at
from service.records.facts import facts_of
from service.records.keys import add_key
from service.records.migrate import migrate
from service.records.schema import complaints, events, outcomes, permissions, preferences
from service.records.sessions import begin_session
from service.settings import Settings

OTHERS = 1000
CUSTOMERS = [f"C{number:06}" for number in range(100_000)]
TOLD_MUCH, TOLD_LITTLE = CUSTOMERS[:30_000], CUSTOMERS[30_000:]
NOW = datetime.now(UTC)
UNTIL = int((NOW - timedelta(days=5)).timestamp())
"""Data of the release."""
TOLD = {"recorded_by": "x", "recorded_at": NOW}
Question = Callable[[sa.Connection], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database = database_at("sqlite:///access.db", Path(name))
        migrate(database)
        key, token = filled(database)
        print("| per request, ms of CPU | p50 | p99 |\n|---|---|---|")
        show("a mistyped key, checksum only", times(lambda: read_key("rec_" + "x" * 57), asked))
        for what, questions in questions_of(database, key, token).items():
            show(what, times(lambda q=questions: ask(database, q), asked))
        took = asyncio.run(times_of_requests(database, key, asked))
        show("all of it before a request reaches its route, with the thread it takes", took)
        database.close()


def questions_of(database: Database, key: Key, token: str) -> dict[str, list[Question]]:
    """Each list is asked in one read of the database, as the service does it."""
    by_key, by_session = Credentials(bearer=key.shown), Credentials(token=token)
    consents = Consents(PermissionsSection())
    ask(database, [consents.refresh])
    return {
        "an empty read, for comparison": [],
        "key check": [by_key.find],
        "session check": [by_session.find],
        "key check and facts, much was told": [by_key.find, facts_about(consents, TOLD_MUCH)],
        "key check and facts, little was told": [by_key.find, facts_about(consents, TOLD_LITTLE)],
    }


def facts_about(consents: Consents, customers: list[str]) -> Question:
    """Another customer each time."""
    drawn = random.Random(0)

    def question(connection: sa.Connection) -> object:
        return facts_of(connection, consents, drawn.choice(customers), UNTIL, NOW.date())

    return question


def ask(database: Database, questions: list[Question]) -> None:
    with database.reading() as connection:
        for question in questions:
            question(connection)


def filled(database: Database) -> tuple[Key, str]:
    """One key and one token among a thousand others, and what was told."""
    keys = [new_key() for _ in range(OTHERS)]
    with database.writing() as connection:
        for number, key in enumerate(keys):
            add_key(connection, f"key {number}", "rep", f"Rep {number}", key)
        tokens = [begin_session(connection, f"key {number}") for number in range(OTHERS)]
        tell(connection)
    return keys[OTHERS // 2], tokens[OTHERS // 2]


def tell(connection: sa.Connection) -> None:
    permission = {"purpose": "phone", "granted": False} | TOLD
    connection.execute(permissions.insert(), [permission | {"customer_id": c} for c in CUSTOMERS])
    connection.execute(complaints.insert(), [_complaint(customer) for customer in TOLD_MUCH])
    for table, row, each in (
        (preferences, _preference, 3),
        (outcomes, _outcome, 10),
        (events, _event, 20),
    ):
        for number in range(each):
            connection.execute(table.insert(), [row(customer, number) for customer in TOLD_MUCH])


def _preference(customer_id: str, number: int) -> dict[str, object]:
    said = {"about": "category", "value": f"category {number}", "stance": "likes"}
    when = {"said_on": NOW.date(), "source": "talk", "words": "in its own words"}
    about = {"preference_id": f"{customer_id}-{number}", "customer_id": customer_id}
    return about | said | when | TOLD


def _complaint(customer_id: str) -> dict[str, object]:
    dates = dict.fromkeys(("opened_on", "acknowledge_by", "due_on"), NOW.date())
    return {"complaint_id": customer_id, "customer_id": customer_id, "text": "x"} | dates | TOLD


def _outcome(customer_id: str, number: int) -> dict[str, object]:
    return {
        "recommendation_id": "r",
        "customer_id": customer_id,
        "product_id": f"P{number}",
        "outcome": "shown" if number % 2 else "rejected",
        "source": "personal",
    } | TOLD


def _event(customer_id: str, number: int) -> dict[str, object]:
    return {
        "customer_id": customer_id,
        "product_id": f"P{number}",
        "event": "view" if number % 4 else "purchase",
        "quantity": 1.0,
        "happened_at": NOW - timedelta(days=number / 4),
    } | TOLD


def times(act: Callable[[], object], asked: argparse.Namespace) -> np.ndarray:
    """Milliseconds of each run; the first hundred only warm up."""
    took = []
    for _ in range(asked.requests + 100):
        began = time.process_time_ns()
        act()
        took.append((time.process_time_ns() - began) / 1e6)
    return np.array(took[100:])


async def times_of_requests(database: Database, key: Key, asked: argparse.Namespace) -> np.ndarray:
    """As `times`, of the service's own middleware around a service that does nothing."""

    async def nothing(*_: object) -> None:
        pass

    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {key.shown}".encode())]
    settings = Settings(releases_directory=Path(), folder=Path())
    identified, took = Identified(nothing, database, settings), []
    for _ in range(asked.requests + 100):
        scope = {"type": "http", "method": "GET", "path": "/v1/release", "scheme": "http"} | {
            "headers": headers,
            "state": {},
        }
        began = time.process_time_ns()
        await identified(scope, nothing, nothing)
        took.append((time.process_time_ns() - began) / 1e6)
        assert scope["state"]["caller"] is not None
    return np.array(took[100:])


def show(what: str, took: np.ndarray) -> None:
    p50, p99 = np.percentile(took, [50, 99])
    print(f"| {what} | {p50:.3f} | {p99:.3f} |", flush=True)


if __name__ == "__main__":
    main()
