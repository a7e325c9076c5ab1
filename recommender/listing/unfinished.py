"""The work folder beside a list: blocks that are done, and files that wait to take their place.

`.list.csv.unfinished` belongs to `list.csv` and is gone once the list is whole. What a killed run
left in it is taken up by the next run of the same kind, and removed by any other and by an erasure.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from recommender.errors import BusyError, ReadWriteError
from recommender.listing.formats import writer_of
from recommender.listing.making import Finished

PARTS = ("", ".held.csv", ".changes.csv", ".manifest.json")
"""Added to the name of a list, in the order in which new files take their place."""
RUN, LOCK, BLOCKS, NEW, WHOLE = "run.json", "lock", "blocks", "new", "whole"


@dataclass(frozen=True)
class Unfinished:
    """The folder of one list, locked."""

    out: Path
    was_whole: bool = False
    """Whether the last run was killed while its files took their place; they have it now."""

    @property
    def folder(self) -> Path:
        return work_folder(self.out)

    def begin(self, run: str) -> None:
        """Keeps the blocks that are there if `run`, the hash of what they are made from, fits."""
        path = self.folder / RUN
        if path.is_file() and path.read_text(encoding="utf-8") == run:
            return
        self.clear()
        path.write_text(run, encoding="utf-8")

    def keep(self, finished: Finished) -> None:
        """A block counts only with the whole of its bytes: a power cut may leave a part of them."""
        path = self._block(finished.number)
        path.parent.mkdir(exist_ok=True)
        about = {
            "made_from": finished.made_from,
            "failed": len(finished.failures),
            "sha256": hashlib.sha256(finished.block).hexdigest(),
        }
        part = path.with_suffix(".part")
        part.write_bytes(json.dumps(about).encode() + b"\n" + finished.block)
        part.replace(path)

    def has(self, number: int, made_from: str) -> bool:
        """False for a block of other facts, and for one with a failure: that may be mended now."""
        try:
            about, block = self._read(number)
        except (OSError, ValueError):
            return False
        fits = about.get("made_from") == made_from and about.get("failed") == 0
        return fits and about.get("sha256") == hashlib.sha256(block).hexdigest()

    def block(self, number: int) -> bytes:
        return self._read(number)[1]

    def new(self, ending: str) -> Path:
        """Where a file of the list is written until all of them are whole."""
        (self.folder / NEW).mkdir(exist_ok=True)
        return self.folder / NEW / f"{self.out.name}{ending}"

    def publish(self) -> None:
        """All new files take their place; a kill on the way is made good by whoever comes next."""
        for path in (self.folder / NEW).iterdir():
            _flush(path)
        _flush(self.folder / NEW)
        (self.folder / NEW).rename(self.folder / WHOLE)
        self.finish()
        self.clear()

    def clear(self) -> None:
        """No block is of use any more."""
        _remove(self.folder / BLOCKS)

    def finish(self) -> bool:
        """Lets files take their place that are whole already; whether there were any."""
        if not (self.folder / WHOLE).is_dir():
            return False
        for ending in PARTS:
            path = self.folder / WHOLE / f"{self.out.name}{ending}"
            if path.exists():
                path.replace(self.out.with_name(path.name))
        _flush(self.out.parent)
        _remove(self.folder / WHOLE)
        return True

    def _read(self, number: int) -> tuple[dict[str, object], bytes]:
        about, _, block = self._block(number).read_bytes().partition(b"\n")
        return json.loads(about), block

    def _block(self, number: int) -> Path:
        return self.folder / BLOCKS / f"{number:07}.json"


def work_folder(out: Path) -> Path:
    return out.with_name(f".{out.name}.unfinished")


@contextmanager
def working_on(out: Path) -> Iterator[Unfinished]:
    """Raises `BusyError` where another run writes this list, `ReadWriteError` for the disk, and
    `ConfigError` for an ending that no list has.

    Whatever goes wrong, the old files stay and no half ones are seen; finished blocks are kept.
    """
    writer_of(out)
    work = Unfinished(out)
    with _explained(out), _locked(work.folder):
        _remove(work.folder / NEW)
        try:
            yield replace(work, was_whole=work.finish())
        finally:
            _remove(work.folder / NEW)
            if not (work.folder / BLOCKS).is_dir():
                _remove(work.folder)


def sweep_unfinished(out: Path) -> None:
    """Removes what a killed run left, but lets files that are whole take their place before.

    Raises `BusyError` where a run is still at it, OSError for the disk.
    """
    work = Unfinished(out)
    if work.folder.is_dir():
        with _locked(work.folder):
            work.finish()
            _remove(work.folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The kernel frees the lock when its holder dies."""
    folder.mkdir(exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(lock.fileno()), (folder / LOCK).stat())
        except (BlockingIOError, FileNotFoundError):
            is_ours = False  # held, or the one that held it has just removed the folder
        if not is_ours:
            raise BusyError(f"{folder}: another run is writing this list; wait for it to end")
        yield


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReadWriteError(f"{out}: cannot be written: {error.strerror or error}") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    """Nothing where it is not there."""
    if folder.is_dir():
        shutil.rmtree(folder)
