"""A list on disk: the file, what was held back, what changed, and the manifest of all three."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.listing.changes import CHANGE_COLUMNS, Since
from recommender.listing.difference import Difference
from recommender.listing.formats import CsvWriter, Writer, writer_of
from recommender.listing.made import Made
from recommender.listing.rows import HELD_COLUMNS, LIST_COLUMNS
from recommender.listing.unfinished import Unfinished
from recommender.release.changes import count_changed
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import Release

HASHES = {"": "sha256", ".held.csv": "held_sha256", ".changes.csv": "changes_sha256"}
"""What is added to the name of a list, and under what its hash stands in the manifest."""


@dataclass(frozen=True)
class WrittenList:
    """What was written, as the manifest beside the list says it."""

    out: Path
    manifest: dict[str, Any]


@dataclass(frozen=True)
class About:
    """What a list is made from and asked for."""

    since: Since
    settings: dict[str, Any]
    always_counted: tuple[str, ...]
    """Also where there are none; other counts are left out then."""
    by_customer: bool = True
    """Whether its rows are sorted by customer."""

    @property
    def release(self) -> Release:
        return self.since.release


def write_list(work: Unfinished, about: About, parts: Iterable[Made]) -> WrittenList:
    """The list, `.held.csv`, `.changes.csv` and `.manifest.json` beside it, each as a whole."""
    counts = Counter(dict.fromkeys(about.always_counted, 0))
    difference = Difference(work.out, about.since, is_sorted=about.by_customer)
    with (
        closing(writer_of(work.out)(work.new(""), LIST_COLUMNS)) as listed,
        closing(CsvWriter(work.new(".held.csv"), HELD_COLUMNS)) as held,
        closing(CsvWriter(work.new(".changes.csv"), CHANGE_COLUMNS)) as changes,
    ):
        later = []
        for made in parts:
            counts.update(made.counts)
            _write(made, listed, held)
            if about.by_customer:
                _compare(made, difference, changes)
            else:
                later.append(made)
        for made in sorted(later, key=lambda one: one.customer_id.encode()):
            _compare(made, difference, changes)
        for change in difference.rest():
            changes.write(change.as_row())
    if not difference.is_known:  # what was compared before it broke says less than nothing
        CsvWriter(work.new(".changes.csv"), CHANGE_COLUMNS).close()
    manifest = _manifest(work, about, counts, difference)
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    work.new(".manifest.json").write_text(text, encoding="utf-8")
    work.publish()
    return WrittenList(work.out, manifest)


def written_list(out: Path) -> WrittenList:
    """One that is there already."""
    manifest = out.with_name(f"{out.name}.manifest.json").read_text(encoding="utf-8")
    return WrittenList(out, json.loads(manifest))


def _write(made: Made, listed: Writer, held: Writer) -> None:
    for row in made.rows:
        listed.write(row)
    for row in made.held:
        held.write(row)


def _compare(made: Made, difference: Difference, changes: Writer) -> None:
    for change in difference.of(made):
        changes.write(change.as_row())


def _manifest(
    work: Unfinished, about: About, counts: Counter[str], difference: Difference
) -> dict[str, Any]:
    return _made_from(about.release) | {
        "settings": about.settings | {"locale": about.release.locale},
        "counts": dict(sorted(_with_changes(about.release, counts).items())),
        "file": work.out.name,
        **{name: sha256_of(work.new(ending)) for ending, name in HASHES.items()},
        "difference_to_last_run": difference.as_json(),
    }


def _with_changes(release: Release, counts: Counter[str]) -> dict[str, int]:
    """Of products that were changed since the training only where there are some."""
    products = count_changed(release)
    return {**counts, **({"products_changed": products} if products else {})}


def _made_from(release: Release) -> dict[str, Any]:
    return {
        "release": release.name,
        "release_sha256": sha256_of(release.folder / MANIFEST),
        "inputs": {name: table["sha256"] for name, table in release.manifest.data.items()},
        "data_through": release.manifest.data_through,
    }
