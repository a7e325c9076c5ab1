"""A trial: settings, and what they scored in every exam."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.models.settings import Settings
from recommender.tuning.budget import ITERATIONS
from recommender.tuning.exam import METRICS, Exam

Marks = npt.NDArray[np.float64]


def goal(marks: Marks) -> Marks:
    """(customers,) what settings are chosen by: the mean of nDCG@10 and recall@20."""
    return np.asarray(marks[:, :2].mean(axis=1))


def deep(marks: Marks) -> Marks:
    """(customers,) recall@100: what a ranker does not find among its candidates, it cannot rank."""
    return np.asarray(marks[:, 2])


@dataclass(frozen=True, repr=False)
class Trial:
    settings: Settings
    days: tuple[str, ...]
    """When each exam's window begins, newest first."""
    marks: tuple[Marks, ...]
    """(customers, 3) of each exam: `METRICS`."""
    seconds: float
    """It took; told, and kept out of the release, where two trainings must be the same."""

    def __repr__(self) -> str:
        return f"Trial({said(values_of(self.settings))}, {self.score:.4f})"

    @property
    def score(self) -> float:
        """The middle exam's mean of nDCG@10 and recall@20 over its customers.

        The middle and not the mean: one window in which a new catalogue came out would decide
        alone, for everything in it is bought for the first time.
        """
        return float(np.median([goal(marks).mean() for marks in self.marks]))

    def as_json(self) -> dict[str, Any]:
        windows = {
            day: dict(zip(METRICS, marks.mean(axis=0).round(6).tolist(), strict=True))
            for day, marks in zip(self.days, self.marks, strict=True)
        }
        return {**values_of(self.settings), "score": round(self.score, 6), "windows": windows}


def take_trial(settings: Settings, exams: Sequence[Exam], iterations: int = ITERATIONS) -> Trial:
    began = time.monotonic()
    marks = tuple(exam.marks(settings, iterations) for exam in exams)
    return Trial(settings, tuple(e.day for e in exams), marks, time.monotonic() - began)


def values_of(settings: Settings) -> dict[str, float]:
    """What is searched, by the keys of the config."""
    als = settings.als
    return {
        "half_life_days": settings.weighting.half_life_days,
        "alpha": als.alpha,
        "regularization": als.regularization,
        "factors": als.factors,
    }


def said(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())
