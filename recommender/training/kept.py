"""The ranker of an earlier training, kept for some nights: what it learned and was judged by.

A ranker learns how much each feature tells, which changes slowly. Factors, candidates, features and
lists are made anew from all purchases; windows are neither looked at nor judged again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender.config import Config, TrainSection
from recommender.errors import RecommenderError
from recommender.judging.report import HTML, JSON, read_report
from recommender.judging.report_html import with_note
from recommender.models.engine import Engine
from recommender.models.settings import Settings, resolve
from recommender.ranking.again.learning import LearnedAgain
from recommender.ranking.again.ranker import AgainModel, again_of
from recommender.ranking.boosted.ranker import BoostedRanker, boosted_of
from recommender.ranking.learning import LearnedRanking
from recommender.release.manifest import sha256_of
from recommender.release.opening import Release, open_release
from recommender.tables.purchases import SECONDS_PER_DAY

RANKER = "ranker.json"
FORMAT = 1
MOST_CHANGED = 0.1
"""Share of the purchases that may have come or gone: past it the data are not what was judged."""
OF_ALL_ENGINES = ("factors", "half_life_days")
"""Settings that are written once for every engine."""
TEACHES_NOTHING = ("diversity",)


class NotKeptError(Exception):
    """Why a ranker is learned anew; the text is for people."""


@dataclass(frozen=True)
class Kept:
    release: str
    """Whose training learned it, judged it and wrote its report."""
    learned_at: int
    """The moment that training looked back from, in seconds since 1970 UTC."""
    lines: int
    """Purchases it learned from."""
    settings: Settings
    """Of its models, so of all that its features are made of."""
    ranker: BoostedRanker
    again: AgainModel
    hits: Mapping[str, int]
    again_hits: Mapping[str, int]
    gate: Mapping[str, str | None]
    """What it said of the ranker, and why someone published it all the same."""
    folder: Path
    """Of the live release, where ranker and report lie."""

    def days(self, now: int) -> int:
        return (now - self.learned_at) // SECONDS_PER_DAY

    def said(self, now: int) -> str:
        """Where it comes from, for people."""
        day = np.datetime64(self.learned_at - 1, "s").astype("datetime64[D]")
        return (
            f"the ranker was learned and judged by release {self.release}, on purchases through "
            f"{day}, {self.days(now)} days before"
        )

    @property
    def verdict(self) -> tuple[str, ...]:
        return tuple((read_report(self.folder) or {}).get("verdict", ()))


def ranker_file(new: LearnedRanking, again: LearnedAgain, now: int, lines: int) -> dict[str, bytes]:
    """What a later training may keep; nothing where trees did not win."""
    if not isinstance(new.ranker, BoostedRanker):
        return {}
    stored = {
        "format": FORMAT,
        "learned_in": None,
        "learned_at": now,
        "lines": lines,
        "new": new.ranker.as_stored(),
        "again": again.model.as_stored(),
        "hits": dict(new.hits),
        "again_hits": dict(again.hits),
    }
    return {RANKER: json.dumps(stored, ensure_ascii=False).encode()}


def kept_ranker(kept: Kept) -> dict[str, bytes]:
    """The file as it was, which says now whose training learned it."""
    stored = json.loads((kept.folder / RANKER).read_text(encoding="utf-8"))
    told = stored | {"learned_in": kept.release}
    return {RANKER: json.dumps(told, ensure_ascii=False).encode()}


def kept_report(kept: Kept, now: int) -> dict[str, bytes]:
    """The report of the training that judged the ranker, which says so."""
    files, page = {}, kept.folder / HTML
    report = read_report(kept.folder)
    if report is not None:
        told = report | {"kept_from": kept.release, "kept_days": kept.days(now)}
        files[JSON] = json.dumps(told, indent=1, ensure_ascii=False).encode()
    if page.is_file():
        said = f"These lists are newer than this page: {kept.said(now)}."
        files[HTML] = with_note(page.read_text(encoding="utf-8"), said).encode()
    return files


def find_kept(
    config: Config, lines: int, categories: Mapping[str, str], now: int, engine: Engine
) -> Kept | None:
    """Of the live release, for a training of so many `lines`.

    None where `[train] keep_ranker_days` does not ask for it. Raises `NotKeptError` where it asks
    and there is none that may stand in.
    """
    asked = config.train
    if not asked.keep_ranker_days:
        return None
    live = _live(config.releases_directory)
    stored = _stored(live)
    try:
        kept = Kept(
            release=stored["learned_in"] or live.name,
            learned_at=int(stored["learned_at"]),
            lines=int(stored["lines"]),
            settings=_settings(asked, live, engine),
            ranker=boosted_of(stored["new"]),
            again=again_of(stored["again"], categories),
            hits=stored["hits"],
            again_hits=stored["again_hits"],
            gate=live.manifest.gate,
            folder=live.folder,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotKeptError(f"{live.folder / RANKER} cannot be read: {error}") from error
    _check_age(kept, asked.keep_ranker_days, now)
    _check_size(kept, lines)
    return kept


def _live(directory: Path) -> Release:
    try:
        return open_release(directory, verified=False)
    except RecommenderError as error:
        raise NotKeptError(f"there is no live release to keep it from ({error})") from error


def _stored(live: Release) -> dict[str, Any]:
    described, path = live.manifest.files.get(RANKER), live.folder / RANKER
    if described is None:
        raise NotKeptError(f"the live release {live.name} holds none")
    try:
        is_whole = sha256_of(path) == described.sha256
        stored = json.loads(path.read_text(encoding="utf-8")) if is_whole else None
    except (OSError, ValueError) as error:
        raise NotKeptError(f"{path} cannot be read: {error}") from error
    if not isinstance(stored, dict):
        raise NotKeptError(f"{path} is not as it was written")
    if stored.get("format") != FORMAT:
        raise NotKeptError(f"{path} was written by another version")
    return stored


def _settings(asked: TrainSection, live: Release, engine: Engine) -> Settings:
    """What the config writes down, and what the live release chose for the rest."""
    chosen = live.manifest.settings
    left_open = [name for name, value in asked.searched(engine.name).items() if value == "auto"]
    own: dict[str, Any] = {}
    of_spark: dict[str, Any] = {}
    for name in left_open:
        is_own = engine.name == "implicit" or name in OF_ALL_ENGINES
        (own if is_own else of_spark)[name] = chosen[name]
    written = asked.model_copy(update=own | {"spark": asked.spark.model_copy(update=of_spark)})
    settings = resolve(written, engine)
    now = settings.as_json()
    other = sorted(n for n in now if n not in TEACHES_NOTHING and now[n] != chosen.get(n))
    if other:
        raise NotKeptError(f"it was learned with another {', '.join(other)}")
    return settings


def _check_age(kept: Kept, most: int, now: int) -> None:
    if now < kept.learned_at:
        raise NotKeptError(f"that of release {kept.release} has seen purchases of later days")
    if kept.days(now) >= most:
        raise NotKeptError(
            f"that of release {kept.release} is {kept.days(now)} days old, and [train] "
            f"keep_ranker_days is {most}"
        )


def _check_size(kept: Kept, lines: int) -> None:
    if abs(lines - kept.lines) > MOST_CHANGED * kept.lines:
        raise NotKeptError(
            f"that of release {kept.release} was judged on {kept.lines:,} purchases, and there are "
            f"{lines:,} now"
        )
