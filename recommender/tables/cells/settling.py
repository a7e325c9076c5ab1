"""Chunks held back until it is known how their numbers and dates are to be read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from recommender.tables.cells.dates import DateForm
from recommender.tables.cells.decimals import DecimalMark
from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal

MOST_HELD = 24
"""Chunks: 1.5 million rows. What they do not decide, the config must."""


def settled(
    chunks: Iterable[Chunk], forms: Mapping[str, DateForm | DecimalMark], journal: Journal
) -> Iterator[Chunk]:
    """The same chunks, each once the form of every column it has is decided, or cannot be."""
    held: deque[Chunk] = deque()
    for chunk in chunks:
        held.append(chunk)
        for name, form in forms.items():
            if name in chunk.columns:
                form.look(chunk.columns[name], journal)
        if len(held) >= MOST_HELD:
            _share(forms, journal)
        if len(held) >= MOST_HELD or not any(f.is_waiting for f in forms.values()):
            while held:
                yield held.popleft()
    _share(forms, journal)
    yield from held


def _share(forms: Mapping[str, DateForm | DecimalMark], journal: Journal) -> None:
    """What a column does not show by itself the other columns may."""
    marks = [form for form in forms.values() if isinstance(form, DecimalMark)]
    settled_by_themselves = [mark for mark in marks if mark.mark]
    for mark in marks:
        mark.borrow(settled_by_themselves, journal)
