"""Where a request waits for the database: decided once, so that no endpoint stalls others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from service.records.database import Database

T = TypeVar("T")
Ask = Callable[[sa.Connection], T]

_WRITER = ThreadPoolExecutor(1, "records-writer")
"""One a process: there is one writer at a time anyway, and those who wait here hold nothing."""


async def read(database: Database, ask: Ask[T]) -> T:
    """For a few rows: an embedded database answers faster than a thread would begin."""
    if database.is_embedded:
        return read_now(database, ask)
    return await read_long(database, ask)


async def read_long(database: Database, ask: Ask[T]) -> T:
    """For what may walk many rows."""
    return await asyncio.to_thread(read_now, database, ask)


async def write(database: Database, tell: Ask[T]) -> T:
    """Committed when it returns; undone where it raises."""
    return await asyncio.get_running_loop().run_in_executor(_WRITER, _write_now, database, tell)


def read_now(database: Database, ask: Ask[T]) -> T:
    with database.reading() as connection:
        return ask(connection)


def _write_now(database: Database, tell: Ask[T]) -> T:
    with database.writing() as connection:
        return tell(connection)
