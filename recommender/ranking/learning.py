"""Learning to rank: rehearse on windows the models did not see, choose the better ranker, rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.models.models import Models, learn
from recommender.models.settings import Settings
from recommender.ranking.boosted.booster import fit_booster
from recommender.ranking.boosted.examples import Examples, join
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.ranker import BoostedRanker, Scene, examples_of, set_scene
from recommender.ranking.outcome import outcome_of
from recommender.ranking.plain.ranker import PlainRanker, fit_plain, prior_ranker
from recommender.ranking.ranked import Ranked, Scored, rank
from recommender.ranking.windows import Window, windows_before
from recommender.tables.purchases import Purchases

JUDGED = 2
"""Windows that are held out to judge; what judges them has seen none of their futures."""
TAUGHT = 5
"""Newest windows that teach the ranker of the release."""
LEAST_BOUGHT = 500
"""Candidates that were bought, below which trees learn noise."""
TOP = 10

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rehearsal:
    """A ranking of a moment whose future is known, by a ranker that knew nothing of it."""

    window: Window
    models: Models
    ranked: Ranked
    chance: npt.NDArray[np.float32]
    """(candidates,) of everyone, as foretold."""
    bought: npt.NDArray[np.bool_]
    """(candidates,) as it came."""

    @property
    def hits(self) -> int:
        """Products of the first ten places that were bought: what rankers are chosen by."""
        outcome, first = outcome_of(self.window.future), self.ranked.places < TOP
        customers = self.ranked.customers[first].astype(np.int32)
        return int(outcome.of(customers, self.ranked.products[first]).sum())


@dataclass(frozen=True)
class LearnedRanking:
    models: Models
    ranked: Ranked
    ranker: PlainRanker | BoostedRanker
    rehearsals: tuple[Rehearsal, ...]
    """Newest first, by the ranker that was chosen; empty where history is too short."""
    hits: dict[str, int]
    """What each ranker hit in the rehearsals."""


def learn_ranking(
    purchases: Purchases,
    settings: Settings,
    known: Known,
    now: int,
    say: Say = lambda _: None,
) -> LearnedRanking:
    """Everything is learned from purchases earlier than `now`."""
    study = _Study(settings, known, say)
    windows = _with_past(windows_before(purchases, now), settings)
    for window in reversed(windows[JUDGED:]):
        study.look_at(window)
    for window in reversed(windows[:JUDGED]):
        study.rehearse(window)
        study.look_at(window)
    study.forget_scene()
    models = learn(purchases, settings, now)
    chosen = study.better()
    ranker: PlainRanker | BoostedRanker
    if chosen == "boosted":
        ranker = boosted = study.boosted(TAUGHT)
        ranked = _rank(boosted.scored(set_scene(models, settings, known)), models)
    else:
        ranker = plain = study.plain or prior_ranker(models)
        ranked = _rank(plain.scored(models), models)
    say(str(ranker))
    rehearsals = tuple(reversed(study.rehearsals[chosen]))
    hits = {name: sum(r.hits for r in done) for name, done in study.rehearsals.items() if done}
    return LearnedRanking(models, ranked, ranker, rehearsals, hits)


class _Study:
    """Goes through the windows, oldest first, and learns from each after it was rehearsed."""

    def __init__(self, settings: Settings, known: Known, say: Say) -> None:
        self._settings, self._known, self._say = settings, known, say
        self._names: list[str] = []
        self._examples: list[Examples] = []
        self._scene: tuple[int, Scene] | None = None
        self._rehearser: BoostedRanker | None = None
        self.plain: PlainRanker | None = None
        self.rehearsals: dict[str, list[Rehearsal]] = {"plain": [], "boosted": []}

    def look_at(self, window: Window) -> None:
        """Keeps the window's examples; the plain ranker learns from the newest window alone."""
        scene, outcome = self._scene_of(window), outcome_of(window.future)
        self._names, examples = examples_of(scene, outcome, self._settings.als.seed)
        self._examples.append(examples)
        self.plain = fit_plain(scene.models, outcome, self._settings.als.seed)

    def rehearse(self, window: Window) -> None:
        """Ranks the moment of a window by what was learned from windows that ended before it."""
        scene = self._scene_of(window)
        if self.plain is not None:
            scored = self.plain.scored(scene.models)
            self.rehearsals["plain"].append(_rehearsed(window, scene.models, scored))
        if self._rehearser is None and self._bought() >= LEAST_BOUGHT:
            self._rehearser = self.boosted(TAUGHT)
        if self._rehearser is not None:
            scored = self._rehearser.scored(scene)
            self.rehearsals["boosted"].append(_rehearsed(window, scene.models, scored))

    def boosted(self, newest: int) -> BoostedRanker:
        """Learned from the newest windows looked at so far."""
        examples = join(self._examples[-newest:])
        return BoostedRanker(fit_booster(self._names, examples, self._settings.als.seed))

    def better(self) -> str:
        """The boosted ranker only where it hit more than the plain one in the same windows."""
        plain, boosted = self.rehearsals["plain"], self.rehearsals["boosted"]
        if boosted and sum(r.hits for r in boosted) > sum(r.hits for r in plain[-len(boosted) :]):
            return "boosted"
        return "plain"

    def forget_scene(self) -> None:
        self._scene = None

    def _bought(self) -> int:
        return sum(int(examples.bought.sum()) for examples in self._examples)

    def _scene_of(self, window: Window) -> Scene:
        """One scene is held at a time: they are large, and windows come one after the other."""
        if self._scene is None or self._scene[0] != window.at:
            self._scene = None
            self._say(f"looking at the 28 days after {_day(window.at)}")
            models = learn(window.past, self._settings, window.at)
            self._scene = window.at, set_scene(models, self._settings, self._known)
        return self._scene[1]


def _rehearsed(window: Window, models: Models, scored: Iterable[Scored]) -> Rehearsal:
    blocks = list(scored)
    outcome = outcome_of(window.future)
    return Rehearsal(
        window=window,
        models=models,
        ranked=_rank(blocks, models),
        chance=np.concatenate([block.chance for block in blocks]),
        bought=np.concatenate([outcome.of(b.customers, b.products) for b in blocks]),
    )


def _rank(scored: Iterable[Scored], models: Models) -> Ranked:
    return rank(scored, models.matrix.weights.shape[0])


def _with_past(windows: list[Window], settings: Settings) -> list[Window]:
    """Windows whose past holds something that came to stay within the history."""
    return [window for window in windows if window.holds_a_history(settings.history_days)]


def _day(moment: int) -> str:
    return str(np.datetime64(moment, "s").astype("datetime64[D]"))
