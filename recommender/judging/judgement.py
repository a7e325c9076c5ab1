"""All windows together: is it better than what anyone would pick instead, for whom, how surely?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from recommender.judging.comparison import Comparison, compare
from recommender.judging.groups import Group, Mask, by_age, by_segment, by_size
from recommender.judging.judged_window import JudgedWindow, ScoredLists
from recommender.judging.metrics import Floats
from recommender.judging.reliability import Reliability, reliability_of
from recommender.judging.shape import Shape
from recommender.judging.verdict import verdict_of
from recommender.judging.window import HISTORY_DAYS, WINDOW_DAYS

RULER = 2
"""Raised when a definition changes: figures of two rulers are not compared."""


@dataclass(frozen=True)
class Question:
    """Products never bought, or products bought again."""

    all: Comparison
    windows: tuple[Comparison, ...]
    """Oldest first; the group is the day a window begins."""
    groups: dict[str, tuple[Comparison, ...]]
    """By size, age and, where customers have one, segment."""
    shapes: dict[str, Shape]
    """Of the newest window."""

    def as_json(self) -> dict[str, Any]:
        return {
            "all": self.all.as_json(),
            "windows": [window.as_json() for window in self.windows],
            "groups": {by: [g.as_json() for g in groups] for by, groups in self.groups.items()},
            "shapes": {name: shape.as_json() for name, shape in self.shapes.items()},
        }


@dataclass(frozen=True)
class Judgement:
    windows: tuple[int, ...]
    """Seconds since 1970 UTC at which each begins, oldest first."""
    new: Question | None
    """None where there was no window to judge on."""
    again: Question | None
    reliability: dict[str, Reliability]

    def verdict(self) -> tuple[str, ...]:
        """In plain words, the most important line first."""
        new = None if self.new is None else self.new.all
        again = None if self.again is None else self.again.all
        return verdict_of(len(self.windows), new, again, self.reliability)

    def as_json(self) -> dict[str, Any]:
        return {
            "ruler": RULER,
            "window_days": WINDOW_DAYS,
            "history_days": HISTORY_DAYS,
            "windows": [day_of(at) for at in self.windows],
            "verdict": list(self.verdict()),
            "new": self.new and self.new.as_json(),
            "again": self.again and self.again.as_json(),
            "reliability": {name: r.as_json() for name, r in self.reliability.items()},
        }


def judge(windows: Sequence[JudgedWindow], segments: Sequence[str] | None = None) -> Judgement:
    """`segments` (customers,) of the matrix, "" where none is known. No window gives no figures."""
    windows = sorted(windows, key=lambda window: window.at)
    days = [day_of(window.at) for window in windows]
    again = [window.again for window in windows if window.again is not None]
    return Judgement(
        windows=tuple(window.at for window in windows),
        new=_question(days, [window.new for window in windows], segments) if windows else None,
        again=_question(days, again, segments) if again and len(again) == len(windows) else None,
        reliability=_reliability(windows),
    )


def day_of(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _question(
    days: list[str], scored: list[ScoredLists], segments: Sequence[str] | None
) -> Question:
    # a baseline that was left out of one window cannot be compared over all
    names = [name for name in scored[0].values if all(name in s.values for s in scored)]
    customers = np.concatenate([s.customers for s in scored])
    values = {name: np.concatenate([s.values[name] for s in scored]) for name in names}
    groups = {
        "size": by_size(np.concatenate([s.purchases for s in scored])),
        "age": by_age(np.concatenate([s.age_days for s in scored])),
        "segment": by_segment(customers, segments) if segments is not None else [],
    }

    def within(group: Group) -> Comparison:
        name, mask = group
        return compare(name, customers[mask], _rows(values, mask))

    return Question(
        all=compare("all customers", customers, values),
        windows=tuple(compare(d, s.customers, s.values) for d, s in zip(days, scored, strict=True)),
        groups={by: tuple(map(within, masks)) for by, masks in groups.items() if masks},
        shapes=scored[-1].shapes,
    )


def _rows(values: dict[str, Floats], mask: Mask) -> dict[str, Floats]:
    return {name: rows[mask] for name, rows in values.items()}


def _reliability(windows: Sequence[JudgedWindow]) -> dict[str, Reliability]:
    """Of the pairs of all windows; a question without any candidate is left out."""
    found = {}
    for name in dict.fromkeys(name for window in windows for name in window.chances):
        parts = [window.chances[name] for window in windows if name in window.chances]
        chance, bought = (np.concatenate(side) for side in zip(*parts, strict=True))
        if len(chance):
            found[name] = reliability_of(chance, bought)
    return found
