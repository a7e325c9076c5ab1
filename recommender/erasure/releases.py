"""One customer taken out of every release that is kept, and of what lies beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from recommender.erasure.files import without_traces
from recommender.erasure.prepared import drop_prepared
from recommender.erasure.traces import Traces
from recommender.errors import BrokenReleaseError, ReadWriteError
from recommender.release.contents import Contents
from recommender.release.exchange import exchange, half_exchanged, remove, take_the_place
from recommender.release.opening import Release, open_release
from recommender.release.publish import sweep, write_flushed
from recommender.release.rewriting import without_customer
from recommender.release.shelf import REFUSED, TUNING, Shelf
from recommender.text import TextColumn

SCRUBBED_FIELDS = ("settings", "data", "gate")
"""Of the manifest: those that may quote what stood in the tables."""


@dataclass(frozen=True)
class ErasedRelease:
    """What became of one release."""

    release: str
    rewritten_to: str | None
    """None where it was removed altogether."""
    why: str | None = None
    """It was removed."""

    def as_json(self) -> dict[str, str]:
        found = {"release": self.release, "rewritten_to": self.rewritten_to, "removed": self.why}
        return {name: value for name, value in found.items() if value is not None}


def erase_from_releases(directory: Path, traces: Traces) -> Iterator[ErasedRelease]:
    """Those that held the customer, oldest first; the others stay as they are.

    Begins by finishing what an earlier erasure was killed at. Releases that only quote the customer
    come first: after a kill the others still tell its name. Must be called under `training_lock`.
    """
    shelf = Shelf(directory)
    with _explained(directory):
        sweep(directory)
        for old, new in sorted(half_exchanged(shelf).items()):
            take_the_place(shelf, old, new)
            yield ErasedRelease(old, new)
        renamed: dict[str, str] = {}
        for name in sorted(shelf.names(), key=partial(_when, directory, traces)):
            erased = _erase(shelf, name, traces, renamed)
            if erased is not None:
                renamed[name] = erased.rewritten_to or name
                yield erased


def _when(directory: Path, traces: Traces, release: str) -> tuple[bool, str]:
    knows = _customer_name(directory, release, traces.customer_id) is not None
    return knows, release


def names_in_releases(directory: Path, customer_id: str) -> set[str]:
    """What the releases that can be opened call the customer."""
    found = (_customer_name(directory, name, customer_id) for name in Shelf(directory).names())
    return {name for name in found if name}


def _customer_name(directory: Path, release: str, customer_id: str) -> str | None:
    try:
        customers = open_release(directory, release, verified=False).customers
        row = customers.ids.position(customer_id)
        return None if row is None else customers.name[row]
    except (BrokenReleaseError, ValueError):
        return None


def erase_beside_releases(directory: Path, traces: Traces) -> Iterator[str]:
    """Files of refused trainings, of searches and of purchases kept for the next training that
    betrayed the customer, by name; the last are removed. Must be called under `training_lock`.
    """
    shelf = Shelf(directory)
    with _explained(directory):
        for folder in drop_prepared(directory, traces):
            yield folder.relative_to(directory).as_posix()
        for path in sorted(_beside(shelf)):
            content = path.read_bytes()
            cleaned = without_traces(path.name, content, traces)
            if cleaned == content:
                continue
            if cleaned is None:
                path.unlink()
            else:
                _replace(path, cleaned)
            yield path.relative_to(directory).as_posix()


def _beside(shelf: Shelf) -> Iterator[Path]:
    """Only folders that are ours: the folder of releases may be the company's own."""
    for folder in (REFUSED, TUNING):
        yield from (path for path in (shelf.directory / folder).rglob("*") if path.is_file())


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReadWriteError(
            f"{directory}: cannot be rewritten: {error.strerror or error}; what was not reached "
            "still holds the customer: see to the disk and run the same command again"
        ) from error


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.new")
    write_flushed(temporary, content)
    temporary.replace(path)


def _erase(
    shelf: Shelf, name: str, traces: Traces, renamed: Mapping[str, str]
) -> ErasedRelease | None:
    """None where nothing in it betrays the customer."""
    try:
        release = open_release(shelf.directory, name)
    except BrokenReleaseError:
        remove(shelf, name)
        return ErasedRelease(name, None, "it could not be opened")
    contents, about = _contents(release, traces), _about(release, traces)
    old_extras = _extras(release)
    cleaned = {file: without_traces(file, old_extras[file], traces) for file in old_extras}
    if contents is release.contents and not about and cleaned == old_extras:
        return None
    extras = {file: content for file, content in cleaned.items() if content is not None}
    counts = release.manifest.counts | {"customers": len(contents.customers.ids)}
    parent = renamed.get(release.manifest.parent or "", release.manifest.parent)
    about |= {"counts": counts, "parent": parent}
    return ErasedRelease(name, exchange(shelf, release, contents, extras, about))


def _contents(release: Release, traces: Traces) -> Contents:
    """The very contents of the release where the customer is not in them."""
    contents = release.contents
    row = contents.customers.ids.position(traces.customer_id)
    if row is not None:
        contents = without_customer(contents, row)
    portraits = [traces.scrubbed_portrait(text) for text in contents.customers.portrait]
    if portraits == list(contents.customers.portrait):
        return contents
    customers = replace(contents.customers, portrait=TextColumn.of(portraits))
    return replace(contents, customers=customers)


def _about(release: Release, traces: Traces) -> dict[str, Any]:
    """Fields of the manifest that quoted the customer, without that."""
    said = {name: getattr(release.manifest, name) for name in SCRUBBED_FIELDS}
    scrubbed = {name: traces.scrubbed_json(value) for name, value in said.items()}
    return {name: value for name, value in scrubbed.items() if value != said[name]}


def _extras(release: Release) -> dict[str, bytes]:
    names = [name for name in release.manifest.files if not name.endswith(".npy")]
    return {name: (release.folder / name).read_bytes() for name in names}
