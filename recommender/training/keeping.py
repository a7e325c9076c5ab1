"""The lists of a training that keeps an earlier ranker."""

from __future__ import annotations

from collections.abc import Callable

from threadpoolctl import threadpool_limits

from recommender.assembly.products import category_numbers
from recommender.config import Config
from recommender.models.models import learn
from recommender.ranking.again.learning import LearnedAgain
from recommender.ranking.again.ranker import AgainModel
from recommender.ranking.boosted.known import read_known
from recommender.ranking.boosted.ranker import set_scene
from recommender.ranking.learning import LearnedRanking
from recommender.ranking.newcomers.newcomers import learn_newcomers
from recommender.ranking.ranked import MOST_KEPT, rank
from recommender.tables.purchases import Purchases
from recommender.training.in_turn import beside
from recommender.training.kept import Kept
from recommender.training.learned import Beside, Learned, own_of, put_together
from recommender.training.permitted import Permitted
from recommender.training.warm_start import WarmStart, warm_start
from recommender.tuning.choose import Chosen

Say = Callable[[str], None]
BESIDE = 2
"""Threads beside the one that fits and ranks: neither of what they do is half as long."""


def learn_by_kept(
    kept: Kept, config: Config, permitted: Permitted, purchases: Purchases, now: int, say: Say
) -> Learned:
    """From all purchases earlier than `now`; the trees were taught by those before `kept`.

    Raises `OtherFeaturesError` where the tables tell other features than it learned from.
    """
    tables, settings = permitted.tables, kept.settings
    say(f"reused: {kept.said(now)}")
    with threadpool_limits(1, "blas"), beside(purchases, BESIDE) as others:
        own = others.submit(own_of, purchases, tables, now)
        came = others.submit(learn_newcomers, purchases, tables, now, settings.als.seed)
        warm = warm_start(config, permitted, purchases, settings)
        if warm:
            say(f"reused: the factors of {warm.release}, where the fit begins")
        counted = others.submit(_again, kept, purchases, now)
        new = _rank(kept, permitted, purchases, now, warm)
        newcomers = came.result()
        say(str(newcomers))
        return put_together(
            chosen=Chosen(settings, f"those of release {kept.release}, whose ranker was kept"),
            warm=warm,
            new=new,
            beside=Beside(
                newcomers=newcomers,
                again=counted.result(),
                own=own.result(),
                categories=category_numbers(purchases.products, tables.products),
            ),
            found=kept,
        )


def _rank(
    kept: Kept, permitted: Permitted, purchases: Purchases, now: int, warm: WarmStart | None
) -> LearnedRanking:
    known = read_known(purchases.customers, purchases.products, permitted.tables)
    models = learn(purchases, kept.settings, now, warm.factors if warm else None)
    scene = set_scene(models, kept.settings, known)
    ranked = rank(kept.ranker.scored(scene), models.matrix.weights.shape[0])
    ranked = kept.ranker.corrected(ranked)
    return LearnedRanking(models, ranked, kept.ranker, (), dict(kept.hits))


def _again(kept: Kept, purchases: Purchases, now: int) -> LearnedAgain:
    model: AgainModel = kept.again
    everything = model.rank(purchases, now)
    return LearnedAgain(model, everything, everything.first(MOST_KEPT), {}, dict(kept.again_hits))
