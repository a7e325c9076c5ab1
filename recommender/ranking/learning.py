"""Learning to rank: rehearse on windows the models did not see, choose the better ranker, rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender.models.als import Factors
from recommender.models.models import Models, learn
from recommender.models.settings import Settings
from recommender.ranking.boosted.booster import fit_booster
from recommender.ranking.boosted.examples import join
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.ranker import (
    MOST_CUSTOMERS,
    BoostedRanker,
    Look,
    Scene,
    look,
    set_scene,
)
from recommender.ranking.correction import Told, learn_correction, told_by
from recommender.ranking.outcome import Outcome, outcome_of
from recommender.ranking.plain.ranker import PlainRanker, fit_plain
from recommender.ranking.plain.timeless import TimelessRanker, ranker_without_windows
from recommender.ranking.ranked import Ranked, Scored, rank
from recommender.ranking.sampled import MOST_REHEARSED, Rows, draw_rehearsed, enough
from recommender.ranking.windows import JUDGED, MOST, Window, windows_before
from recommender.tables.large.memory import give_back
from recommender.tables.purchases import Purchases

TAUGHT = 5
"""Newest windows that teach the ranker of the release."""
LEAST_BOUGHT = 500
"""Candidates that were bought, below which trees learn noise."""
TOP = 10

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rehearsal:
    """A ranking of a moment whose future is known, by a ranker that knew nothing of it."""

    at: int
    """Seconds since 1970 UTC."""
    ranked: Ranked
    customer_factors: npt.NDArray[np.float32] | None
    """(customers, factors) that it was ranked by; of the oldest alone, for growth is seen since."""
    seen_until: int
    """The newest purchase that the models saw."""
    learned_until: int
    """The end of the newest window whose outcomes taught the ranker."""
    hits: int
    """Products of the first ten places that were bought: what rankers are chosen by."""


@dataclass(frozen=True)
class LearnedRanking:
    models: Models
    ranked: Ranked
    ranker: PlainRanker | TimelessRanker | BoostedRanker
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
    start: Factors | None = None,
) -> LearnedRanking:
    """Everything is learned from purchases earlier than `now`.

    `start` saves the last fit iterations. No window may begin there: such factors know its future.
    """
    return rehearse(purchases, settings, known, now, say).learn_from_all(start)


def rehearse(
    purchases: Purchases,
    settings: Settings,
    known: Known,
    now: int,
    say: Say = lambda _: None,
) -> Study:
    """Goes through the windows before `now`; what is left to learn is the ranking of `now`."""
    study = Study(purchases, settings, known, now, say)
    if study.rehearsed is not None:
        drawn, all_ = int(study.rehearsed.sum()), len(study.rehearsed)
        say(f"rehearsing and judging on {drawn:,} of {all_:,} customers, drawn at random")
    # without a warm start each window costs two whole fits; older ones would only teach rehearsals
    most = MOST if settings.engine.starts_warm else TAUGHT
    windows = _with_past(windows_before(purchases, now, most), settings.history_days)
    for age, window in reversed(list(enumerate(windows))):
        study.go_through(window, is_judged=age < JUDGED, teaches_plain=age <= JUDGED)
    return study


def judged_moments(purchases: Purchases, history_days: int, now: int) -> list[int]:
    """Where the windows that are held out to judge begin, newest first."""
    return [w.at for w in _with_past(windows_before(purchases, now, JUDGED), history_days)]


class Study:
    """Goes through the windows, oldest first, and learns from each after it was rehearsed."""

    def __init__(
        self, purchases: Purchases, settings: Settings, known: Known, now: int, say: Say
    ) -> None:
        self._purchases, self._now = purchases, now
        self._settings, self._known, self._say = settings, known, say
        self._seed = settings.als.seed
        self.rehearsed = draw_rehearsed(purchases, self._seed)
        """(customers,) True for whom is rehearsed; None where that is everyone."""
        self._looks: list[Look] = []
        self._learned_until = 0
        self._starts: tuple[Factors | None, Factors | None] = None, None
        self._rehearser: BoostedRanker | None = None
        self._told: list[Told] = []
        self._plain: PlainRanker | None = None
        self._rehearsals: dict[str, list[Rehearsal]] = {"plain": [], "boosted": []}

    @property
    def rehearsals(self) -> tuple[Rehearsal, ...]:
        """Newest first, by the better ranker; empty where history is too short."""
        return tuple(reversed(self._rehearsals[self._better()]))

    def go_through(self, window: Window, *, is_judged: bool, teaches_plain: bool) -> None:
        """Ranks its moment by what earlier windows taught, if it is to be judged, then learns."""
        self._say(f"looking at the 28 days after {_day(window.at)}")
        most = MOST_REHEARSED if is_judged else MOST_CUSTOMERS
        scene, outcome = self._scene(window.past(), window.at, most), outcome_of(window.future())
        if is_judged and self._plain is not None:
            ranked = _rank(self._plain.scored(scene.models, scene.looked_at), scene.models)
            self._keep("plain", scene.models, outcome, ranked)
        if is_judged and self._rehearser is None and self._bought() >= LEAST_BOUGHT:
            self._rehearser = self._boosted()
        seen = look(scene, outcome, self._seed, self._rehearser if is_judged else None)
        if seen.scored:
            self._keep_boosted(scene.models, outcome, _rank(seen.scored, scene.models))
        self._looks.append(replace(seen, scored=[]))  # ranked by now, and larger than the examples
        self._learned_until = window.ends
        if teaches_plain:  # it learns from the newest window alone
            self._plain = fit_plain(scene.models, outcome, self._seed)
        del scene, seen
        give_back()

    def learn_from_all(self, start: Factors | None) -> LearnedRanking:
        """By the better ranker, taught by the newest windows."""
        self._say("learning from everything")
        if start is not None:
            self._starts = start, self._starts[1]
        models, ranked, ranker = self._rank_now()
        self._say(str(ranker))
        hits = {name: sum(r.hits for r in done) for name, done in self._rehearsals.items() if done}
        return LearnedRanking(models, ranked, ranker, self.rehearsals, hits)

    def _rank_now(self) -> tuple[Models, Ranked, PlainRanker | TimelessRanker | BoostedRanker]:
        if self._better() == "boosted":
            boosted = replace(self._boosted(), correction=learn_correction(self._told))
            scene = self._scene(self._purchases, self._now)
            ranked = _rank(boosted.scored(scene), scene.models)
            return scene.models, boosted.corrected(ranked), boosted
        models = learn(self._purchases, self._settings, self._now, self._starts[0])
        plain = self._plain or ranker_without_windows(models, self._settings)
        return models, _rank(plain.scored(models), models), plain

    def _better(self) -> str:
        """The boosted ranker only where it hit more than the plain one in the same windows."""
        plain, boosted = self._rehearsals["plain"], self._rehearsals["boosted"]
        if boosted and sum(r.hits for r in boosted) > sum(r.hits for r in plain[-len(boosted) :]):
            return "boosted"
        return "plain"

    def _boosted(self) -> BoostedRanker:
        """Learned from the newest windows looked at so far."""
        examples = join([seen.examples for seen in self._looks[-TAUGHT:]])
        return BoostedRanker(fit_booster(self._looks[-1].names, examples, self._seed))

    def _bought(self) -> int:
        return sum(int(seen.examples.bought.sum()) for seen in self._looks)

    def _scene(self, past: Purchases, at: int, most: int | None = None) -> Scene:
        """Each fit starts from the factors of the window before, which saves iterations.

        Fitted to everyone; looked at are so `most` customers of those that are rehearsed.
        """
        fast, slow = self._starts
        models = learn(past, self._settings, at, fast)
        looked_at = None if most is None else self._looked_at(models, most)
        scene = set_scene(models, self._settings, self._known, slow, looked_at)
        self._starts = models.factors, scene.snapshot.slow
        return scene

    def _looked_at(self, models: Models, most: int) -> Rows:
        known = models.known_customers
        among = known if self.rehearsed is None else known[self.rehearsed[known]]
        return enough(among, most, np.random.default_rng(self._seed))

    def _keep_boosted(self, models: Models, outcome: Outcome, ranked: Ranked) -> None:
        """Corrected by what came of the windows rehearsed before; then this one teaches as well."""
        correction = learn_correction(self._told)
        said = correction.corrected(ranked) if correction else ranked
        self._keep("boosted", models, outcome, said)
        self._told.append(told_by(ranked, outcome))

    def _keep(self, ranker: str, models: Models, outcome: Outcome, ranked: Ranked) -> None:
        is_oldest = not self._rehearsals[ranker]
        rehearsal = Rehearsal(
            at=models.now,
            ranked=ranked,
            customer_factors=models.factors.customers if is_oldest else None,
            seen_until=models.netted.purchases.last_at,
            learned_until=self._learned_until,
            hits=_hits(ranked, outcome),
        )
        self._rehearsals[ranker].append(rehearsal)


def _hits(ranked: Ranked, outcome: Outcome) -> int:
    first = ranked.first(TOP)
    return int(outcome.of(first.customers.astype(np.int32), first.products).sum())


def _rank(scored: Iterable[Scored], models: Models) -> Ranked:
    return rank(scored, models.matrix.weights.shape[0])


def _with_past(windows: list[Window], history_days: int) -> list[Window]:
    """Windows whose past holds something that came to stay within the history."""
    return [window for window in windows if window.holds_a_history(history_days)]


def _day(moment: int) -> str:
    return str(np.datetime64(moment, "s").astype("datetime64[D]"))
