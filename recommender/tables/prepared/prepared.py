"""CSV and Excel files of purchases, each split into cells once and kept for the next training.

Only what a file and its settings decide is kept: cells that nobody has interpreted yet. Every check
is made again, so that dates, decimal marks and repeated lines are settled by all files together,
and what is said of them is the same to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from recommender.release.publish import drop, sweep
from recommender.release.shelf import PREPARED, prepared_names
from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal
from recommender.tables.prepared.erased import Erased
from recommender.tables.prepared.folder import (
    DamagedError,
    PreparedFile,
    Writing,
    open_prepared,
)
from recommender.tables.prepared.keeping import Keeping
from recommender.tables.prepared.origin import key_of, origin_of
from recommender.tables.prepared.overheard import Overheard, say_again
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import read_file
from recommender.tables.reading.sources import SourceFile

SLOW_ENDINGS = (".csv", ".csv.gz", ".xlsx")


class Prepared:
    """Reads files for one training; to be used under `training_lock`."""

    def __init__(
        self, releases: Path, is_forgotten: Callable[[str], bool], say: Callable[[str], None]
    ) -> None:
        self._folder, self._say = releases / PREPARED, say
        self._erased = Erased(is_forgotten)
        self._wanted: set[str] = set()
        self._personal: set[str] = set()
        """Those that name somebody erased, whether they were kept once or not."""
        self._reused = 0
        sweep(self._folder)

    def read(self, file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
        """As `read_file`, from what was kept of the file where it is still the same."""
        if file.ending not in SLOW_ENDINGS:
            yield from read_file(file, contract, journal)
            return
        origin = origin_of(file, contract)
        self._wanted.add(key_of(origin))
        found = self._found(key_of(origin), file)
        if found:
            yield from self._read_again(found, journal)
        else:
            yield from self._read_and_keep(file, contract, journal, origin)

    def tell(self) -> None:
        """What was reused, and what is read every time."""
        files = f"of {len(self._wanted)} purchases files"
        if self._wanted:
            self._say(f"reused: the lines of {self._reused} {files}")
        if self._personal:
            self._say(
                f"not kept: the lines of {len(self._personal)} {files}, which name an erased "
                "customer; take it out there, until then they are read every time"
            )

    def tidy(self, *, is_complete: bool) -> None:
        """Removes what names somebody erased, and what no file of a complete reading needs."""
        sweep(self._folder)
        needed = self._wanted if is_complete else set(prepared_names(self._folder))
        for name in prepared_names(self._folder):
            if name not in needed - self._personal:
                drop(self._folder / name)
        with suppress(OSError):  # not there, or not empty
            self._folder.rmdir()

    def _found(self, name: str, file: SourceFile) -> PreparedFile | None:
        try:
            return open_prepared(self._folder / name)
        except DamagedError as error:
            self._say(f"{file.name} is read again: what was kept of it is damaged ({error})")
            drop(self._folder / name)
            return None

    def _read_again(self, found: PreparedFile, journal: Journal) -> Iterator[Chunk]:
        journal.hashed(found.origin["sha256"])
        for said, chunk in found.chunks():
            say_again(said, journal)
            if self._erased.are_in(chunk):
                self._personal.add(found.folder.name)
            yield chunk
        say_again(found.said, journal)
        self._reused += 1

    def _read_and_keep(
        self, file: SourceFile, contract: Contract, journal: Journal, origin: dict[str, Any]
    ) -> Iterator[Chunk]:
        keeping, heard = Keeping(Writing(self._folder, origin), self._erased), Overheard(journal)
        try:
            for chunk in read_file(file, contract, heard):
                keeping.add(chunk, heard.since_last())
                yield chunk
            if file.sha256() == origin["sha256"]:
                keeping.finish(heard.since_last())
        finally:
            keeping.discard()
            if keeping.is_personal:
                self._personal.add(key_of(origin))
            if keeping.problem:
                self._say(f"the lines of {file.name} cannot be kept: {keeping.problem}")
