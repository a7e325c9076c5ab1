"""All that a training learns from its purchases, and how good it was on windows it did not see."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from recommender.assembly.customers import segments_of
from recommender.assembly.products import category_numbers, costs_of
from recommender.config import Config
from recommender.insight.insight import Insight, Own, beside_peers, learn_own
from recommender.insight.withheld import Withheld
from recommender.judging.foretold import Foretold
from recommender.judging.insight.checks import Checks, OwnChecks, check_own
from recommender.judging.insight.growth import GrowthCheck, check_growth
from recommender.judging.judged_window import judge_window
from recommender.judging.judgement import Judgement, judge
from recommender.matrix.returns import net_returns
from recommender.models.engine import IMPLICIT, Engine
from recommender.models.settings import Settings
from recommender.ranking.again.learning import LearnedAgain, learn_again_lists
from recommender.ranking.boosted.known import read_known
from recommender.ranking.learning import (
    LearnedRanking,
    Rehearsal,
    Study,
    judged_moments,
    rehearse,
)
from recommender.ranking.liking import fit_slope_of_liking
from recommender.ranking.newcomers.lists import with_newcomers
from recommender.ranking.newcomers.newcomers import Newcomers, learn_newcomers
from recommender.ranking.ranked import Ranked
from recommender.ranking.sampled import draw_rehearsed
from recommender.tables.purchases import Purchases
from recommender.tables.tables import Tables
from recommender.training.permitted import Permitted
from recommender.training.regular import regular_chances
from recommender.training.warm_start import WarmStart, live_start
from recommender.tuning.choose import Chosen, choose_settings

Say = Callable[[str], None]


@dataclass(frozen=True)
class Learned:
    chosen: Chosen
    warm_start: str | None
    """The release whose factors the last fit began at."""
    new: LearnedRanking
    """Products never bought."""
    ranked: Ranked
    """The same, with prospects and new products."""
    newcomers: Newcomers
    again: LearnedAgain
    """Products bought before."""
    slope_of_liking: float | None
    """What lists are moved by when customers buy before the next training."""
    judgement: Judgement
    insight: Insight
    """What is foretold of each customer."""
    regular: npt.NDArray[np.float32]
    """Chances of the products that it tells a rhythm of."""
    checks: Checks
    """How well that did on days it had not seen."""


def learn_lists(
    config: Config,
    permitted: Permitted,
    purchases: Purchases,
    now: int,
    say: Say,
    engine: Engine = IMPLICIT,
) -> Learned:
    """From `purchases` earlier than `now`, numbered by the ids of all tables."""
    asked, tables = config.train, permitted.tables
    say(f"learning from {purchases!r}")
    moments = judged_moments(purchases, asked.history_days, now)
    # two cores have enough to do; the number of BLAS threads is set once, for the whole process
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(1) as beside:
        counted = beside.submit(
            learn_again_lists,
            purchases,
            moments,
            now,
            _categories(tables.products),
            draw_rehearsed(purchases, asked.seed),
        )
        chosen = choose_settings(purchases, asked, now, say, engine)
        settings = chosen.settings
        say(str(settings.weighting))
        came = beside.submit(learn_newcomers, purchases, tables, now, settings.als.seed)
        own = beside.submit(_own, purchases, tables, now)
        known = read_known(purchases.customers, purchases.products, tables)
        warm = _warm_start(config, permitted, purchases, settings)
        if warm:
            say(f"reused: the factors of {warm.release}, where the last fit begins")
        study = rehearse(purchases, settings, known, now, say)
        again = counted.result()
        segments = segments_of(purchases.customers, tables.customers)
        judged = beside.submit(_judged, purchases, study, again, segments)
        categories = category_numbers(purchases.products, tables.products)
        grown = beside.submit(_growth, purchases, study.rehearsals, categories, now)
        new = study.learn_from_all(warm.factors if warm else None)
        foretold, own_checks = own.result()
        insight, newcomers = beside_peers(foretold, new.models, categories), came.result()
        ranked = with_newcomers(new.ranked, new.models, newcomers)
        _say_all(say, newcomers, again.model, "judging the lists")
        judgement, checks = judged.result(), Checks(grown.result(), own_checks)
    return Learned(
        chosen=chosen,
        warm_start=warm.release if warm else None,
        new=new,
        ranked=ranked,
        newcomers=newcomers,
        again=again,
        slope_of_liking=fit_slope_of_liking(new.ranked, new.models.factors),
        judgement=judgement,
        insight=insight,
        regular=regular_chances(foretold.products, again.everything, own_checks.reorder),
        checks=checks,
    )


def _warm_start(
    config: Config, permitted: Permitted, purchases: Purchases, settings: Settings
) -> WarmStart | None:
    """None also where the engine begins at random every time."""
    if not settings.engine.starts_warm:
        return None
    left_out = permitted.left_out.customers if permitted.left_out else ()
    return live_start(config.releases_directory, purchases, settings.als.factors, left_out)


def _say_all(say: Say, *found: object) -> None:
    for each in found:
        say(str(each))


def _own(purchases: Purchases, tables: Tables, now: int) -> tuple[Own, OwnChecks]:
    netted, costs = net_returns(purchases), costs_of(purchases.products, tables.products)
    return learn_own(netted, now, costs), check_own(purchases, netted, now)


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


def _categories(products: pd.DataFrame | None) -> dict[str, str]:
    if products is None or "category" not in products:
        return {}
    return dict(zip(products["product_id"], products["category"], strict=True))
