"""Exchanging a release for one without a customer, as safely as one is published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from recommender.errors import BrokenReleaseError
from recommender.release.contents import Contents
from recommender.release.manifest import Manifest, read_manifest
from recommender.release.opening import Release
from recommender.release.publish import (
    digest,
    drop,
    flush_folder,
    make_current,
    put_on_shelf,
    write_files,
)
from recommender.release.shelf import CURRENT, UNFINISHED, Shelf
from recommender.release.soundness import check_soundness


def exchange(
    shelf: Shelf,
    old: Release,
    contents: Contents,
    extras: Mapping[str, bytes],
    about: Mapping[str, Any],
) -> str:
    """Writes the new one aside, makes it live where the old one was, removes the old one.

    The new one keeps the time of the old one, so that the order on the shelf stays; `about` holds
    the fields of the manifest that change. Must be called under `training_lock`.
    """
    check_soundness(contents)
    folder = shelf.directory / f"{UNFINISHED}{os.getpid()}"
    folder.mkdir()
    files = write_files(folder, contents, extras)
    name = _name_at_the_same_time(shelf, old.name, digest(files))
    changed = {"name": name, "files": files, "rewritten_from": old.name, **about}
    put_on_shelf(folder, old.manifest.model_copy(update=changed))
    take_the_place(shelf, old.name, name)
    return name


def take_the_place(shelf: Shelf, old: str, new: str) -> None:
    """A kill before the end leaves both, and `half_exchanged` finds them."""
    flush_folder(shelf.directory)
    if shelf.current_name() == old:
        make_current(shelf.directory, new)
    drop(shelf.directory / old)
    flush_folder(shelf.directory)


def half_exchanged(shelf: Shelf) -> dict[str, str]:
    """Releases that are still there although another one was made to take their place."""
    names = set(shelf.names())
    found = {old: new for new in names if (old := _rewritten_from(shelf, new)) in names}
    return {old: new for old, new in found.items() if old is not None}


def remove(shelf: Shelf, name: str) -> str | None:
    """Removes a release that cannot be rewritten; gives the one that is live then.

    Where it was live itself, the newest of the others takes its place, or none.
    """
    if shelf.current_name() == name:
        others = [other for other in shelf.names() if other != name and _opens(shelf, other)]
        if others:
            make_current(shelf.directory, others[-1])
        else:
            (shelf.directory / CURRENT).unlink()
    drop(shelf.directory / name)
    return shelf.current_name()


def _name_at_the_same_time(shelf: Shelf, old: str, digest: str) -> str:
    stamp, taken = old.split("-", maxsplit=1)[0], set(shelf.names())
    names = (f"{stamp}-{digest[:length]}" for length in range(4, len(digest) + 1))
    return next(name for name in names if name not in taken)


def _rewritten_from(shelf: Shelf, name: str) -> str | None:
    manifest = _manifest(shelf, name)
    return None if manifest is None else manifest.rewritten_from


def _opens(shelf: Shelf, name: str) -> bool:
    return _manifest(shelf, name) is not None


def _manifest(shelf: Shelf, name: str) -> Manifest | None:
    try:
        return read_manifest(shelf.directory / name)
    except BrokenReleaseError:
        return None
