"""The files behind `source = "file, folder or glob"`."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from recommender.config import TableSection
from recommender.errors import ConfigError, ReadWriteError
from recommender.tables.journal import Journal

ENDINGS = (".csv", ".csv.gz", ".parquet", ".xlsx")
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    path: Path
    name: str
    """Relative to the config, with `/`: what people are shown."""

    @property
    def ending(self) -> str:
        """The supported ending it has, or an empty text."""
        lower = self.path.name.lower()
        return next((e for e in ENDINGS if lower.endswith(e)), "")

    def sha256(self) -> str:
        digest = hashlib.sha256()
        with reading(self.name), self.path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()


def find_files(section: TableSection, folder: Path, journal: Journal) -> list[SourceFile]:
    """Sorted by name; raises `ConfigError` where there is nothing to read."""
    source, key = section.source or "", f"[{journal.table}] source = {section.source!r}"
    path = folder / source
    with reading(source):
        if path.is_dir():
            found = _usable(folder, sorted(map(str, path.iterdir())), journal)
        elif path.exists():
            found = [SourceFile(path, _name(path, folder))]
        else:
            # Path.glob takes no absolute pattern.
            matches = glob.glob(source, root_dir=folder, recursive=True)  # noqa: PTH207
            found = _usable(folder, [str(folder / m) for m in sorted(matches)], journal)
    if not found:
        raise ConfigError(f"{key}: {_nothing(path, source)}")
    if not all(f.ending for f in found):
        raise ConfigError(
            f"{key}: the ending {path.suffix!r} is none of {', '.join(ENDINGS)}; "
            "save it in one of these formats"
        )
    return found


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns what the operating system says about a file into `ReadWriteError`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadWriteError(f"{name}: cannot be read: {reason}; check path and rights") from error


def _usable(folder: Path, paths: list[str], journal: Journal) -> list[SourceFile]:
    """Files of a supported ending; the others are noted, not read."""
    files = [SourceFile(Path(p), _name(Path(p), folder)) for p in paths]
    kept = [f for f in files if f.ending and f.path.is_file() and f.path.name[0] not in "._~"]
    ignored = [f.name for f in files if f not in kept]
    if ignored:
        more = f" and {len(ignored) - 3} more" if len(ignored) > 3 else ""
        journal.note(f"ignored, not a table: {', '.join(ignored[:3])}{more}")
    return kept


def _name(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _nothing(path: Path, source: str) -> str:
    if path.is_dir():
        return f"the folder holds no file that ends in {', '.join(ENDINGS)}; put one there"
    if glob.has_magic(source):
        return f"no file that ends in {', '.join(ENDINGS)} matches; correct the pattern"
    return "no such file or folder; correct the path, it is relative to the config"
