"""One customer taken out of a list that was written here, and of what lies beside the list."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pyarrow as pa

from recommender.errors import BusyError, RecommenderError
from recommender.listing.formats import writer_of
from recommender.listing.reading import columns_of, is_of, rows_of
from recommender.listing.replacing import replacing
from recommender.listing.unfinished import sweep_unfinished
from recommender.listing.written import HASHES
from recommender.release.manifest import sha256_of

UNREADABLE = (OSError, ValueError, KeyError, BadZipFile, pa.ArrowException, RecommenderError)


@dataclass(frozen=True)
class ErasedList:
    """What became of one list."""

    path: str
    rows: int = 0
    held_rows: int = 0
    changes: int = 0
    problem: str | None = None
    """Why it may still hold the customer, or that it is gone."""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def erase_from_list(out: Path, customer_id: str) -> ErasedList:
    """The other rows keep their order and their bytes; a list without the customer is untouched."""
    try:
        _sweep(out)
    except BusyError:
        return ErasedList(str(out), problem="is being written; run this again when it is done")
    except UNREADABLE as error:
        return _not_rewritten(out, error)
    parts = {ending: out.with_name(out.name + ending) for ending in HASHES}
    there = {ending: path for ending, path in parts.items() if path.exists()}
    if not there:
        return ErasedList(str(out), problem="is not there any more")
    try:
        counts = {e: sum(is_of(r, customer_id) for r in rows_of(p)) for e, p in there.items()}
        _rewrite(out, {e: p for e, p in there.items() if counts[e]}, customer_id)
    except UNREADABLE as error:
        return _not_rewritten(out, error)
    return ErasedList(
        str(out),
        counts.get("", 0),
        counts.get(".held.csv", 0),
        counts.get(".changes.csv", 0),
    )


def _not_rewritten(out: Path, error: Exception) -> ErasedList:
    reason = " ".join(str(error).split())[:200]
    return ErasedList(str(out), problem=f"cannot be rewritten: {reason}")


def names_in_list(out: Path, customer_id: str) -> set[str]:
    """What the list calls the customer; nothing where it cannot be read."""
    try:
        return {str(r["customer_name"]) for r in rows_of(out) if is_of(r, customer_id)} - {""}
    except UNREADABLE:
        return set()


def _rewrite(out: Path, parts: dict[str, Path], customer_id: str) -> None:
    """Replaces the manifest first: after a kill the next erasure finds the rows that are left, and
    what it writes then has the hashes that the manifest names already.
    """
    hashes = {}
    with ExitStack() as files:
        for ending, path in parts.items():
            new = files.enter_context(replacing(path))
            _write_others(path, new, customer_id)
            hashes[HASHES[ending]] = sha256_of(new)
        if hashes:
            _follow(out.with_name(f"{out.name}.manifest.json"), hashes)


def _write_others(path: Path, new: Path, customer_id: str) -> None:
    with closing(writer_of(new)(new, columns_of(path))) as writer:
        for row in rows_of(path):
            if not is_of(row, customer_id):
                writer.write(row)


def _follow(manifest: Path, hashes: dict[str, str]) -> None:
    """A manifest that cannot be read says nothing that could be wrong."""
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    with replacing(manifest) as new:
        text = json.dumps(said | hashes, indent=1, ensure_ascii=False) + "\n"
        new.write_text(text, encoding="utf-8")


def _sweep(out: Path) -> None:
    """Removes what a run or an erasure left that was killed while it wrote this list."""
    if not out.parent.is_dir():
        return
    sweep_unfinished(out)
    endings = (*HASHES, ".manifest.json")
    stems = "|".join(re.escape(out.with_name(out.name + ending).stem) for ending in endings)
    unfinished = re.compile(rf"\.(?:{stems})\.unfinished-(\d+)\.\w+")
    for path in out.parent.iterdir():
        found = unfinished.fullmatch(path.name)
        if found and not _is_running(int(found[1])):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
