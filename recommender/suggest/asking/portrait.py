"""Which field that is missing in its portrait tells those alike apart by what they buy?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.asking.crowd import Crowd
from recommender.suggest.asking.question import PLACES, Answered, Question, quadratic_entropy
from recommender.suggest.asking.splits import Labels, splits
from recommender.suggest.reasons import MINIMUM_CUSTOMERS
from recommender.suggest.rules import Rule, first_rules

SHUFFLES = 10
"""Deals at random, to know how far lists of such small groups differ by chance alone."""
NO_TRAITS = ("_on", "_at", "_id")
"""Ends of fields that are days or keys rather than traits."""


def portrait_questions(
    release: Release, row: int, rules: tuple[Rule, ...], crowd: Crowd
) -> Iterator[Question]:
    """Of each field that is missing here and known of enough of those alike."""
    if len(crowd) < 2 * MINIMUM_CUSTOMERS:
        return
    own = _read(release, row)
    known = [_read(release, other) for other in crowd.customers.tolist()]
    fields = dict.fromkeys(field for portrait in known for field in portrait)
    free = np.flatnonzero(np.bincount(crowd.products)).astype(np.int32)
    free = free[first_rules(rules, free) < 0]
    baskets = crowd.baskets(free)
    for field in fields:
        if own.get(field) is None and not field.endswith(NO_TRAITS):
            values = [portrait.get(field) for portrait in known]
            yield from _best(release, field, values, free, baskets)


def _best(
    release: Release, field: str, values: list[Any], free: Numbers, baskets: Flags
) -> Iterator[Question]:
    """Of the ways to split those alike by the field, the one that tells most."""
    ways = splits(values, release.formats)
    found = [_question(release, field, labels, free, baskets) for labels in ways]
    if found:
        yield max(found, key=lambda question: question.expected)


def _question(
    release: Release, field: str, labels: Labels, free: Numbers, baskets: Flags
) -> Question:
    number = labels.numbers
    lists, shares = _lists(number, baskets), labels.counts / labels.counts.sum()
    chance = np.random.default_rng(0)
    dealt = [number.copy() for _ in range(SHUFFLES)]
    for deal in dealt:
        deal[number >= 0] = chance.permutation(number[number >= 0])
    by_chance = [quadratic_entropy(_lists(deal, baskets), shares.tolist()) for deal in dealt]
    answers = tuple(
        Answered(name, int(count), tuple(release.products.ids[int(free[c])] for c in places))
        for name, count, places in zip(labels.names, labels.counts, lists, strict=True)
    )
    return Question("portrait", field, answers, float(np.mean(by_chance)))


def _lists(number: npt.NDArray[np.int64], baskets: Flags) -> list[list[int]]:
    """The products that most of each group bought; of equals the first in the catalogue."""
    groups = range(int(number.max()) + 1)
    # of a crowd, so that small numbers do, which NumPy adds and sorts several times faster
    counts = [baskets[number == group].sum(axis=0, dtype=np.int16) for group in groups]
    return [
        [c for c in np.argsort(-count, kind="stable")[:PLACES].tolist() if count[c]]
        for count in counts
    ]


def _read(release: Release, row: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(release.customers.portrait[row] or "{}")
    return {field: value for field, value in found.items() if value not in (None, "")}
