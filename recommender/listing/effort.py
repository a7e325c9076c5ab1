"""How a list is worked on: by how many processes, in blocks of what size, and who watches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

BLOCK = 500
"""Customers; memory grows with it, and a killed run loses so many a worker at most."""
Step = Callable[[int], None]
Shown = Callable[[str, int], AbstractContextManager[Step]]
"""For (what is worked on, how many there are): is told each time how many more are done."""


@contextmanager
def unseen(_what: str, _length: int) -> Iterator[Step]:
    yield lambda _done: None


@dataclass(frozen=True)
class Effort:
    """None of it changes a byte of the list."""

    workers: int = 1
    block: int = BLOCK
    shown: Shown = unseen
    failed: Callable[[str, str], None] = lambda _customer_id, _traceback: None

    def __post_init__(self) -> None:
        for name, count in (("workers", self.workers), ("block", self.block)):
            if count < 1:
                raise ValueError(f"{name} is {count}; it must be at least 1")


def cores() -> int:
    """That this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
