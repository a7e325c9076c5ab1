"""The trials of a search on disk: one JSON line each, flushed before the next one begins."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from recommender.errors import BusyError, ReadWriteError
from recommender.tuning.gain import Gain


@dataclass(frozen=True)
class Tried:
    """Settings of a search with what they gained over the defaults."""

    values: dict[str, float]
    """By the keys of the config."""
    score: float
    gain: Gain
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Tried:
        return cls(**{**line, "gain": Gain(**line["gain"])})


class TrialsFile:
    """Open for one process at a time; what a killed one left half-written is cut off."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path, self._file = path, file
        self.tried = self._read()

    def append(self, tried: Tried) -> None:
        """On the disk when this returns."""
        self._file.write(json.dumps(tried.as_json()).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.tried.append(tried)

    def _read(self) -> list[Tried]:
        self._file.seek(0)
        text = self._file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._file.truncate(len(whole))
        self._file.seek(len(whole))
        try:
            return [Tried.from_json(json.loads(line)) for line in whole.splitlines()]
        except (ValueError, TypeError, KeyError) as error:
            raise ReadWriteError(
                f"{self.path}: is not a file of trials ({error}); move it away to begin again"
            ) from error


@contextmanager
def trials_file(path: Path) -> Iterator[TrialsFile]:
    """Made where there is none; raises `BusyError` while another search writes it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        file = path.open("r+b")
    except OSError as error:
        raise ReadWriteError(f"{path}: cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"{path}: another tuning of the same data is running; wait for it to end"
            ) from error
        yield TrialsFile(path, file)
