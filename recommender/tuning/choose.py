"""What `auto` becomes: a few settings tried, the defaults kept unless another is really better."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from recommender.config import TrainSection
from recommender.models.engine import IMPLICIT, Engine
from recommender.models.settings import Settings, resolve
from recommender.tables.purchases import Purchases
from recommender.tuning.budget import MOST_EXAMS, MOST_TRIALS, WORK, work_of_fit
from recommender.tuning.exam import Exam
from recommender.tuning.exams import LEAST_DAYS, set_exams
from recommender.tuning.gain import gain
from recommender.tuning.ladder import LADDERS, steps, with_values
from recommender.tuning.trial import Trial, said, take_trial, values_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class Chosen:
    settings: Settings
    why: str
    tried: tuple[Trial, ...] = ()
    """In the order they were tried; the first one is what stands without a better one."""

    def as_json(self) -> dict[str, Any]:
        """What a release tells; it holds no times, for two trainings give the same files."""
        return {
            "chosen": values_of(self.settings),
            "why": self.why,
            "tried": [trial.as_json() for trial in self.tried],
        }


def choose_settings(
    purchases: Purchases,
    asked: TrainSection,
    now: int,
    say: Say = lambda _: None,
    engine: Engine = IMPLICIT,
) -> Chosen:
    """The settings of one training: numbers as they were written, `auto` by validation.

    Settings are compared on windows older than those that teach or judge the ranking. What is
    tried depends on the data and the seed alone, never on the clock.
    """
    default, values = resolve(asked, engine), asked.searched(engine.name)
    ladder, most = LADDERS[engine.name], MOST_TRIALS[engine.name]
    open_names = tuple(name for name in ladder if values[name] == "auto")
    if not open_names:
        return Chosen(default, "all settings were given as numbers")
    exams = set_exams(purchases.before(now), default, now)[: MOST_EXAMS[engine.name]]
    if not exams:
        why = f"the defaults, for settings are compared only past {LEAST_DAYS} days of purchases"
        say(f"settings: {why}")
        return Chosen(default, why)
    search = _Search(exams, default, most, say)
    for name in open_names:
        search.climb(name, ladder[name])
    say(f"settings: {search.why}")
    return Chosen(search.standing.settings, search.why, tuple(search.tried))


class _Search:
    """Goes through one setting after the other, each around the best so far."""

    def __init__(self, exams: tuple[Exam, ...], default: Settings, most: int, say: Say) -> None:
        self._exams, self._say = exams, say
        self._left, self._most = WORK, most
        self.tried: list[Trial] = []
        self.standing = self._try(default)

    @property
    def why(self) -> str:
        """What was chosen, and on what grounds."""
        default, exams = self.tried[0], self._exams
        where = f"{len(self.tried)} tried on {len(exams)} windows from {exams[-1].day} on"
        if self.standing is default:
            return (
                f"{said(values_of(default.settings))}; none was better by more than noise, {where}"
            )
        better = gain(self.standing, default)
        values = said(values_of(self.standing.settings))
        return f"{values}; {better} over the defaults, {where}"

    def climb(self, name: str, ladder: tuple[float, ...]) -> None:
        """Up as long as it gets better, then down; what is really better takes the place."""
        value = values_of(self.standing.settings)[name]
        found = [trial for way in steps(ladder, value) for trial in self._along(name, way)]
        real = [trial for trial in found if gain(trial, self.standing).is_real()]
        self.standing = max(real, key=lambda t: gain(t, self.standing).value, default=self.standing)

    def _along(self, name: str, values: Iterable[float]) -> Iterable[Trial]:
        best = 0.0
        for value in values:
            settings = with_values(self.standing.settings, **{name: value})
            if self._work(settings) > self._left or len(self.tried) == self._most:
                return
            trial = self._try(settings)
            yield trial
            better = gain(trial, self.standing).value
            if better <= best:
                return
            best = better

    def _try(self, settings: Settings) -> Trial:
        self._left -= self._work(settings)
        trial = take_trial(settings, self._exams)
        self.tried.append(trial)
        self._say(f"tried {said(values_of(settings))}: {trial.score:.4f} in {trial.seconds:.1f} s")
        return trial

    def _work(self, settings: Settings) -> float:
        return sum(work_of_fit(exam.pairs, exam.rows, settings) for exam in self._exams)
