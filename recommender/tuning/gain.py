"""By how much one trial is better than another, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from recommender.tuning.trial import Marks, Trial, deep, goal

LEAST_SHARE = 0.02
"""Of the score: less is not worth another setting, however sure it is."""


@dataclass(frozen=True)
class Gain:
    value: float
    """The middle exam's mean difference over its customers, each against itself."""
    error: float
    """Standard error of `value`."""
    deep: float
    """The same as `value`, of recall@100."""
    deep_error: float
    against: float
    """The score it is a gain over."""

    def is_real(self, tries: int = 1) -> bool:
        """Past what chance gives in one of 40, also for the best of several tries (Bonferroni).

        A list that begins better but holds less further down is no gain: candidates are lost.
        """
        sure = NormalDist().inv_cdf(1 - 0.025 / max(tries, 1))
        is_more = self.value > max(sure * self.error, LEAST_SHARE * self.against)
        return is_more and self.deep >= -2 * self.deep_error

    def __str__(self) -> str:
        if not self.against:
            return f"{self.value:+.4f} (± {2 * self.error:.4f})"
        share, error = self.value / self.against, 2 * self.error / self.against
        return f"{share:+.1%} (± {error:.1%})"


def gain(trial: Trial, over: Trial) -> Gain:
    """Both sat the same exams."""
    return Gain(*_difference(trial, over, goal), *_difference(trial, over, deep), over.score)


def _difference(trial: Trial, over: Trial, of: Callable[[Marks], Marks]) -> tuple[float, float]:
    """Of the middle exam, with its standard error."""
    differences = [of(a) - of(b) for a, b in zip(trial.marks, over.marks, strict=True)]
    errors = [d.std(ddof=1) / sqrt(len(d)) for d in differences]
    return (
        float(np.median([d.mean() for d in differences])),
        float(np.median(errors)) / sqrt(len(differences)),
    )
