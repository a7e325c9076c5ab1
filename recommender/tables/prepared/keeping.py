"""Keeping a file while it is read, as long as it may be kept and there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from recommender.tables.chunk import Chunk
from recommender.tables.prepared.erased import Erased
from recommender.tables.prepared.folder import Writing
from recommender.tables.prepared.overheard import Said


@dataclass
class Keeping:
    """A file that cannot be kept is read all the same: nothing here stops a training."""

    writing: Writing
    erased: Erased
    is_personal: bool = False
    """Whether the file names somebody that was erased."""
    problem: str | None = None
    """Of the disk."""

    @property
    def has_stopped(self) -> bool:
        return self.is_personal or self.problem is not None

    def add(self, chunk: Chunk, said: list[Said]) -> None:
        self.is_personal = self.is_personal or self.erased.are_in(chunk)
        if self.has_stopped:
            self.discard()
            return
        with self._noting():
            self.writing.add(chunk, said)

    def finish(self, said: list[Said]) -> None:
        if not self.has_stopped:
            with self._noting():
                self.writing.finish(said)

    def discard(self) -> None:
        """Removes what is not finished; what resists is swept away by the next training."""
        with suppress(OSError):
            self.writing.discard()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.problem = error.strerror or str(error)
