"""Folding in: a list that knows what was bought since the release, without a training.

The customer's factors are solved anew, exactly, against the release's product factors. How much
more or less the model then likes a product moves the chance the release gave it:

    logit(chance') = logit(chance) + slope x (liking' - liking)

Intercept and slope are those of logit(chance) on liking over the release's own candidates. A
product that was no candidate starts at intercept + slope x liking, and not above the last that was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.fresh import Fresh
from recommender.suggest.history import Vector, factors_of, history_with
from recommender.suggest.rules import is_among, owned_by, returned_by
from recommender.suggest.shortlist import Scores, Shortlist, personal
from recommender.suggest.suggestion import FallbackReason

FOLDED = 200
"""Candidates at most, as a release keeps of a customer."""
LEAST_CHANCE = 1e-6
REASON: FallbackReason = "purchases_since_release"


@dataclass(frozen=True)
class Liking:
    """What the model likes of everything, before and after."""

    before: Vector
    after: Vector


@dataclass(frozen=True)
class ChanceOfLiking:
    """logit(chance) = intercept + slope x liking, over the candidates of the release."""

    intercept: float
    slope: float


def chance_of_liking(release: Release) -> ChanceOfLiking | None:
    """None in older releases, and where liking more was found not to mean buying more."""
    found = release.manifest.settings.get("chance_of_liking")
    if not found or not found["slope"] > 0:
        return None
    return ChanceOfLiking(float(found["intercept"]), float(found["slope"]))


def folded_in(release: Release, row: int | None, shortlist: Shortlist, fresh: Fresh) -> Shortlist:
    """The list with what was kept of `fresh`; the same one where there is nothing to fold in.

    Without the numbers that chances are moved by, the order stays the release's.
    """
    if not len(fresh.kept):
        return shortlist
    line = chance_of_liking(release)
    if line is None:
        is_stale = shortlist.fallback_reason is not None
        return replace(shortlist, fallback_reason=REASON) if is_stale else shortlist
    history = history_with(release, row, fresh)
    liking = _liking(release, row, factors_of(release, history))
    known = shortlist.source == "personal"
    products = shortlist.products if known else shortlist.products[:0]
    chance = shortlist.chance if known else shortlist.chance[:0]
    added = _liked_most(release, row, fresh, liking.after, products)
    start = np.concatenate([_logit(chance), _started(line, liking.before[added], chance)])
    products = np.concatenate([products, added]).astype(np.int32)
    moved = start + line.slope * (liking.after - liking.before)[products]
    order = np.argsort(-moved, kind="stable")[:FOLDED]
    chances = (1 / (1 + np.exp(-moved[order]))).astype(np.float32)
    found = personal(release, row, history, products[order], chances)
    return replace(found, source="fold_in", fallback_reason=REASON)


def _liking(release: Release, row: int | None, factors: Vector) -> Liking:
    everything = release.model.product_factors
    before = np.zeros_like(factors) if row is None else release.model.customer_factors[row]
    return Liking(np.asarray(everything @ before, np.float64), np.asarray(everything @ factors))


def _started(line: ChanceOfLiking, liking: Vector, chance: Scores) -> Vector:
    """logit of the chance before, of products that were no candidates."""
    start = line.intercept + line.slope * liking
    return np.minimum(start, _logit(chance[-1:])[0]) if len(chance) else np.asarray(start)


def _liked_most(
    release: Release, row: int | None, fresh: Fresh, liking: Vector, candidates: Numbers
) -> Numbers:
    """Products that the customer never had and that are no candidates yet, ascending."""
    closed = [candidates, fresh.kept, fresh.given_back, release.gone]
    if row is not None:
        closed += [owned_by(release, row), returned_by(release, row)]
    open_ = np.flatnonzero(release.products.buyers > 0).astype(np.int32)
    open_ = open_[~is_among(open_, np.unique(np.concatenate(closed)).astype(np.int32))]
    return np.sort(open_[np.argsort(-liking[open_], kind="stable")[:FOLDED]])


def _logit(chance: Scores) -> Vector:
    held = np.clip(chance.astype(np.float64), LEAST_CHANCE, 1 - LEAST_CHANCE)
    return np.asarray(np.log(held / (1 - held)))
