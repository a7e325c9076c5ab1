"""What products changed during the day cost a request, on SQLite.

    python benchmarks/changed_products.py [--requests 2000]

A release of 5,000 made-up customers and 25,000 products in a temporary folder. A request is: what
is in use now, the facts of a customer, its list of eight with reasons, as JSON. Asked with nothing
changed, with 20,000 prices, and with a quarter of these out of stock and a twentieth inactive
besides; then how long it takes to obey news. CPU time of this process, so that other work on the
machine does not count; p50 and p99.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from made_up_base import made_up_release

from recommender.config import PermissionsSection
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.suggest import suggest
from service.live import LiveRelease
from service.records.consents import Consents
from service.records.database import Database, database_at
from service.records.facts import data_until, facts_of
from service.records.forgotten import read_forgotten
from service.records.migrate import migrate
from service.records.products import Changing, record_products

PRODUCTS, CHANGED = 25_000, 20_000
Said = dict[str, dict[Changing, bool | float]]
TODAY = datetime.now(UTC).date()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_up_release(folder / "releases", 5_000, PRODUCTS)
        database = database_at("sqlite:///changed.db", folder)
        migrate(database)
        live = LiveRelease(folder / "releases", verified=False, database=database)
        measure(live, database, asked.requests)
        database.close()


def measure(live: LiveRelease, database: Database, requests: int) -> None:
    ids = list(live.now().release.products.ids)
    dearer: Said = {key: {"price": 9.5} for key in ids[:CHANGED]}
    away: Said = {key: {"in_stock": False} for key in ids[:CHANGED:4]}
    away |= {key: {"active": False} for key in ids[1:CHANGED:20]}
    print("| ms of CPU | p50 | p99 |\n|---|---|---|")
    show("who was forgotten, as it was asked before", times(lambda: _forgotten(database), requests))
    show("who was forgotten and whether a product changed", times(live.now, requests))
    show("a list, nothing changed", times(request_of(live, database), requests))
    for what, said in (("20,000 prices changed", dearer), ("and 6,000 away", away)):
        tell(database, said)
        show(f"obeying it: {what}", times(live.now, 1))
        show(f"a list, {what}", times(request_of(live, database), requests))
    for many in (1, 1000):
        took = [obeyed(live, database, dict(list(dearer.items())[:many])) for _ in range(20)]
        show(f"obeying news of {many:,}", np.array(took))


def tell(database: Database, said: Said) -> None:
    with database.writing() as connection:
        record_products(connection, said, "shop")


def obeyed(live: LiveRelease, database: Database, said: Said) -> float:
    tell(database, said)
    return float(times(live.now, 1)[0])


def request_of(live: LiveRelease, database: Database) -> Callable[[], object]:
    consents, chance = Consents(PermissionsSection()), random.Random(0)

    def ask() -> object:
        release = live.now().release
        customer = release.customers.ids[chance.randrange(len(release.customers.ids))]
        with database.reading() as connection:
            facts = facts_of(connection, consents, customer, data_until(release), TODAY)
        return json.dumps(suggestions_answer(release, suggest(release, customer, facts=facts)))

    ask()
    return ask


def _forgotten(database: Database) -> None:
    with database.reading() as connection:
        read_forgotten(connection)


def times(act: Callable[[], object], count: int) -> np.ndarray:
    took = []
    for _ in range(count):
        began = time.process_time()
        act()
        took.append((time.process_time() - began) * 1000)
    return np.array(took)


def show(what: str, took: np.ndarray) -> None:
    p50, p99 = np.percentile(took, (50, 99))
    print(f"| {what} | {p50:.2f} | {p99:.2f} |", flush=True)


if __name__ == "__main__":
    main()
