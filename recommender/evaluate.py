"""The evaluation: how good the live release is, by what was bought after it where that is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from recommender.config import Config
from recommender.errors import BrokenReleaseError, ReadWriteError
from recommender.judging.foretold import Foretold
from recommender.judging.judged_window import judge_window
from recommender.judging.judgement import judge
from recommender.judging.report import HTML, JSON, read_report, report_files
from recommender.judging.report_html import About
from recommender.judging.window import WINDOW_DAYS
from recommender.ranking.ranked import Ranked
from recommender.release.contents import Again, Candidates
from recommender.release.opening import Release, open_release
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases, positions
from recommender.tables.tables import Progress, read_tables
from recommender.text import Ids
from recommender.told import open_told
from recommender.training.permitted import permitted

Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluated:
    html: Path
    verdict: tuple[str, ...]


def evaluate(
    config: Config, say: Say = lambda _: None, progress: Progress | None = None
) -> Evaluated:
    """Writes report.html and report.json beside the config.

    Where purchases of 28 days after the live release are there, its lists are judged on them; else
    the report is that of its training.
    """
    release = open_release(config.releases_directory)
    at = int(datetime.fromisoformat(release.manifest.as_of).timestamp())
    say(f"reading the purchases after release {release.name}")
    read = read_tables(config, progress=progress)
    purchases = permitted(read, open_told(config)).tables.purchases
    if purchases.last_at + 1 >= at + WINDOW_DAYS * SECONDS_PER_DAY:
        say(f"judging its lists on the {WINDOW_DAYS} days after it")
        return _judged(config.folder, release, purchases, at)
    say(
        f"no {WINDOW_DAYS} days of purchases after {release.manifest.as_of[:10]} yet, "
        "so this is the judging of its training"
    )
    return _of_training(config.folder, release)


def _judged(folder: Path, release: Release, purchases: Purchases, at: int) -> Evaluated:
    customers = Ids.of([*release.customers.ids, *purchases.customers])
    products = Ids.of([*release.products.ids, *purchases.products])
    numbered = purchases.onto(customers, products)
    before = numbered.purchased_at[numbered.purchased_at < at]
    onto = _Onto(release, customers, products)
    foretold = Foretold(
        at,
        new=onto.lists(release.candidates),
        again=onto.lists(release.again),
        seen_until=int(before.max(initial=0)),
        learned_until=at,
    )
    judgement = judge([judge_window(numbered, foretold)], onto.segments())
    about = About(
        title=f"Release {release.name}",
        made_at=f"judged on the {WINDOW_DAYS} days after {release.manifest.as_of}",
        counts=release.manifest.counts,
        settings={k: v for k, v in release.manifest.settings.items() if k != "insight"},
    )
    _write(folder, report_files(judgement, about, {"release": release.name}))
    return Evaluated(folder / HTML, judgement.verdict())


@dataclass(frozen=True)
class _Onto:
    """A release's numbers in terms of larger sets of ids."""

    release: Release
    customers: Ids
    products: Ids

    def lists(self, part: Candidates | Again) -> Ranked:
        lengths = np.zeros(len(self.customers), np.int64)
        lengths[positions(self.release.customers.ids, self.customers)] = np.diff(part.starts)
        # both sets of ids are sorted alike, so lists stay in their order
        return Ranked(
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            products=positions(self.release.products.ids, self.products)[part.products],
            chance=np.asarray(part.chance),
        )

    def segments(self) -> list[str]:
        names = [""] * len(self.customers)
        rows = positions(self.release.customers.ids, self.customers).tolist()
        for row, segment in zip(rows, self.release.customers.segment, strict=True):
            names[row] = segment
        return names


def _of_training(folder: Path, release: Release) -> Evaluated:
    found = read_report(release.folder)
    if found is None:
        raise BrokenReleaseError(f"{release.folder / JSON}: cannot be read; train again")
    _write(folder, {name: (release.folder / name).read_bytes() for name in (HTML, JSON)})
    return Evaluated(folder / HTML, tuple(found["verdict"]))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ReadWriteError(f"{folder}: cannot be written: {error.strerror or error}") from error
