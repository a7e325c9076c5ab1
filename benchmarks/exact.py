"""Exact factors of all customers against given products: ours beside implicit's, in turns.

    python benchmarks/exact.py [--customers 20000] [--products 10000] [--bought 100] [--turns 5]

Seeded, made-up weights; each customer has up to so many products, popular ones most. CPU seconds
of the process with all its threads, and the clock.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.exact import solve_exactly

FACTORS, ALPHA, REGULARIZATION = 64, 2.0, 10.0

Factors = npt.NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--bought", type=int, default=100)
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    random = np.random.default_rng(0)
    weights = made_up(random, asked.customers, asked.products, asked.bought)
    products = random.normal(0, 0.3, (asked.products, FACTORS)).astype(np.float32)
    ways: dict[str, Callable[[], Factors]] = {
        "ours": lambda: solve_exactly(
            products, weights, alpha=ALPHA, regularization=REGULARIZATION
        ),
        "implicit's `recalculate_user`": lambda: by_implicit(products, weights),
    }
    found = {name: way() for name, way in ways.items()}  # compiles, too
    apart = float(np.abs(np.subtract(*found.values())).max())
    largest = float(np.abs(found["ours"]).max())
    print(
        f"{weights.shape[0]:,} x {weights.shape[1]:,}, {weights.nnz:,} weights, {FACTORS} factors"
    )
    print(f"largest difference {apart:.1e} of values up to {largest:.2f}")
    taken = [{name: timed(way) for name, way in ways.items()} for _ in range(asked.turns)]
    print("| | CPU s, median | s by the clock |\n|---|---|---|")
    for name in ways:
        cpu, clock = np.median([turn[name] for turn in taken], axis=0)
        print(f"| {name} | {cpu:.2f} | {clock:.2f} |")


def made_up(
    random: np.random.Generator, customers: int, products: int, bought: int
) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(customers), bought)
    columns = (random.random(customers * bought) ** 3 * products).astype(np.int32)
    weights = random.uniform(0.01, 5, customers * bought).astype(np.float32)
    return sparse.coo_matrix((weights, (rows, columns)), (customers, products)).tocsr()


def by_implicit(products: Factors, weights: sparse.csr_matrix) -> Factors:
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=FACTORS,
            regularization=REGULARIZATION,
            alpha=ALPHA,
            num_threads=os.cpu_count() or 1,
        )
        model.item_factors = products
        found = model.recalculate_user(np.arange(weights.shape[0]), weights)
        return np.asarray(found, np.float32)


def timed(way: Callable[[], Factors]) -> tuple[float, float]:
    cpu, clock = time.process_time(), time.perf_counter()
    way()
    return time.process_time() - cpu, time.perf_counter() - clock


if __name__ == "__main__":
    main()
