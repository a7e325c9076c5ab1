"""What changed since the last list: two sorted lists walked side by side, a customer at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pyarrow as pa

from recommender.listing.changes import Change, Since
from recommender.listing.csv_lines import harmless
from recommender.listing.made import Made
from recommender.listing.reading import rows_of
from recommender.listing.rows import Row

KINDS_OF_CHANGE = ("new", "gone", "moved", "same")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, BadZipFile, pa.ArrowException)


class Difference:
    """Is told what is listed now, customer by customer, and gives what changed."""

    def __init__(self, old: Path, since: Since, *, is_sorted: bool = True) -> None:
        """Without `is_sorted`, as a call list is not, the old list is sorted in memory."""
        self._since = since
        self._before = _Before(old, is_sorted)
        self._counts = Counter(dict.fromkeys(KINDS_OF_CHANGE, 0))
        self._why: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._reps: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def of(self, made: Made) -> Iterator[Change]:
        """Also of those before this customer that are listed no more; ascending by UTF-8 bytes."""
        key = made.customer_id.encode("utf-8", "surrogatepass")
        for rows in self._before.until(key):
            yield from self._noted(self._since.gone(rows))
        yield from self._noted(self._since.changes(self._before.at(key), made))

    def rest(self) -> Iterator[Change]:
        """Of those after the last customer."""
        for rows in self._before.until(None):
            yield from self._noted(self._since.gone(rows))

    @property
    def is_known(self) -> bool:
        return not self._before.is_broken

    def as_json(self) -> dict[str, Any] | None:
        """None where there was no list before, or one that cannot be read."""
        if not self.is_known:
            return None
        why = {change: dict(sorted(counts.items())) for change, counts in self._why.items()}
        reps = {rep: dict(sorted(self._reps[rep].items())) for rep in sorted(self._reps)}
        return dict(self._counts) | {"why": dict(sorted(why.items())), "reps": reps}

    def _noted(self, changes: Iterable[Change]) -> Iterator[Change]:
        for change in changes:
            self._counts[change.change] += 1
            if change.why is not None:
                self._why[change.change][change.why] += 1
                self._reps[change.rep][change.change] += 1
                yield change


class _Before:
    """The old list, a customer at a time; from what cannot be read on there is nothing more."""

    def __init__(self, path: Path, is_sorted: bool) -> None:
        self.is_broken = False
        self._is_csv = path.suffix == ".csv"
        self._last = b""
        self._groups = self._grouped(path, is_sorted)
        self._next: tuple[bytes, list[Row]] | None = None
        self._advance()

    def until(self, key: bytes | None) -> Iterator[list[Row]]:
        """Customers before this one, or all that are left."""
        while self._next is not None and (key is None or self._next[0] < key):
            yield self._next[1]
            self._advance()

    def at(self, key: bytes) -> list[Row]:
        if self._next is None or self._next[0] != key:
            return []
        rows = self._next[1]
        self._advance()
        return rows

    def _advance(self) -> None:
        try:
            self._next = next(self._groups, None)
        except UNREADABLE:
            self._next, self.is_broken = None, True

    def _grouped(self, path: Path, is_sorted: bool) -> Iterator[tuple[bytes, list[Row]]]:
        rows: Iterable[Row] = map(self._checked, rows_of(path))
        if not is_sorted:
            rows = sorted(rows, key=_key)
        for key, group in groupby(rows, _key):
            if key < self._last:
                raise ValueError("is not sorted by customer")
            self._last = key
            yield key, list(group)

    def _checked(self, row: Row) -> Row:
        ids: Row = {name: self._as_written(row[name]) for name in ("customer_id", "product_id")}
        return row | ids | {"rank": int(row["rank"] or 0)}

    def _as_written(self, cell: Any) -> str:
        """CSV has an apostrophe before what a spreadsheet would run."""
        text = "" if cell is None else str(cell)
        return text[1:] if self._is_csv and text[1:] and harmless(text[1:]) == text else text


def _key(row: Row) -> bytes:
    return str(row["customer_id"]).encode("utf-8", "surrogatepass")
