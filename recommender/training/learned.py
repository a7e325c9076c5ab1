"""All that a training learns from its purchases, and how good it was on windows it did not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.assembly.products import costs_of
from recommender.insight.insight import Insight, Own, beside_peers, learn_own
from recommender.judging.insight.checks import Checks, OwnChecks, check_own
from recommender.judging.judgement import Judgement
from recommender.matrix.returns import net_returns
from recommender.ranking.again.learning import LearnedAgain
from recommender.ranking.learning import LearnedRanking
from recommender.ranking.liking import fit_slope_of_liking
from recommender.ranking.newcomers.lists import with_newcomers
from recommender.ranking.newcomers.newcomers import Newcomers
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases
from recommender.tables.tables import Tables
from recommender.training.kept import Kept
from recommender.training.regular import regular_chances
from recommender.training.warm_start import WarmStart
from recommender.tuning.choose import Chosen


@dataclass(frozen=True)
class Judged:
    judgement: Judgement
    checks: Checks
    """How well what is foretold did on days it had not seen."""

    @property
    def verdict(self) -> tuple[str, ...]:
        return self.judgement.verdict()


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
    insight: Insight
    """What is foretold of each customer."""
    regular: npt.NDArray[np.float32]
    """Chances of the products that it tells a rhythm of."""
    found: Judged | Kept
    """On windows of this training, or of the one whose ranker was kept."""


@dataclass(frozen=True)
class Beside:
    """What is learned beside the ranking of what was never bought."""

    newcomers: Newcomers
    again: LearnedAgain
    own: tuple[Own, OwnChecks]
    categories: npt.NDArray[np.int32]
    """(products,) numbers of them."""


def put_together(
    chosen: Chosen,
    warm: WarmStart | None,
    new: LearnedRanking,
    beside: Beside,
    found: Judged | Kept,
) -> Learned:
    """With what follows from all of it."""
    foretold, checks = beside.own
    return Learned(
        chosen=chosen,
        warm_start=warm.release if warm else None,
        new=new,
        ranked=with_newcomers(new.ranked, new.models, beside.newcomers),
        newcomers=beside.newcomers,
        again=beside.again,
        slope_of_liking=fit_slope_of_liking(new.ranked, new.models.factors),
        insight=beside_peers(foretold, new.models, beside.categories),
        regular=regular_chances(foretold.products, beside.again.everything, checks.reorder),
        found=found,
    )


def own_of(purchases: Purchases, tables: Tables, now: int) -> tuple[Own, OwnChecks]:
    """What a customer's own purchases foretell, and how well that does."""
    netted, costs = net_returns(purchases), costs_of(purchases.products, tables.products)
    return learn_own(netted, now, costs), check_own(purchases, netted, now)


def categories_of(products: pd.DataFrame | None) -> dict[str, str]:
    """Category of each product id."""
    if products is None or "category" not in products:
        return {}
    return dict(zip(products["product_id"], products["category"], strict=True))
