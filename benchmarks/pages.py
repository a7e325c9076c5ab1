"""Bytes and server time of pages, asked through the whole service on SQLite.

    python -m benchmarks.pages [RELEASES] [--requests 100] [--complaints 200] [--told 2000]
                                [--briefs 200]

RELEASES is the folder of releases of any training; without it, a release of 100,000 customers and
2,000 products is made up. Some customers have open complaints, some outcomes, some withdrew a
permission. Time is from the request to the last byte (of the CSV: to the first block), in this
process, without a network: wall clock, and CPU of the process beside it. The brief with an id is
that of the customer with the most products.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import sqlalchemy as sa

from benchmarks.made_up_base import made_up_release
from service.access.key import new_key
from service.app import create_app
from service.records.keys import add_key
from service.records.schema import complaints, outcomes, permissions
from service.settings import Settings

NOW = datetime.now(UTC)
TOLD = {"recorded_by": "benchmark", "recorded_at": NOW}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("releases", type=Path, nargs="?")
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--complaints", type=int, default=200)
    parser.add_argument("--told", type=int, default=2000)
    parser.add_argument("--briefs", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.releases is None:
            made_up_release(folder / "releases")
        else:
            shutil.copytree(asked.releases, folder / "releases")
        asyncio.run(measured(folder, asked))


async def measured(folder: Path, asked: argparse.Namespace) -> None:
    app = create_app(Settings(releases_directory=folder / "releases", folder=folder))
    live, key = app.state.live.now(), new_key()
    with app.state.database.writing() as connection:
        add_key(connection, "manager", "manager", None, key)
        fill(connection, list(live.release.customers.ids), asked)
    customers, products = live.release.customers, live.release.products
    print(f"{len(customers.ids):,} customers, {len(products.ids):,} products")
    print("| page | kB | ms median | p95 | ms of CPU median | p95 |\n|---|---|---|---|---|---|")
    for address in addresses(live):
        await show(app, key.shown, address, [address] * asked.requests)
    drawn = np.random.default_rng(1).permutation(len(customers.ids))[: asked.briefs]
    briefs = [f"/customers/{quote(customers.ids[row], safe='')}" for row in drawn.tolist()]
    await show(app, key.shown, f"briefs of {len(briefs)} customers drawn, each once", briefs)
    app.state.database.close()


def addresses(live: Any) -> list[str]:
    customers, products = live.release.customers, live.release.products
    key = customers.ids[int(np.argmax(np.diff(live.release.bought.starts)))]
    name = (customers.name[0] or customers.ids[0])[:3]
    return [
        "/",
        "/customers",
        "/customers?sort=name",
        "/customers?sort=last_bought_on",
        "/customers?sort=products_bought",
        f"/customers?query={quote(name)}",
        "/customers?state=churn_warning",
        "/customers?state=overdue",
        "/customers?state=may_be_called",
        "/v1/customers",
        "/customers.csv",
        f"/customers/{quote(key, safe='')}",
        f"/products/{quote(products.ids[int(np.argmax(products.buyers))], safe='')}",
        "/board",
    ]


async def show(app: Any, key: str, name: str, addresses: list[str]) -> None:
    """The first three warm up what is made once a release; of the sizes the largest is told."""
    took = [await ask(app, key, address) for address in addresses[:3] + addresses][3:]
    kilobytes = max(size for size, *_ in took) / 1000
    wall, cpu = np.array([t[1:] for t in took]).T * 1000
    cells = [np.percentile(values, p) for values in (wall, cpu) for p in (50, 95)]
    print(f"| {name} | {kilobytes:.1f} | {' | '.join(f'{c:.1f}' for c in cells)} |", flush=True)


async def ask(app: Any, key: str, address: str) -> tuple[int, float, float]:
    """Bytes, wall and CPU seconds; a file is left after its first block of rows."""
    path, _, query = address.partition("?")
    scope = scope_of(path, query, key)
    reading = Reading(stops=path.endswith(".csv"))
    began, cpu = time.perf_counter(), time.process_time()
    task = asyncio.ensure_future(app(scope, reading.receive, reading.send))
    await reading.done.wait()
    took = time.perf_counter() - began, time.process_time() - cpu
    await task
    if reading.status != 200:
        raise SystemExit(f"{address}: answered {reading.status}")
    return reading.bytes, *took


def scope_of(path: str, query: str, key: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {key}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    }


class Reading:
    """The other end of one request."""

    def __init__(self, *, stops: bool) -> None:
        self.bytes, self.status, self.blocks, self.done = 0, 0, 0, asyncio.Event()
        self._stops, self._asked = stops, False

    async def receive(self) -> dict[str, Any]:
        """The request, then its end: a file is hung up on when its first rows are here."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.bytes += 0 if self.done.is_set() else len(message.get("body", b""))
        self.blocks += 1
        if not message.get("more_body") or (self._stops and self.blocks == 2):
            self.done.set()


def fill(connection: sa.Connection, ids: list[str], asked: argparse.Namespace) -> None:
    """Complaints, half of them overdue; outcomes; permissions withdrawn. Spread over customers."""
    random = np.random.default_rng(0)

    def some(count: int) -> list[str]:
        return [ids[i] for i in random.permutation(len(ids))[: min(count, len(ids) // 5)]]

    filed = [_complaint(number, c) for number, c in enumerate(some(asked.complaints))]
    connection.execute(complaints.insert(), filed)
    connection.execute(outcomes.insert(), [_outcome(c) for c in some(asked.told)])
    for purpose in ("personalisation", "phone"):
        withdrawn = {"purpose": purpose, "granted": False} | TOLD
        rows = [withdrawn | {"customer_id": c} for c in some(asked.told)]
        connection.execute(permissions.insert(), rows)


def _complaint(number: int, customer_id: str) -> dict[str, Any]:
    opened = NOW.date() - timedelta(days=30 if number % 2 else 0)
    dates = {"opened_on": opened, "acknowledge_by": opened + timedelta(2)}
    dates["due_on"] = opened + timedelta(14)
    return (
        {"complaint_id": f"{number:016x}", "customer_id": customer_id, "text": "x"} | dates | TOLD
    )


def _outcome(customer_id: str) -> dict[str, Any]:
    said = {"recommendation_id": "r", "product_id": "P0007", "outcome": "rejected"}
    return said | {"customer_id": customer_id, "source": "personal"} | TOLD


if __name__ == "__main__":
    main()
