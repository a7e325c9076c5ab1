"""The folder of one prepared file: written whole or not at all, trusted only while it is sound."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recommender.errors import ReadWriteError
from recommender.release.publish import flush_folder, write_flushed
from recommender.release.shelf import UNFINISHED
from recommender.tables.chunk import Chunk
from recommender.tables.prepared.origin import key_of
from recommender.tables.prepared.overheard import Said
from recommender.tables.prepared.parts import (
    packed,
    packed_rejections,
    unpacked,
    unpacked_rejections,
)

MANIFEST = "manifest.json"


class DamagedError(Exception):
    """A prepared file is not as it was written."""


@dataclass
class Writing:
    """The next prepared file, a part for each chunk, under another name until it is finished."""

    folder: Path
    origin: dict[str, Any]
    _parts: list[dict[str, Any]] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict)

    @property
    def _unfinished(self) -> Path:
        return self.folder / f"{UNFINISHED}{os.getpid()}"

    def add(self, chunk: Chunk, said: list[Said]) -> None:
        """What was said before the chunk came belongs to it."""
        if not self._parts:
            self._unfinished.mkdir(parents=True)
        number = f"{len(self._parts):05}"
        part = {"said": said, "rows": self._write(f"{number}.parquet", packed(chunk))}
        if chunk.broken:
            content = packed_rejections(chunk.broken)
            part["broken"] = self._write(f"{number}.broken.parquet", content)
        self._parts.append(part)

    def finish(self, said: list[Said]) -> None:
        if not self._parts:
            self._unfinished.mkdir(parents=True)
        body = {"origin": self.origin, "parts": self._parts, "said": said, "sha256": self._hashes}
        manifest = {"body": body, "sha256": _digest(body)}
        write_flushed(self._unfinished / MANIFEST, json.dumps(manifest, indent=1).encode())
        flush_folder(self._unfinished)
        self._unfinished.rename(self.folder / key_of(self.origin))
        flush_folder(self.folder)

    def discard(self) -> None:
        if self._unfinished.exists():
            shutil.rmtree(self._unfinished)

    def _write(self, name: str, content: bytes) -> str:
        write_flushed(self._unfinished / name, content)
        self._hashes[name] = hashlib.sha256(content).hexdigest()
        return name


@dataclass(frozen=True)
class PreparedFile:
    """One that was found sound as a whole; each part is looked at again when it is used."""

    folder: Path
    origin: dict[str, Any]
    parts: list[dict[str, Any]]
    said: list[Said]
    """After the last part."""
    hashes: dict[str, str]

    def chunks(self) -> Iterator[tuple[list[Said], Chunk]]:
        """Each with what was said before it."""
        for part in self.parts:
            broken = self._read(part["broken"]) if "broken" in part else None
            rejections = unpacked_rejections(broken) if broken is not None else ()
            content = self._read(part["rows"])
            yield part["said"], unpacked(content, self.origin["file"], rejections)

    def check(self) -> None:
        """Raises `DamagedError`."""
        for name in self.hashes:
            if not self._is_sound(name, _bytes(self.folder / name)):
                raise DamagedError(f"{name} is not as it was written")

    def _is_sound(self, name: str, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest() == self.hashes[name]

    def _read(self, name: str) -> bytes:
        with suppress(DamagedError):
            content = _bytes(self.folder / name)
            if self._is_sound(name, content):
                return content
        raise ReadWriteError(
            f"{self.folder / name}: was changed while it was used; run the same command again"
        )


def open_prepared(folder: Path) -> PreparedFile | None:
    """None where there is none; raises `DamagedError` where it is not as it was written."""
    if not folder.is_dir():
        return None
    try:
        manifest = json.loads(_bytes(folder / MANIFEST))
        body = manifest["body"]
        if manifest["sha256"] != _digest(body) or key_of(body["origin"]) != folder.name:
            raise DamagedError(f"{MANIFEST} is not as it was written")
        found = PreparedFile(folder, body["origin"], body["parts"], body["said"], body["sha256"])
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedError(f"{MANIFEST} is not as it was written") from error
    found.check()
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedError(f"{path.name} cannot be read: {error.strerror or error}") from error


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
