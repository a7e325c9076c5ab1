"""Asking boosted trees about many rows: ours beside LightGBM's predict, in one run.

    python benchmarks/forest.py [ROWS]

Trees as the ranker grows them (200 of 31 leaves, 43 features of few and of many values), asked on
one core. Both are asked three times in turns; the medians and their ratio are printed, and that
the answers are equal.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import lightgbm
import numpy as np
import numpy.typing as npt

from recommender.ranking.boosted.booster import PARAMETERS, ROUNDS
from recommender.ranking.forest import forest_of

FEATURES = 43


def main(count: int) -> None:
    rows = made_up(count)
    taught = rows[:200_000]
    bought = np.nan_to_num(taught[:, 1] + taught[:, 2] * taught[:, 4]) > 2.0
    booster = lightgbm.train(PARAMETERS, lightgbm.Dataset(taught, bought.astype(np.int8)), ROUNDS)
    forest = forest_of(booster)
    forest.raw(rows[:10])  # compiled on the first call
    ways: dict[str, Callable[[], npt.NDArray[np.float64]]] = {
        "LightGBM": lambda: np.asarray(booster.predict(rows, raw_score=True, num_threads=1)),
        "ours": lambda: forest.raw(rows),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    answers = {}
    for _ in range(3):
        for name, ask in ways.items():
            began = time.process_time()
            answers[name] = ask()
            took[name].append(time.process_time() - began)
    middle = {name: statistics.median(times) for name, times in took.items()}
    for name, seconds in middle.items():
        print(f"{name}: {seconds:.2f} s for {count:,} rows, {seconds / count * 1e6:.2f} us each")
    print(f"ratio {middle['LightGBM'] / middle['ours']:.1f}", end=", ")
    print("equal" if np.array_equal(*answers.values()) else "NOT EQUAL")


def made_up(count: int) -> npt.NDArray[np.float32]:
    """(count, features) of which a third are whole numbers, and some are missing."""
    random = np.random.default_rng(0)
    rows = random.normal(size=(count, FEATURES)).astype(np.float32)
    rows[:, ::3] = np.round(rows[:, ::3])
    rows[random.random(rows.shape) < 0.02] = np.nan
    return rows


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
