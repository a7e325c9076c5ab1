"""Where what outgrows memory lies while it is needed, and no longer."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recommender.errors import ReadWriteError

PREFIX = "recommender-reading-"
_DISK = Path("/var/tmp")  # noqa: S108
_YOUNG = 60
"""Seconds in which a folder without a lock may be one that is just being made."""


def scratch_place() -> Path:
    """What TMPDIR names, else a folder that is on disk: /tmp is memory on many machines."""
    if not os.environ.get("TMPDIR") and os.access(_DISK, os.W_OK):
        return _DISK
    return Path(tempfile.gettempdir())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for the time of one reading; what killed ones left behind is removed first."""
    place = scratch_place()
    _sweep(place)
    with writing_there():
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def writing_there() -> Iterator[None]:
    """Turns what the operating system says about the disk into `ReadWriteError`."""
    try:
        yield
    except OSError as error:
        raise no_room(error.strerror or str(error)) from error


def no_room(reason: str) -> ReadWriteError:
    return ReadWriteError(
        f"{scratch_place()}: cannot be written: {reason}; purchases larger than [purchases] memory "
        "are sorted there: free some space, or let TMPDIR name a folder with more of it"
    )


def _sweep(place: Path) -> None:
    """The kernel frees a lock when its holder dies, however it dies."""
    for folder in place.glob(f"{PREFIX}*"):
        # Those of other people cannot be opened, and are theirs to remove.
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - folder.stat().st_mtime > _YOUNG:
                    shutil.rmtree(folder)
            finally:
                os.close(lock)
