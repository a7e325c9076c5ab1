"""Requests on kept connections, as fast as answered or at a fixed rate, and how long each takes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass
class Answers:
    """What came back; a failed request is one that was not answered with the status expected."""

    took_ms: list[float] = field(default_factory=list)
    failed: list[bytes] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def a_second(self) -> float:
        return len(self.took_ms) / self.seconds

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.took_ms, share)) if self.took_ms else float("nan")


class Connection(asyncio.Protocol):
    """One request at a time; `answered` is told the status and body when all of it is there."""

    def __init__(self) -> None:
        self.waiting: asyncio.Future[tuple[bytes, bytes]] | None = None
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, _: Exception | None) -> None:
        if self.waiting and not self.waiting.done():
            self.waiting.set_result((b"closed", b""))

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.received[:end]
        length = LENGTH.search(head)
        if len(self.received) >= end + 4 + (int(length[1]) if length else 0):
            answer, self.received = (head[9:12], self.received[end + 4 :]), b""
            if self.waiting and not self.waiting.done():
                self.waiting.set_result(answer)

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Status and body."""
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


async def connected(port: int) -> Connection:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(Connection, "127.0.0.1", port))[1]


async def as_fast_as_answered(
    port: int, requests: Iterator[bytes], connections: int, seconds: float
) -> Answers:
    """Closed loop: each connection asks again as soon as it was answered."""
    found, began = Answers(), time.perf_counter()
    until = began + seconds

    async def keep_asking() -> None:
        connection = await connected(port)
        while time.perf_counter() < until:
            await _timed(connection, next(requests), time.perf_counter(), found)
        connection.transport.close()

    await asyncio.gather(*(keep_asking() for _ in range(connections)))
    found.seconds = time.perf_counter() - began
    return found


async def at_rate(
    port: int, requests: Iterator[bytes], a_second: float, seconds: float, connections: int = 64
) -> Answers:
    """Open loop: requests start when they are due, answered or not; times count from when due."""
    found, free = Answers(), asyncio.Queue[Connection]()
    for _ in range(connections):
        free.put_nowait(await connected(port))
    began, running = time.perf_counter(), set()

    async def ask(due: float) -> None:
        connection = await free.get()
        await _timed(connection, next(requests), due, found)
        free.put_nowait(connection)

    for number in range(int(a_second * seconds)):
        due = began + number / a_second
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.ensure_future(ask(due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    found.seconds = time.perf_counter() - began
    while not free.empty():
        free.get_nowait().transport.close()
    return found


async def _timed(connection: Connection, request: bytes, due: float, found: Answers) -> None:
    status, body = await connection.ask(request)
    found.took_ms.append((time.perf_counter() - due) * 1000)
    if not status.startswith(b"2"):
        found.failed.append(status + b" " + body[:200])
        if status == b"closed":
            raise ConnectionError("the service closed the connection")
