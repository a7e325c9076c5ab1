"""What a warm start saves: ALS from nothing and from factors of an earlier day, by the ruler.

    python benchmarks/warm_start.py FOLDER DATE [--earlier-days 1 7 28] --ruler judge.py

FOLDER is what a `datasets/<name>/prepare.py` wrote. Lists of plain ALS from the 365 days before
DATE, scored on what was first bought in the 28 days after it; fits from nothing, and from the
factors of the purchases up to some days before, with fewer iterations.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from quality import load_ruler, read_purchases

from recommender.config import TrainSection, load_config
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import net_returns
from recommender.models import als
from recommender.models.als import Factors, fit_als
from recommender.models.highest import highest
from recommender.models.settings import resolve
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.tables import read_tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--earlier-days", type=int, nargs="*", default=[1, 7, 28])
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    asked = parser.parse_args()
    ruler = load_ruler(asked.ruler)
    _, truth = ruler.window(read_purchases(asked.folder), asked.date)

    def judged(ranked: pd.DataFrame) -> dict[str, float]:
        return ruler.judge(ranked, truth)

    at = int(pd.Timestamp(asked.date, tz="UTC").timestamp())
    year = year_before(asked.folder, at)
    print("| start | iterations | nDCG@10 | recall@20 | seconds |\n|---|---|---|---|---|")
    for iterations in (5, 15):
        show("nothing", Fit(year, at, iterations), judged)
    for days in asked.earlier_days:
        before = at - days * SECONDS_PER_DAY
        start = Fit(year.before(before), before, 15).factors()
        for iterations in (2, 5):
            show(f"{days} days before", Fit(year, at, iterations, start), judged)


def year_before(folder: Path, at: int) -> Purchases:
    everything = read_tables(load_config(folder / "recommender.toml")).purchases
    return everything.before(at).since(at - 365 * SECONDS_PER_DAY)


@dataclass(frozen=True)
class Fit:
    purchases: Purchases
    at: int
    iterations: int
    start: Factors | None = None

    def factors(self) -> Factors:
        settings = resolve(TrainSection())
        weights = build_matrix(net_returns(self.purchases), settings.weighting, self.at).weights
        als.WARM_ITERATIONS = self.iterations
        return fit_als(weights, replace(settings.als, iterations=self.iterations), self.start)


def show(name: str, fit: Fit, judged: Callable[[pd.DataFrame], dict[str, float]]) -> None:
    began = time.monotonic()
    factors = fit.factors()
    took = time.monotonic() - began
    found = judged(lists(fit.purchases, factors))
    print(
        f"| {name} | {fit.iterations} | {found['ndcg10']:.4f} | {found['recall20']:.4f} | "
        f"{took:.1f} |",
        flush=True,
    )


def lists(purchases: Purchases, factors: Factors) -> pd.DataFrame:
    """customer_id, product_id, rank: the 20 likeliest that each customer never bought."""
    scores = factors.customers @ factors.products.T
    bought = purchases.quantity > 0
    scores[purchases.customer_rows[bought], purchases.product_columns[bought]] = -np.inf
    rows, products, places = highest(scores, 20)
    return pd.DataFrame(
        {
            "customer_id": np.array(list(purchases.customers), object)[rows],
            "product_id": np.array(list(purchases.products), object)[products],
            "rank": places + 1,
        }
    )


if __name__ == "__main__":
    main()
