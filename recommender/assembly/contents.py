"""All columns of a release, from what was read and what was learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.assembly.customers import customer_columns, segments_of
from recommender.assembly.fallback import fallback_lists
from recommender.assembly.insight import insight_parts
from recommender.assembly.observed import observed_parts
from recommender.assembly.products import attribute_columns, product_columns
from recommender.assembly.stakes import stakes_of
from recommender.insight.insight import Insight
from recommender.insight.pace import paces
from recommender.matrix.cells import cells_of, is_among
from recommender.matrix.purchase_matrix import PurchaseMatrix
from recommender.models.also_bought import count_together
from recommender.models.models import Models
from recommender.ranking.ranked import Ranked
from recommender.release.contents import (
    Again,
    Alike,
    AlsoBought,
    Bought,
    Candidates,
    Contents,
    Earlier,
    Floats,
    Model,
    Returned,
    Starts,
)
from recommender.release.evidence import no_evidence
from recommender.release.regular import Regular
from recommender.release.stakes import nothing_at_stake
from recommender.tables.tables import Tables


def assemble(
    tables: Tables,
    models: Models,
    ranked: Ranked,
    again: Ranked,
    insight: Insight,
    regular: Floats,
) -> Contents:
    """`ranked` holds products never bought, `again` those bought before.

    `regular` are the chances of the products that `insight` tells a rhythm of.
    """
    fallback = fallback_lists(models, segments_of(models.matrix.customers, tables.customers))
    products = product_columns(models, tables.products)
    foretold = insight_parts(insight)
    attributes = attribute_columns(models.matrix.products, tables.products)
    contents = Contents(
        customers=customer_columns(models.matrix.customers, tables.customers, fallback.segments),
        products=products,
        bought=_bought(models.matrix),
        returned=Returned(_starts(models.matrix.returned), models.matrix.returned.indices),
        earlier=Earlier(_starts(models.earlier), models.earlier.indices),
        model=Model(models.factors.customers, models.factors.products),
        candidates=Candidates(ranked.starts, ranked.products, ranked.chance),
        again=_again(again, models.matrix.returned),
        fallback=fallback,
        alike=Alike(insight.peers),
        also_bought=_also_bought(models),
        **observed_parts(models.netted, products, attributes),
        **foretold,
        regular=Regular(foretold["product_rhythms"].starts, regular),
        attributes=attributes,
        **nothing_at_stake(len(models.matrix.customers)),
        **no_evidence(len(models.matrix.customers)),
    )
    return replace(contents, stakes=stakes_of(contents, paces(models.netted, models.now)))


def _bought(matrix: PurchaseMatrix) -> Bought:
    weights = matrix.weights
    return Bought(_starts(weights), weights.indices, weights.data, matrix.times, matrix.last_day)


def _again(again: Ranked, returned: sparse.csr_matrix) -> Again:
    """What was given back entirely is not bought again."""
    kept = again.take(~_is_in(returned, again))
    return Again(kept.starts, kept.products, kept.chance)


def _is_in(matrix: sparse.csr_matrix, ranked: Ranked) -> npt.NDArray[np.bool_]:
    return is_among(ranked.customers * matrix.shape[1] + ranked.products, cells_of(matrix))


def _also_bought(models: Models) -> AlsoBought:
    found = models.also_bought
    return AlsoBought(
        starts=found.starts,
        products=found.products,
        customers_both=found.customers_both,
        together=count_together(models.netted, found),
        similarity=found.similarity,
    )


def _starts(matrix: sparse.csr_matrix) -> Starts:
    return matrix.indptr.astype("int64")
