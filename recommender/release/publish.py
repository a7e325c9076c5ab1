"""Writing a release so that a crash at any moment leaves the live one as it was."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from recommender.errors import BusyError, ReadWriteError
from recommender.release.columns import flatten
from recommender.release.contents import Contents
from recommender.release.manifest import FORMAT, MANIFEST, Manifest, ReleaseFile, sha256_of
from recommender.release.shelf import CURRENT, LOCK, REFUSED, UNFINISHED, Shelf
from recommender.release.soundness import check_soundness


@contextmanager
def training_lock(directory: Path) -> Iterator[None]:
    """One training at a time; the kernel frees the lock when its holder dies.

    Raises `BusyError` when another process holds it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / LOCK).open("w")
    except OSError as error:
        raise ReadWriteError(f"{directory}: cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"{directory}: another training is running; wait for it to end"
            ) from error
        yield


def publish(
    directory: Path,
    contents: Contents,
    about: Mapping[str, Any],
    extras: Mapping[str, bytes],
    keep: int,
) -> str:
    """Writes, flushes, renames, then makes it the live one; gives its name.

    `about` holds the fields of `Manifest` that the caller knows, `extras` further files by name.
    Must be called under `training_lock`. Raises ValueError for contents that would not open again.
    """
    check_soundness(contents)
    shelf = Shelf(directory)
    try:
        sweep(directory)
        folder = directory / f"{UNFINISHED}{os.getpid()}"
        folder.mkdir()
        files = write_files(folder, contents, extras)
        name = _new_name(directory, files)
        manifest = Manifest(
            format=FORMAT,
            name=name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=shelf.current_name(),
            files=files,
            **about,
        )
        put_on_shelf(folder, manifest)
        make_current(directory, name)
    except OSError as error:
        raise ReadWriteError(
            f"{directory}: the release cannot be written: {error.strerror or error}; "
            "the live one stays"
        ) from error
    _drop_old(shelf, keep)
    return name


def put_on_shelf(folder: Path, manifest: Manifest) -> None:
    """A folder with all its files becomes a release, whole or not at all."""
    write_flushed(folder / MANIFEST, manifest.as_json())
    flush_folder(folder)
    folder.rename(folder.with_name(manifest.name))


def write_refused(directory: Path, files: Mapping[str, bytes]) -> Path:
    """What is told of a training that may not go live; gives the folder, of the last one only."""
    folder = directory / REFUSED
    try:
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            temporary = folder / f"{name}.new"
            write_flushed(temporary, content)
            temporary.replace(folder / name)
    except OSError as error:
        raise ReadWriteError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return folder


def make_current(directory: Path, name: str) -> None:
    """Readers see the old name or the new one, never half of either."""
    temporary = directory / f"{CURRENT}.new"
    write_flushed(temporary, f"{name}\n".encode())
    temporary.replace(directory / CURRENT)
    flush_folder(directory)


def write_flushed(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Makes the names in the folder last, as `fsync` of a file does for its bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_files(
    folder: Path, contents: Contents, extras: Mapping[str, bytes]
) -> dict[str, ReleaseFile]:
    files = {}
    for name, array in flatten(contents):
        path = folder / f"{name}.npy"
        with path.open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        files[path.name] = _described(path, array.shape, array.dtype.str)
    for name, content in extras.items():
        write_flushed(folder / name, content)
        files[name] = _described(folder / name)
    return files


def _described(
    path: Path, shape: tuple[int, ...] | None = None, dtype: str | None = None
) -> ReleaseFile:
    size = path.stat().st_size
    return ReleaseFile(sha256=sha256_of(path), bytes=size, shape=shape, dtype=dtype)


def _new_name(directory: Path, files: Mapping[str, ReleaseFile]) -> str:
    """UTC time and a hash of the contents; two trainings within a second get two times."""
    moment = datetime.now(UTC)
    newest = max((name.split("-")[0] for name in Shelf(directory).names()), default="")
    stamp = max(f"{moment:%Y%m%dT%H%M%SZ}", _next_second(newest))
    return f"{stamp}-{digest(files)[:4]}"


def digest(files: Mapping[str, ReleaseFile]) -> str:
    """Of all that a release holds."""
    return hashlib.sha256("".join(files[f].sha256 for f in sorted(files)).encode()).hexdigest()


def _next_second(stamp: str) -> str:
    if not stamp:
        return ""
    after = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp() + 1
    return f"{datetime.fromtimestamp(after, UTC):%Y%m%dT%H%M%SZ}"


def sweep(directory: Path) -> None:
    """Removes what a killed training left behind; the lock says that no other one is at work."""
    for folder in directory.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder)


def _drop_old(shelf: Shelf, keep: int) -> None:
    current = shelf.current_name()
    old = [name for name in shelf.names() if name != current]
    for name in old[: max(len(old) - (keep - 1), 0)]:
        try:
            drop(shelf.directory / name)
        except OSError as error:
            raise ReadWriteError(
                f"{shelf.directory}: {current} is live now, but the old release {name} cannot be "
                f"removed: {error.strerror or error}"
            ) from error


def drop(folder: Path) -> None:
    """Removes a release; a kill leaves the whole of it or what `sweep` removes."""
    unfinished = folder.with_name(f"{UNFINISHED}{folder.name}")
    folder.rename(unfinished)
    shutil.rmtree(unfinished)
