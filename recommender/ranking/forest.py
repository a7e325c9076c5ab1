"""What gradient-boosted trees say of millions of rows: LightGBM's own answers, five times as fast.

QuickScorer (Lucchese et al., SIGIR 2015): the leaves of a tree are bits of a word, the lowest on
the left. A condition that fails clears the bits of the leaves on its left; when all have had their
say, the lowest bit that stands is the leaf. Trained trees share few thresholds, so a table holds
for each feature and each step between its thresholds the words of all trees at once, and a row
costs one `and` of a line of that table for each feature, whatever the depth of the trees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import lightgbm
import numba
import numpy as np
import numpy.typing as npt

MOST_LEAVES = 32
"""Of a tree: they are the bits of a word."""
EVERY_LEAF = np.uint32(2**MOST_LEAVES - 1)
NEAR_ZERO = float(np.float32(1e-35))
"""What is no further from 0 is 0 to LightGBM."""
DE_BRUIJN = np.uint32(0x077CB531)
"""Times one bit, its upper five bits tell which bit it was (Leiserson, Prokop, Randall 1998)."""


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees with at most `MOST_LEAVES` leaves that ask for numbers, not categories."""

    thresholds: npt.NDArray[np.float64]
    """Feature by feature, ascending."""
    starts: npt.NDArray[np.int64]
    """(features + 1,) where those of each feature begin."""
    words: npt.NDArray[np.uint32]
    """(thresholds + 2 * features, trees) leaves that can still be reached: for each feature one
    line for every number of thresholds that a value exceeds, and one for NaN."""
    values: npt.NDArray[np.float64]
    """(trees, MOST_LEAVES) of the leaves, each at the place that `DE_BRUIJN` gives its bit."""

    def __repr__(self) -> str:
        return f"Forest({len(self.values)} trees of {len(self.starts) - 1} features)"

    def raw(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """(rows,) sum of the leaves that each row reaches."""
        if features.ndim != 2 or features.shape[1] != len(self.starts) - 1:
            raise ValueError(f"{len(self.starts) - 1} features expected, found {features.shape}")
        rows = np.ascontiguousarray(features, np.float32)
        sums = _raw(rows, self.thresholds, self.starts, self.words, self.values)
        return np.asarray(sums, np.float64)

    def chance(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(rows,) of trees grown on the log-loss, between 0 and 1."""
        return (1.0 / (1.0 + np.exp(-self.raw(features)))).astype(np.float32)


@dataclass(frozen=True)
class _Condition:
    """A value not above the threshold goes left."""

    tree: int
    feature: int
    threshold: float
    missing_goes_left: bool
    left: int
    """Bits of the leaves on its left."""


def trees_of(text: str) -> lightgbm.Booster:
    """Trees as LightGBM writes them. Raises ValueError for another text."""
    try:
        return lightgbm.Booster(model_str=text)
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(f"these are no trees: {error}") from error


def forest_of(booster: lightgbm.Booster) -> Forest:
    """Raises ValueError for trees that are larger, or ask for a category."""
    told = booster.dump_model()
    trees = [tree["tree_structure"] for tree in told["tree_info"]]
    values = np.zeros((len(trees), MOST_LEAVES))
    conditions = []
    for number, root in enumerate(trees):
        leaves: list[float] = []
        conditions += list(_conditions(root, number, leaves))
        if len(leaves) > MOST_LEAVES:
            raise ValueError(f"tree {number} has {len(leaves)} leaves, at most {MOST_LEAVES} fit")
        values[number, _PLACES[: len(leaves)]] = leaves
    return _assembled(conditions, values, int(told["max_feature_idx"]) + 1)


_PLACES = ((1 << np.arange(MOST_LEAVES, dtype=np.uint64)) * DE_BRUIJN % 2**32 >> 27).astype(np.intp)
"""(MOST_LEAVES,) place of each bit."""


def _conditions(node: dict[str, Any], tree: int, leaves: list[float]) -> Iterator[_Condition]:
    """Of the tree below `node`, whose leaves are added from left to right."""
    if "leaf_value" in node:
        leaves.append(float(node["leaf_value"]))
        return
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ValueError(
            f"tree {tree} asks {node['decision_type']}, missing {node['missing_type']}"
        )
    first = len(leaves)
    yield from _conditions(node["left_child"], tree, leaves)
    left = sum(1 << leaf for leaf in range(first, len(leaves)))
    threshold = float(node["threshold"])
    # where training met no NaN, LightGBM takes one for 0
    nan_goes_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0.0
    yield _Condition(tree, node["split_feature"], threshold, bool(nan_goes_left), left)
    yield from _conditions(node["right_child"], tree, leaves)


def _assembled(
    conditions: list[_Condition], values: npt.NDArray[np.float64], features: int
) -> Forest:
    thresholds, lines = [], []
    for feature in range(features):
        asked = [condition for condition in conditions if condition.feature == feature]
        steps = np.unique([condition.threshold for condition in asked])
        words = np.full((len(steps) + 2, len(values)), EVERY_LEAF, np.uint32)
        for condition in asked:
            cleared = np.uint32(~condition.left & int(EVERY_LEAF))
            exceeded = int(np.searchsorted(steps, condition.threshold)) + 1
            words[exceeded : len(steps) + 1, condition.tree] &= cleared
            if not condition.missing_goes_left:
                words[-1, condition.tree] &= cleared
        thresholds.append(steps)
        lines.append(words)
    starts = np.concatenate([[0], np.cumsum([len(steps) for steps in thresholds])])
    return Forest(
        np.concatenate([np.zeros(0), *thresholds]),
        starts.astype(np.int64),
        np.vstack([np.zeros((0, len(values)), np.uint32), *lines]),
        values,
    )


@numba.njit(nogil=True, cache=True)
def _raw(rows, thresholds, starts, words, values):  # type: ignore[no-untyped-def]
    trees = len(values)
    sums = np.zeros(len(rows))
    reached = np.empty(trees, np.uint32)
    for row in range(len(rows)):
        reached[:] = EVERY_LEAF
        for feature in range(len(starts) - 1):
            first, end = starts[feature], starts[feature + 1]
            value = np.float64(rows[row, feature])
            if abs(value) <= NEAR_ZERO:
                value = np.float64(0.0)
            low, high = first, end
            while low < high:
                middle = (low + high) >> 1
                if thresholds[middle] < value:
                    low = middle + 1
                else:
                    high = middle
            if np.isnan(value):
                low = end + 1
            line = words[low + 2 * feature]
            for tree in range(trees):
                reached[tree] &= line[tree]
        total = 0.0
        for tree in range(trees):
            word = reached[tree]
            lowest = word & (~word + np.uint32(1))
            total += values[tree, np.uint32(lowest * DE_BRUIJN) >> np.uint32(27)]
        sums[row] = total
    return sums
