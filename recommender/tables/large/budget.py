"""How much memory purchases may take before they go to disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

BYTES_A_LINE = 120
"""Of memory that reading, sorting and looking over purchases takes at most; 115 were measured."""
SHARE = 4
"""Of this machine's memory reading takes a quarter: the training needs more of it than that."""
_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Of a container, in the new and the old way."""


def most_bytes(asked: int | None) -> int:
    """What was asked for, else a share of what this machine or this container has."""
    return asked or _memory() // SHARE


def _memory() -> int:
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in _LIMITS:
        with suppress(OSError, ValueError):
            found.append(int(path.read_text()))
    return min(found)
