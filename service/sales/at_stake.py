"""What is at stake with all customers, laid out so that a page is a few passes over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags
from recommender.release.opening import Release
from recommender.suggest.insight.stakes import Measure, amounts_at_stake, measure_of

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class AtStake:
    """Built once a release."""

    measure: Measure
    places: Rows
    """(customers,) where each stands, the most first; of equals the one whose name comes first."""
    warned: Flags
    """Silent for longer than usual."""

    @classmethod
    def of(cls, release: Release, by_name: Rows) -> AtStake:
        amounts = amounts_at_stake(release)
        order = by_name[np.argsort(-amounts[by_name], kind="stable")]
        return cls(measure_of(release), np.argsort(order), release.contents.customer_rhythms.warned)
