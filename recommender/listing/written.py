"""A list on disk: the file, what was held back, and the manifest that accounts for both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.listing.difference import difference
from recommender.listing.formats import CsvWriter, writer_of
from recommender.listing.replacing import replacing
from recommender.listing.rows import HELD_COLUMNS, LIST_COLUMNS, Row
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release

Write = Callable[[Row], None]
Fill = Callable[[Write, Write], Mapping[str, int]]
"""Writes the rows of the list and of what was held back; gives the counts of the manifest."""


@dataclass(frozen=True)
class WrittenList:
    """What was written, as the manifest beside the list says it."""

    out: Path
    manifest: dict[str, Any]


def write_list(release: Release, out: Path, settings: dict[str, Any], fill: Fill) -> WrittenList:
    """`out`, `out.held.csv` and `out.manifest.json`, each replaced as a whole."""
    with ExitStack() as files:
        new_manifest = files.enter_context(replacing(_beside(out, "manifest.json")))
        new_held = files.enter_context(replacing(_beside(out, "held.csv")))
        new_out = files.enter_context(replacing(out))
        manifest = _made_from(release) | {
            "settings": settings | {"locale": release.locale},
            "counts": dict(sorted(_filled(new_out, new_held, fill).items())),
            "file": out.name,
            "sha256": sha256_of(new_out),
            "held_sha256": sha256_of(new_held),
            "difference_to_last_run": difference(out, new_out),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        new_manifest.write_text(text, encoding="utf-8")
    return WrittenList(out, manifest)


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f"{out.name}.{ending}")


def _filled(out: Path, held: Path, fill: Fill) -> Mapping[str, int]:
    with (
        closing(writer_of(out)(out, LIST_COLUMNS)) as list_file,
        closing(CsvWriter(held, HELD_COLUMNS)) as held_file,
    ):
        return fill(list_file.write, held_file.write)


def _made_from(release: Release) -> dict[str, Any]:
    return {
        "release": release.name,
        "release_sha256": sha256_of(release.folder / MANIFEST),
        "inputs": {name: table["sha256"] for name, table in release.manifest.data.items()},
        "data_through": release.manifest.data_through,
    }
