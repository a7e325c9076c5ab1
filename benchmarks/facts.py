"""What it costs a request to know who asks and what is true about a customer, on SQLite.

    python benchmarks/facts.py

100,000 customers gave or withdrew a permission; of 30,000 of them there are also three preferences,
an open complaint, ten outcomes and twenty events each. CPU time of one check of a key and one
`facts_of`, in one read transaction, as a request makes them.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from recommender.config import PermissionsSection
from service.access.key import Key, new_key
from service.records.consents import Consents
from service.records.database import Database, database_at
from service.records.facts import facts_of
from service.records.keys import add_key, find_caller
from service.records.migrate import migrate
from service.records.schema import complaints, events, outcomes, permissions, preferences

CUSTOMERS = [f"C{number:06}" for number in range(100_000)]
TOLD_MORE = CUSTOMERS[:30_000]
NOW = datetime.now(UTC)
ASKED = 3_000
TOLD = {"recorded_by": "x", "recorded_at": NOW}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = database_at("sqlite:///facts.db", Path(folder))
        migrate(database)
        key, consents = new_key(), Consents(PermissionsSection())
        with database.writing() as connection:
            add_key(connection, "shop", "shop", None, key)
            fill(connection)
        with database.reading() as connection:
            consents.refresh(connection)
        ask = asking(database, key, consents)
        report("customers of whom much was told", ask, TOLD_MORE)
        report("customers of whom little was told", ask, CUSTOMERS[len(TOLD_MORE) :])
        database.close()


def asking(database: Database, key: Key, consents: Consents) -> Callable[[str], None]:
    until = int((NOW - timedelta(days=5)).timestamp())

    def ask(customer_id: str) -> None:
        with database.reading() as connection:
            find_caller(connection, key)
            facts_of(connection, consents, customer_id, until, NOW.date())

    return ask


def report(who: str, ask: Callable[[str], None], customers: list[str]) -> None:
    took = []
    for customer_id in random.Random(0).choices(customers, k=ASKED):
        began = time.process_time_ns()
        ask(customer_id)
        took.append((time.process_time_ns() - began) / 1e6)
    p99 = sorted(took)[ASKED * 99 // 100]
    print(f"{who}: {statistics.median(took):.2f} ms median, {p99:.2f} ms p99")


def fill(connection: sa.Connection) -> None:
    permission = {"purpose": "phone", "granted": False} | TOLD
    connection.execute(permissions.insert(), [permission | {"customer_id": c} for c in CUSTOMERS])
    for number in range(3):
        rows = [_preference(customer, number) for customer in TOLD_MORE]
        connection.execute(preferences.insert(), rows)
    connection.execute(complaints.insert(), [_complaint(customer) for customer in TOLD_MORE])
    for number in range(10):
        rows = [_outcome(customer, number) for customer in TOLD_MORE]
        connection.execute(outcomes.insert(), rows)
    for number in range(20):
        connection.execute(events.insert(), [_event(customer, number) for customer in TOLD_MORE])


def _preference(customer_id: str, number: int) -> dict[str, object]:
    said = {"about": "category", "value": f"category {number}", "stance": "likes"}
    when = {"said_on": NOW.date(), "source": "talk", "words": "in its own words"}
    return {"preference_id": f"{customer_id}-{number}", "customer_id": customer_id} | (
        said | when | TOLD
    )


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


if __name__ == "__main__":
    main()
