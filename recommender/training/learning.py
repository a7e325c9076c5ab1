"""A training: windows are looked at, rehearsed and judged, or an earlier ranker is kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.assembly.customers import segments_of
from recommender.assembly.products import category_numbers
from recommender.config import Config
from recommender.insight.withheld import Withheld
from recommender.judging.foretold import Foretold
from recommender.judging.insight.checks import Checks
from recommender.judging.insight.growth import GrowthCheck, check_growth
from recommender.judging.judged_window import judge_window
from recommender.judging.judgement import Judgement, judge
from recommender.models.engine import IMPLICIT, Engine
from recommender.ranking.again.learning import LearnedAgain, learn_again_lists
from recommender.ranking.boosted.known import read_known
from recommender.ranking.boosted.ranker import OtherFeaturesError
from recommender.ranking.learning import Rehearsal, Study, judged_moments, rehearse
from recommender.ranking.newcomers.newcomers import learn_newcomers
from recommender.ranking.sampled import draw_rehearsed
from recommender.tables.purchases import Purchases
from recommender.training.in_turn import beside
from recommender.training.keeping import learn_by_kept
from recommender.training.kept import NotKeptError, find_kept
from recommender.training.learned import (
    Beside,
    Judged,
    Learned,
    categories_of,
    own_of,
    put_together,
)
from recommender.training.permitted import Permitted
from recommender.training.warm_start import warm_start
from recommender.tuning.choose import choose_settings

Say = Callable[[str], None]


def learn_lists(
    config: Config,
    permitted: Permitted,
    purchases: Purchases,
    now: int,
    say: Say,
    engine: Engine = IMPLICIT,
) -> Learned:
    """From `purchases` earlier than `now`, numbered by the ids of all tables."""
    say(f"learning from {purchases!r}")
    try:
        categories = categories_of(permitted.tables.products)
        kept = find_kept(config, len(purchases), categories, now, engine)
        if kept is not None:
            return learn_by_kept(kept, config, permitted, purchases, now, say)
    except (NotKeptError, OtherFeaturesError) as error:
        say(f"the ranker is learned anew: {error}")
    return _learn_anew(config, permitted, purchases, now, say, engine)


def _learn_anew(
    config: Config,
    permitted: Permitted,
    purchases: Purchases,
    now: int,
    say: Say,
    engine: Engine,
) -> Learned:
    asked, tables = config.train, permitted.tables
    moments = judged_moments(purchases, asked.history_days, now)
    # two cores have enough to do; the number of BLAS threads is set once, for the whole process
    with threadpool_limits(1, "blas"), beside(purchases, 1) as others:
        counted = others.submit(
            learn_again_lists,
            purchases,
            moments,
            now,
            categories_of(tables.products),
            draw_rehearsed(purchases, asked.seed),
        )
        chosen = choose_settings(purchases, asked, now, say, engine)
        settings = chosen.settings
        say(str(settings.weighting))
        came = others.submit(learn_newcomers, purchases, tables, now, settings.als.seed)
        counting = others.submit(own_of, purchases, tables, now)
        known = read_known(purchases.customers, purchases.products, tables)
        warm = warm_start(config, permitted, purchases, settings)
        if warm:
            say(f"reused: the factors of {warm.release}, where the last fit begins")
        study = rehearse(purchases, settings, known, now, say)
        again = counted.result()
        segments = segments_of(purchases.customers, tables.customers)
        judged = others.submit(_judged, purchases, study, again, segments)
        categories = category_numbers(purchases.products, tables.products)
        grown = others.submit(_growth, purchases, study.rehearsals, categories, now)
        new = study.learn_from_all(warm.factors if warm else None)
        newcomers, own = came.result(), counting.result()
        _say_all(say, newcomers, again.model, "judging the lists")
        found = Judged(judged.result(), Checks(grown.result(), own[1]))
        return put_together(chosen, warm, new, Beside(newcomers, again, own, categories), found)


def _say_all(say: Say, *found: object) -> None:
    for each in found:
        say(str(each))


def _growth(
    purchases: Purchases,
    rehearsals: tuple[Rehearsal, ...],
    categories: npt.NDArray[np.int32],
    now: int,
) -> GrowthCheck | Withheld:
    """Since the oldest window that is held out to judge: its factors saw nothing of it."""
    factors = rehearsals[-1].customer_factors if rehearsals else None
    if factors is None:
        return Withheld("the purchases do not reach back far enough to set 28 days aside")
    return check_growth(purchases, categories, factors, rehearsals[-1].at, now)


def _judged(
    purchases: Purchases, study: Study, again: LearnedAgain, segments: list[str]
) -> Judgement:
    """Of the rehearsals, each on the 28 days after it."""
    foretold = [
        Foretold(r.at, r.ranked, again.rehearsals[r.at], r.seen_until, r.learned_until)
        for r in study.rehearsals
    ]
    windows = [judge_window(purchases, lists, study.rehearsed) for lists in foretold]
    return judge(windows, segments)
