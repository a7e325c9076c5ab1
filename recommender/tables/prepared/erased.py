"""Whether lines name a customer that was erased, of which nothing is known but a hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from recommender.tables.cells.texts import as_text
from recommender.tables.chunk import Chunk

_BETWEEN_CELLS = re.compile(r'[,;\t|"]')


class Erased:
    """Asks about each id once."""

    def __init__(self, is_forgotten: Callable[[str], bool]) -> None:
        self._is_forgotten = is_forgotten
        self._strangers: set[str] = set()
        """Of which it is known that they were not."""

    def are_in(self, chunk: Chunk) -> bool:
        """Among the customers of the rows, or in a cell of one that could not be split."""
        return self._any(_customers(chunk)) or any(
            self._any(map(str.strip, _BETWEEN_CELLS.split(row.value))) for row in chunk.broken
        )

    def _any(self, ids: Iterable[str]) -> bool:
        for key in ids:
            if key in self._strangers:
                continue
            if self._is_forgotten(key):
                return True
            self._strangers.add(key)
        return False


def _customers(chunk: Chunk) -> list[str]:
    """Trimmed as the checks trim them."""
    texts = as_text(chunk.column("customer_id")).dictionary
    ids: list[str] = pc.utf8_trim_whitespace(texts.cast(pa.string())).drop_null().to_pylist()
    return ids
