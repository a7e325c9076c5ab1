"""Files of a release, mapped into memory and held against its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from recommender.errors import BrokenReleaseError
from recommender.release.columns import Array
from recommender.release.manifest import Manifest, ReleaseFile, sha256_of

REMEDY = "roll back with `recommender releases rollback` or train again"


def mapped(folder: Path, column: str, manifest: Manifest, *, verified: bool) -> Array:
    """One column; raises `BrokenReleaseError`."""
    file_name = f"{column}.npy"
    described = manifest.files.get(file_name)
    if described is None:
        raise BrokenReleaseError(f"{folder}: the manifest lacks {file_name}; {REMEDY}")
    _verify(folder / file_name, described, with_hash=verified)
    try:
        array: Array = _open(folder / file_name, described)
    except Exception as error:  # NumPy has many words for a file that is not its own
        raise BrokenReleaseError(f"{folder / file_name}: {error}; {REMEDY}") from error
    found = (array.shape, array.dtype.str)
    if found != (described.shape, described.dtype):
        raise BrokenReleaseError(
            f"{folder / file_name}: holds {found}, "
            f"the manifest says {(described.shape, described.dtype)}; {REMEDY}"
        )
    return array


def _open(path: Path, described: ReleaseFile) -> Any:
    """An empty array cannot be mapped; it is read instead. The view drops memmap's slow class."""
    if described.shape and 0 in described.shape:
        with path.open("rb") as file:
            return npy.read_array(file, allow_pickle=False)
    return npy.open_memmap(path, mode="r").view(np.ndarray)


def _verify(path: Path, described: ReleaseFile, *, with_hash: bool) -> None:
    if not path.is_file():
        raise BrokenReleaseError(f"{path}: is missing; {REMEDY}")
    size = path.stat().st_size
    if size != described.bytes:
        raise BrokenReleaseError(
            f"{path}: has {size} bytes, the manifest says {described.bytes}; {REMEDY}"
        )
    if with_hash and sha256_of(path) != described.sha256:
        raise BrokenReleaseError(f"{path}: its content is not what was published; {REMEDY}")


def verify_extras(folder: Path, manifest: Manifest) -> None:
    """Every file that is no column; raises `BrokenReleaseError`."""
    for name, described in manifest.files.items():
        if not name.endswith(".npy"):
            _verify(folder / name, described, with_hash=True)
