"""Shop, pages, events and outcomes at once, while the release is exchanged: nothing may go wrong.

    python -m benchmarks.mixed_load [--minutes 10] [--swap-every 60] [--rate 60] [--workers 2]

Two made-up releases differ in every name: those of the one end in `[A]`, of the other in `[B]`. An
answer that holds names of both, or names that are not of the release it tells, mixes the two. It
counts requests that failed, answers that mixed, and the memory each worker has to itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

from benchmarks.load import Connection, connected
from benchmarks.made_up_base import ABOUT, made_up
from benchmarks.processes import COMMAND, children_of, made_key, own_megabytes, running
from recommender.release.publish import publish, training_lock
from recommender.text import TextColumn

PORT = 8473
CUSTOMERS, PRODUCTS = 3_000, 600
MARK = re.compile(rb"\[([AB])\]")
EVERY_SAMPLE = 5.0
"""Seconds."""


@dataclass
class Seen:
    """What came of it."""

    asked: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    releases: Counter[str] = field(default_factory=Counter)
    swaps: int = 0
    memory: list[float] = field(default_factory=list)
    """MB that all workers have to themselves, one sample after the other."""

    @property
    def growth(self) -> float:
        """MB, from the second quarter of the time to the last."""
        quarter = max(len(self.memory) // 4, 1)
        then, now = self.memory[quarter : 2 * quarter], self.memory[-quarter:]
        return sum(now) / len(now) - sum(then) / len(then)


@dataclass
class Shop:
    """Who asks: keys, and what each release is called."""

    shop_key: str
    rep_key: str
    names: dict[str, str]
    """Name of a release -> A or B."""
    seen: Seen
    draw: random.Random = field(default_factory=lambda: random.Random(0))

    def customer(self) -> str:
        return f"K{self.draw.randrange(CUSTOMERS):06}"

    def product(self) -> str:
        return f"P{self.draw.randrange(PRODUCTS):04}"

    async def ask(
        self, connection: Connection, kind: str, request: bytes, expected: bytes = b"200"
    ) -> bytes:
        status, body = await connection.ask(request)
        self.seen.asked[kind] += 1
        if status != expected:
            self.seen.failed.append(f"{kind}: {status!r} {body[:200]!r}")
        self._check(kind, body)
        return body

    def _check(self, kind: str, body: bytes) -> None:
        marks = set(MARK.findall(body))
        told = re.search(rb'"release":"([^"]+)"', body)
        name = told[1].decode() if told else ""
        if name in self.names:
            marks.add(self.names[name].encode())
            self.seen.releases[name] += 1
        if len(marks) > 1:
            self.seen.mixed.append(f"{kind}: {body[:300]!r}")

    async def list(self, connection: Connection) -> None:
        address = f"/v1/customers/{self.customer()}/suggestions"
        body = await self.ask(connection, "list", get(address, self.shop_key))
        found = json.loads(body)
        if found.get("suggestions") and self.draw.random() < 0.3:
            offered = self.draw.choice(found["suggestions"])["product_id"]
            outcome = {"outcome": self.draw.choice(["shown", "accepted", "rejected", "snoozed"])}
            said = outcome | {"product_id": offered}
            said["recommendation_id"] = found["recommendation_id"]
            sent = post("/v1/outcomes", self.shop_key, said)
            await self.ask(connection, "outcome", sent, b"201")

    async def basket(self, connection: Connection) -> None:
        customer = self.draw.choice([None, self.customer()])
        basket = {"product_ids": [self.product(), self.product()], "customer_id": customer}
        await self.ask(connection, "basket", post("/v1/baskets/suggestions", self.shop_key, basket))

    async def also_bought(self, connection: Connection) -> None:
        address = f"/v1/products/{self.product()}/also-bought"
        await self.ask(connection, "also bought", get(address, self.shop_key))

    async def event(self, connection: Connection) -> None:
        event = {
            "customer_id": self.customer(),
            "product_id": self.product(),
            "event": self.draw.choice(["view", "view", "cart", "quote", "purchase"]),
            "happened_at": datetime.now(UTC).isoformat(),
        }
        await self.ask(connection, "event", post("/v1/events", self.shop_key, event), b"201")

    async def page(self, connection: Connection) -> None:
        address = self.draw.choice(
            [f"/customers/{self.customer()}", f"/products/{self.product()}", "/customers", "/board"]
        )
        await self.ask(connection, "page", get(address, self.rep_key))


def get(address: str, key: str) -> bytes:
    return (
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n"
    ).encode()


def post(address: str, key: str, body: dict[str, object]) -> bytes:
    text = json.dumps(body).encode()
    head = (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


def two_releases(directory: Path) -> dict[str, str]:
    """Publishes both; their names, and which is which."""
    contents = made_up(CUSTOMERS, PRODUCTS)
    names = {}
    with training_lock(directory):
        for mark in "AB":
            products, customers = contents.products, contents.customers
            marked = replace(
                contents,
                products=replace(products, name=_marked(products.name, mark)),
                customers=replace(customers, name=_marked(customers.name, mark)),
            )
            counts = {"customers": CUSTOMERS, "products": PRODUCTS}
            names[publish(directory, marked, ABOUT | {"counts": counts}, {}, 5)] = mark
    return names


def _marked(texts: TextColumn, mark: str) -> TextColumn:
    return TextColumn.of(f"{text} [{mark}]" for text in texts)


async def load(shop: Shop, seconds: float, rate: float) -> None:
    """Each kind at its share of the rate, on connections of its own."""
    shares: list[tuple[Callable[[Connection], Awaitable[None]], float]] = [
        (shop.list, 0.5),
        (shop.basket, 0.15),
        (shop.also_bought, 0.15),
        (shop.event, 0.15),
        (shop.page, 0.05),
    ]
    until = time.monotonic() + seconds
    await asyncio.gather(*(_keep_asking(act, 1 / (rate * share), until) for act, share in shares))


async def _keep_asking(
    act: Callable[[Connection], Awaitable[None]], every: float, until: float
) -> None:
    connection, due = await connected(PORT), time.monotonic()
    while time.monotonic() < until:
        await act(connection)
        due = max(due + every, time.monotonic() - 1)
        await asyncio.sleep(max(due - time.monotonic(), 0))
    connection.transport.close()


async def exchange(config: Path, shop: Shop, seconds: float, every: float) -> None:
    """The other release becomes the live one, by the command that an operator would use."""
    names, until, turn = list(shop.names), time.monotonic() + seconds, 0
    while time.monotonic() + every < until:
        await asyncio.sleep(every)
        command = [*COMMAND, "releases", "rollback", names[turn % 2], "--config", str(config)]
        found = await asyncio.to_thread(run, command, capture_output=True, text=True, check=False)
        if found.returncode:
            shop.seen.failed.append(f"rollback: {found.stderr}")
        shop.seen.swaps, turn = shop.seen.swaps + 1, turn + 1


async def sample(pid: int, seen: Seen, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(EVERY_SAMPLE)
        workers = children_of(pid) or [pid]
        seen.memory.append(sum(own_megabytes(worker) for worker in workers))


def under_load(place: Path, seconds: float, swap_every: float, rate: float, workers: int) -> Seen:
    """Runs all of it in the folder; gives what came of it."""
    config, seen = place / "recommender.toml", Seen()
    config.write_text('[purchases]\nsource = "none.csv"\n')
    names = two_releases(place / "releases")
    shop = Shop(made_key(config, "shop"), made_key(config, "manager"), names, seen)
    command = [*COMMAND, "serve", "--port", str(PORT), "--config", str(config)]
    command += ["--workers", str(workers)]
    with running(command, PORT, "/health/ready", core=None) as (process, _):

        async def everything() -> None:
            await asyncio.gather(
                load(shop, seconds, rate),
                exchange(config, shop, seconds, swap_every),
                sample(process.pid, seen, seconds),
            )

        asyncio.run(everything())
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--swap-every", type=float, default=60)
    parser.add_argument("--rate", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        seen = under_load(
            Path(name), asked.minutes * 60, asked.swap_every, asked.rate, asked.workers
        )
    print(f"{sum(seen.asked.values()):,} requests: {dict(seen.asked)}; {seen.swaps} swaps")
    print(f"{len(seen.failed)} failed, {len(seen.mixed)} mixed two releases")
    print(f"answered from {dict(seen.releases)}")
    print(f"memory of all workers: {seen.memory[0]:.0f} MB at first, {seen.memory[-1]:.0f} at last")
    print(f"from the second to the last quarter {seen.growth:+.1f} MB")
    for line in [*seen.failed[:5], *seen.mixed[:5]]:
        print(line, file=sys.stderr)
    sys.exit(bool(seen.failed or seen.mixed))


if __name__ == "__main__":
    main()
