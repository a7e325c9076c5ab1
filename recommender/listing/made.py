"""What one customer adds to the files of a list, and a block of customers as bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from recommender.listing.rows import HELD_COLUMNS, LIST_COLUMNS, Row


@dataclass(frozen=True)
class Made:
    """Rows of the list, rows that were held back, and what the manifest counts of both."""

    customer_id: str
    rows: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def packed(made: Iterable[Made]) -> bytes:
    """A line of JSON a customer; numbers come back as the very same."""
    lines = (
        json.dumps([one.customer_id, _cells(one.rows), _cells(one.held), one.counts])
        for one in made
    )
    return "".join(f"{line}\n" for line in lines).encode()


def unpacked(block: bytes) -> Iterator[Made]:
    """In the order in which they were packed."""
    for line in block.splitlines():
        customer_id, rows, held, counts = json.loads(line)
        yield Made(
            customer_id,
            [dict(zip(LIST_COLUMNS, row, strict=True)) for row in rows],
            [dict(zip(HELD_COLUMNS, row, strict=True)) for row in held],
            Counter(counts),
        )


def _cells(rows: list[Row]) -> list[list[object]]:
    return [list(row.values()) for row in rows]
