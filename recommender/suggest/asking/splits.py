"""Ways to tell customers apart by one field of their portraits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.formats.formats import Formats
from recommender.suggest.reasons import MINIMUM_CUSTOMERS

FEW_NUMBERS = 5
"""So many different numbers are names of kinds rather than sizes."""
SIGNIFICANT = 6
MOST_WORDS = 3
"""Of a field that lists several things, those that are nearest to one in two."""


@dataclass(frozen=True)
class Labels:
    """Which group each customer is in."""

    numbers: npt.NDArray[np.int64]
    """-1 for those in none."""
    names: tuple[str, ...]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        return np.bincount(self.numbers[self.numbers >= 0], minlength=len(self.names))


def splits(values: list[Any], formats: Formats) -> Iterator[Labels]:
    """Each into two groups or more of at least five customers; None where a value is not known."""
    texts = [None if value is None else str(value) for value in values]
    numbers = _numbers(texts)
    if numbers is not None:
        found = [_halves(numbers, formats)]
    elif any(text and ";" in text for text in texts):
        found = list(_words(texts))
    else:
        found = [_values(texts)]
    for labels in found:
        if len(labels.names) > 1 and labels.counts.min() >= MINIMUM_CUSTOMERS:
            yield labels


def _numbers(texts: list[str | None]) -> npt.NDArray[np.float64] | None:
    """None for a field of words, or of few different numbers."""
    try:
        found = np.array([np.nan if text is None else float(text) for text in texts])
    except ValueError:
        return None
    return found if len(np.unique(found[np.isfinite(found)])) > FEW_NUMBERS else None


def _halves(numbers: npt.NDArray[np.float64], formats: Formats) -> Labels:
    """At the median, which belongs to the lower half."""
    is_known = np.isfinite(numbers)
    middle = float(np.median(numbers[is_known]))
    shown = formats.exact(middle, SIGNIFICANT)
    groups = np.where(is_known, (numbers > middle).astype(np.int64), -1)
    return Labels(groups, (f"up to {shown}", f"above {shown}"))


def _words(texts: list[str | None]) -> Iterator[Labels]:
    """Has it this or not, of the things that lists name."""
    named = [None if text is None else {part.strip() for part in text.split(";")} for text in texts]
    known = [words for words in named if words is not None]
    counts = Counter(word for words in known for word in words)
    nearest = sorted(counts, key=lambda word: (abs(2 * counts[word] - len(known)), word))
    for word in nearest[:MOST_WORDS]:
        groups = [-1 if words is None else int(word not in words) for words in named]
        yield Labels(np.array(groups, np.int64), (word, f"not {word}"))


def _values(texts: list[str | None]) -> Labels:
    """By what it says; values of fewer than five customers are in no group."""
    counts = Counter(text for text in texts if text is not None)
    names = sorted(text for text, count in counts.items() if count >= MINIMUM_CUSTOMERS)
    groups = [names.index(text) if text in names else -1 for text in texts]
    return Labels(np.array(groups, np.int64), tuple(names))
