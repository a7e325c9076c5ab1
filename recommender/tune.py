"""The search for settings: more of them than a training tries, for as long as is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recommender.assembly.numbering import number_purchases
from recommender.config import Config
from recommender.errors import BadDataError, ConfigError
from recommender.models.settings import Settings, resolve
from recommender.release.shelf import TUNING
from recommender.tables.purchases import COLUMNS, SECONDS_PER_DAY, Purchases
from recommender.tables.tables import Progress, read_tables
from recommender.tables.wording import counted
from recommender.told import open_told
from recommender.training.permitted import permitted
from recommender.tuning.budget import ITERATIONS
from recommender.tuning.exam import Exam
from recommender.tuning.exams import LEAST_CUSTOMERS, LEAST_DAYS, exam_moments, set_exams
from recommender.tuning.gain import gain
from recommender.tuning.ladder import LADDER, one_step_away, with_values
from recommender.tuning.search import SPACE, Values, search
from recommender.tuning.trial import said, take_trial, values_of
from recommender.tuning.trials_file import TrialsFile, Tried, trials_file

Say = Callable[[str], None]


@dataclass(frozen=True)
class Tuned:
    best: Tried
    is_real: bool
    """Whether it is better than the defaults by more than chance gives the best of so many."""
    tries: int
    windows: int

    def __str__(self) -> str:
        where = f"the best of {self.tries} settings on {self.windows} windows: {self.best.gain}"
        if self.is_real:
            return f"{where} over the defaults, more than noise"
        return f"{where} over the defaults, which chance alone may give; the defaults stand"


def tune(
    config: Config,
    trials: int,
    *,
    as_of: datetime | None = None,
    say: Say = lambda _: None,
    progress: Progress | None = None,
) -> Tuned:
    """Tries settings on the windows that `auto` is chosen on, until there are so many trials.

    Every trial is on the disk when the next one begins: a search that was stopped or killed goes
    on where it was. Raises `ConfigError` where no setting is "auto", `BadDataError` where the
    history is too short, `BusyError` while another search of the same data is running.
    """
    names = _open_names(config)
    say("reading the tables")
    read = read_tables(config, as_of=as_of, progress=progress)
    tables = permitted(read, open_told(config)).tables
    now = int(as_of.timestamp()) if as_of else tables.purchases.last_at + 1
    purchases = number_purchases(tables, now, config.train.history_days)
    default = resolve(config.train)
    exams = set_exams(purchases, default, now)
    if not exams:
        raise BadDataError(_nothing_to_compare_on(purchases, now))
    fingerprint = _fingerprint(purchases, exams, default, names)
    path = config.releases_directory / TUNING / f"{fingerprint}.jsonl"
    say(f"trials are kept in {path}; stop at any time, the same command goes on")
    return _best(_search(path, default, names, exams, trials, say), len(exams))


def _nothing_to_compare_on(purchases: Purchases, now: int) -> str:
    if exam_moments(purchases, now):
        return (
            f"in no window before the ranking's own did {LEAST_CUSTOMERS} customers buy something "
            "new, so settings cannot be compared; leave them to `auto`, which takes the defaults"
        )
    days = (now - int(purchases.purchased_at.min())) // SECONDS_PER_DAY
    return (
        f"the purchases reach back {days} days; settings are compared only past {LEAST_DAYS} days "
        "of purchases, on windows that neither teach nor judge the ranking; add older ones, or "
        "leave the settings to `auto`, which takes the defaults until then"
    )


def _best(tried: list[Tried], windows: int) -> Tuned:
    """What is really better comes first: the highest of all may have lost candidates for it."""
    real = [t for t in tried if t.gain.is_real(len(tried))]
    best = max(real or tried, key=lambda t: t.gain.value)
    return Tuned(best, bool(real), len(tried), windows)


def _open_names(config: Config) -> tuple[str, ...]:
    names = tuple(name for name in LADDER if getattr(config.train, name) == "auto")
    if not names:
        raise ConfigError(
            f"[train] gives {', '.join(LADDER)} as numbers, so there is nothing to search; "
            'write "auto" for those that are to be found'
        )
    return names


def _search(
    path: Path,
    default: Settings,
    names: tuple[str, ...],
    exams: tuple[Exam, ...],
    trials: int,
    say: Say,
) -> list[Tried]:
    """All trials of the file once there are enough; those of an earlier run count."""
    standing = take_trial(default, exams)

    def attempt(values: Values) -> Tried:
        trial = take_trial(with_values(default, **values), exams)
        return Tried(values, trial.score, gain(trial, standing), trial.seconds)

    first = {name: value for name, value in values_of(default).items() if name in names}
    with trials_file(path) as file:
        _tell_what_is_there(file, say)
        found = search(names, one_step_away(first), list(file.tried), attempt, default.als.seed)
        while len(file.tried) < trials:
            file.append(next(found))
            say(_progress(file.tried, trials))
        return file.tried


def _tell_what_is_there(file: TrialsFile, say: Say) -> None:
    if file.tried:
        say(f"going on after {counted(len(file.tried), 'trial')} of an earlier run")
    others = len(list(file.path.parent.glob("*.jsonl"))) - 1
    if others:
        say(f"{counted(others, 'search', 'searches')} of other data or settings left alone there")


def _progress(tried: list[Tried], trials: int) -> str:
    newest, best = tried[-1], max(tried, key=lambda t: t.gain.value)
    seconds = sum(t.seconds for t in tried) / len(tried) * (trials - len(tried))
    return (
        f"trial {len(tried)} of {trials}: {said(newest.values)}: {newest.score:.4f}; "
        f"best so far {best.score:.4f} ({best.gain}); about {seconds / 60:.0f} min left"
    )


def _fingerprint(
    purchases: Purchases, exams: tuple[Exam, ...], default: Settings, names: tuple[str, ...]
) -> str:
    """Of all that decides what is tried and scored: trials of other data are not mixed in."""
    windows = [exam.at for exam in exams]
    space = [(name, SPACE[name], LADDER[name]) for name in names]
    digest = hashlib.sha256(repr((default, windows, space, ITERATIONS)).encode())
    for ids in (purchases.customers, purchases.products):
        digest.update(ids.ends.tobytes() + ids.content.tobytes())
    for column in COLUMNS:
        digest.update(getattr(purchases, column).tobytes())
    return digest.hexdigest()[:16]
