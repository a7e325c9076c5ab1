"""The best products of everyone: ours beside implicit's `recommend` and the bare matrix product.

    python benchmarks/topn.py [--customers 100000] [--products 20000] [--factors 64] [--turns 5]
        [--flat]

Made-up purchases of fifty tastes, about 47 products a customer, and implicit's ALS of them; or
with `--flat` normal factors, of which no product is longer than others, so that nothing can be
passed over. Each way lists 20 products for everyone, bought ones left out (faiss, if it is
installed, knows no such thing; the bare product lists nothing). They take turns; the medians are
printed in customers a second of the clock and of CPU, with peak memory beyond what was held before,
and whether the lists are those of the plain formula.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import os
import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.strip import STRIP
from recommender.models.tiles import TILE
from recommender.models.topn import top_n

N = 20
TASTES = 50
BOUGHT = 47
THREADS = os.cpu_count() or 1
CHECKED = 1_000
"""Customers whose lists are compared with the plain formula."""

Factors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shop:
    bought: sparse.csr_matrix
    model: AlternatingLeastSquares
    customers: Factors
    products: Factors


@dataclass(frozen=True)
class Took:
    seconds: float
    cpu: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--factors", type=int, default=64)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--flat", action="store_true")
    asked = parser.parse_args()
    shop = made_up(asked.customers, asked.products, asked.factors, flat=asked.flat)
    print(f"{shop.bought!r}, {asked.factors} factors, {THREADS} threads, load {os.getloadavg()}")
    ways = ways_of(shop)
    for way in ways.values():
        way(1_000)  # compiles, opens libraries
    took: dict[str, list[Took]] = {name: [] for name in ways}
    for _ in range(asked.turns):
        for name, way in ways.items():
            took[name].append(measured(way, asked.customers))
    show(took, asked.customers)
    print(compared(shop))


def made_up(customers: int, products: int, factors: int, *, flat: bool = False) -> Shop:
    """Popularity falls as in shops, and three in four purchases follow the customer's taste."""
    random = np.random.default_rng(0)
    counts = np.minimum(random.geometric(1 / BOUGHT, customers), products // 4)
    rows = np.repeat(np.arange(customers), counts)
    taste = np.repeat(random.integers(0, TASTES, customers), counts)
    place = (products * random.power(0.4, len(rows))).astype(np.int64)
    own = place // TASTES * TASTES + taste
    columns = np.where(random.random(len(rows)) < 0.75, np.minimum(own, products - 1), place)
    ones = np.ones(len(rows), np.float32)
    bought = sparse.csr_matrix((ones, (rows, columns)), (customers, products))
    bought.data[:] = 1
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(factors=factors, iterations=3, random_state=0)
        model.fit(bought, show_progress=False)
    if flat:
        model.user_factors, model.item_factors = (
            random.normal(size=(count, factors)).astype(np.float32)
            for count in (customers, products)
        )
    return Shop(bought, model, model.user_factors, model.item_factors)


def ways_of(shop: Shop) -> dict[str, Callable[[int], object]]:
    """Each lists the first so many customers."""
    ways: dict[str, Callable[[int], object]] = {
        "ours": lambda count: ours(shop, count),
        "implicit": lambda count: implicit_lists(shop, count, 1),
        "implicit, BLAS with threads": lambda count: implicit_lists(shop, count, THREADS),
        "product, blocks of 1,024": lambda count: bare(shop, count, 1024, len(shop.products)),
        "product, strips and tiles": lambda count: bare(shop, count, STRIP, TILE),
    }
    try:
        faiss = importlib.import_module("faiss")
    except ImportError as error:
        print(f"without faiss: {error}")
        return ways
    index = faiss.IndexFlatIP(shop.products.shape[1])
    index.add(shop.products)
    return ways | {"faiss, nothing left out": lambda count: index.search(shop.customers[:count], N)}


def ours(shop: Shop, count: int) -> int:
    lists = top_n(shop.customers[:count], shop.products, shop.bought[:count], N)
    return sum(len(block) for block in lists)


def implicit_lists(shop: Shop, count: int, blas_threads: int) -> object:
    with threadpool_limits(blas_threads, "blas"):
        return shop.model.recommend(np.arange(count), shop.bought[:count], N=N)


def bare(shop: Shop, count: int, strip: int, tile: int) -> None:
    """Every score once, into memory that is used again; a thread takes every other strip."""

    def strips(thread: int) -> None:
        scores = np.empty(strip * tile, np.float32)
        for first in range(thread * strip, count, THREADS * strip):
            rows = shop.customers[first : min(first + strip, count)]
            for start in range(0, len(shop.products), tile):
                some = shop.products[start : start + tile]
                held = scores[: len(rows) * len(some)].reshape(len(rows), len(some))
                np.matmul(rows, some.T, out=held)

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(strips, range(THREADS)))


def measured(way: Callable[[int], object], customers: int) -> Took:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed would hide what is taken
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    began, cpu = time.perf_counter(), time.process_time()
    way(customers)
    took = time.perf_counter() - began, time.process_time() - cpu
    return Took(*took, _memory("VmHWM") - before)


def _memory(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1e3 if found else float("nan")


def show(took: dict[str, list[Took]], customers: int) -> None:
    def median(name: str, part: str) -> float:
        return statistics.median(getattr(one, part) for one in took[name])

    def times(way: str, other: str) -> str:
        turns = list(zip(took[other], took[way], strict=True))
        clock = statistics.median(a.seconds / b.seconds for a, b in turns)
        return f"{clock:.2f} (CPU {statistics.median(a.cpu / b.cpu for a, b in turns):.2f}) times"

    print("| | customers a second | of CPU | peak MB |\n|---|---|---|---|")
    for name in took:
        speeds = (customers / median(name, "seconds"), customers / median(name, "cpu"))
        print(
            f"| {name} | {speeds[0]:,.0f} | {speeds[1]:,.0f} | {median(name, 'megabytes'):,.0f} |"
        )
    for name in took:
        if name != "ours":
            print(f"as fast as {name}: {times('ours', name)}")


def compared(shop: Shop) -> str:
    """With all scores of some customers, sorted."""
    few = np.linspace(0, len(shop.customers) - 1, CHECKED).astype(int)
    with threadpool_limits(1, "blas"):
        scores = shop.customers[few] @ shop.products.T
    scores[shop.bought[few].nonzero()] = -np.inf
    plain = np.argsort(-scores, axis=1, kind="stable")[:, :N]
    (found,) = top_n(shop.customers[few], shop.products, shop.bought[few], N)
    theirs, _ = shop.model.recommend(few, shop.bought[few], N=N)
    same = (found.products.reshape(-1, N) == plain).all(axis=1).mean()
    same_as_theirs = (found.products.reshape(-1, N) == theirs).all(axis=1).mean()
    return f"lists equal to the plain formula's: {same:.1%}; to implicit's: {same_as_theirs:.1%}"


if __name__ == "__main__":
    main()
