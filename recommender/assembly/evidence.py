"""Evidence for the first candidates of each customer, by the functions that requests would ask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from recommender.release.contents import Contents
from recommender.release.evidence import CANDIDATES_EXPLAINED, Evidence
from recommender.release.manifest import Manifest
from recommender.release.opening import Release
from recommender.suggest.facts import EVERYONE
from recommender.suggest.history import history_of
from recommender.suggest.reasons import BoughtReason, bought_by_peers, bought_reasons

TEN_THOUSANDTHS = 10_000
NOTHING = (-1, 0)


def evidence_of(contents: Contents, alpha: float, regularization: float) -> Evidence:
    """Of everyone that bought; the settings are those of the manifest."""
    settings = {"alpha": alpha, "regularization": regularization}
    release = Release(Path(), Manifest.model_construct(settings=settings), contents)
    counts = _explained(contents)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    own = np.zeros((int(starts[-1]), 4), np.int32)
    peers_bought = np.zeros(int(starts[-1]), np.int32)
    # products of matrices this small cost BLAS ten times as much on threads of its own
    with threadpool_limits(1, "blas"):
        for row in np.flatnonzero(counts).tolist():
            entries = slice(starts[row], starts[row + 1])
            begin = int(contents.candidates.starts[row])
            products = contents.candidates.products[begin : begin + int(counts[row])]
            reasons = bought_reasons(release, history_of(release, row), products)
            own[entries] = [_numbers(release, said) for said in reasons]
            bought = bought_by_peers(release, row, EVERYONE)[1]
            peers_bought[entries] = np.count_nonzero(bought[:, None] == products, axis=0)
    return Evidence(
        starts=starts,
        first=own[:, 0].copy(),
        first_share=own[:, 1].astype(np.int16),
        second=own[:, 2].copy(),
        second_share=own[:, 3].astype(np.int16),
        peers_bought=peers_bought,
    )


def _explained(contents: Contents) -> npt.NDArray[np.int64]:
    """(customers,) how many candidates of each; none of who bought nothing."""
    has_bought = np.diff(contents.bought.starts) > 0
    counts = np.minimum(np.diff(contents.candidates.starts), CANDIDATES_EXPLAINED)
    return np.where(has_bought, counts, 0)


def _numbers(release: Release, reasons: Sequence[BoughtReason]) -> list[int]:
    columns = release.catalogue.columns
    said = [(columns[r.product_id], round(r.share * TEN_THOUSANDTHS)) for r in reasons]
    return [number for pair in (*said, NOTHING, NOTHING)[:2] for number in pair]
