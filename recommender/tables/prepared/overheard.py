"""What a reader says about a file while it reads it, to be said again without reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recommender.tables.journal import Journal

Said = dict[str, Any]
"""One sentence as JSON: a note, or one that is counted with its rows and its example."""


class Overheard(Journal):
    """Passes everything on and remembers it until it is asked for."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal.table, journal.max_rejected)
        self._journal = journal
        self._said: list[Said] = []

    def hashed(self, sha256: str) -> None:
        self._journal.hashed(sha256)

    def note(self, sentence: str) -> None:
        self._said.append({"note": sentence})
        self._journal.note(sentence)

    def count(self, sentence: str, rows: int, example: str = "") -> None:
        if rows:
            self._said.append({"count": sentence, "rows": int(rows), "example": example})
        self._journal.count(sentence, rows, example)

    def since_last(self) -> list[Said]:
        """What was said since this was asked before."""
        said, self._said = self._said, []
        return said


def say_again(said: Sequence[Said], journal: Journal) -> None:
    for sentence in said:
        if "note" in sentence:
            journal.note(sentence["note"])
        else:
            journal.count(sentence["count"], sentence["rows"], sentence["example"])
