"""Ours beside the published tables on Gowalla, whose purchases have no times.

    python benchmarks/gowalla.py FOLDER

FOLDER is what `datasets/gowalla/prepare.py` wrote. All learn from the train split and are judged on
the test split as the papers do: recall@20 of all test products, nDCG@20 with the ideal list cut at
what was bought. The pipeline is the command line itself: `train`, then `cross-sell -n 20 --all`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.judging.baselines import popularity
from recommender.judging.best import best_unbought, ranked_of
from recommender.judging.history import History
from recommender.judging.metrics import Depth, scores
from recommender.judging.neighbours import item_knn
from recommender.models.als import AlsSettings, fit_als
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases
from recommender.text import Ids

AS_PUBLISHED = Depth(recall=20, ndcg=20, of_all_bought=True)
ALS = AlsSettings(factors=256, regularization=30.0, alpha=40.0, iterations=15)
TEXT = {"customer_id": str, "product_id": str}
BARS = "Zhu et al., BARS: Towards Open Benchmarking for Recommender Systems, 2022"
PUBLISHED = {
    "item-kNN": (0.157, 0.121, BARS),
    "EASE": (0.1765, 0.1467, BARS),
    "LightGCN": (0.183, 0.155, "He et al., LightGCN, 2020"),
    "SimpleX": (0.187, 0.156, "Mao et al., SimpleX, 2021"),
    "BSPM": (0.192, 0.160, "Choi et al., Blurring-Sharpening Process Models, 2023"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    train = pd.read_parquet(folder / "purchases.parquet")
    test = pd.read_parquet(folder / "test.parquet")
    both = pd.concat([train, test])
    shape = (
        int(both.customer_id.astype(int).max()) + 1,
        int(both.product_id.astype(int).max()) + 1,
    )
    history, bought = history_of(matrix_of(train, shape)), matrix_of(test, shape)
    ours: dict[str, Callable[[], Ranked]] = {
        "popularity": lambda: popularity(history),
        "item-kNN, ours": lambda: item_knn(history),
        "ALS, ours": lambda: als(history),
        "**the whole pipeline, ours**": lambda: pipeline(folder, shape[0]),
    }
    print("| | recall@20 | nDCG@20 | seconds or source |\n|---|---|---|---|")
    for name, lists_of in ours.items():
        began = time.monotonic()
        recall, ndcg, _, _ = scores(lists_of(), bought, AS_PUBLISHED).mean(axis=0)
        show(name, f"{recall:.4f}", f"{ndcg:.4f}", f"{time.monotonic() - began:.0f} s")
    for name, (recall, ndcg, source) in PUBLISHED.items():
        show(f"{name}, published", f"{recall}", f"{ndcg}", source)


def show(*cells: str) -> None:
    print("|", " | ".join(cells), "|", flush=True)


def matrix_of(pairs: pd.DataFrame, shape: tuple[int, int]) -> sparse.csr_matrix:
    """(customers, products) 1.0 for each pair; the ids of this data are row and column numbers."""
    place = (pairs.customer_id.astype(int), pairs.product_id.astype(int))
    return sparse.csr_matrix((np.ones(len(pairs), np.float32), place), shape)


def history_of(bought: sparse.csr_matrix) -> History:
    """Without purchases: what is asked of it here reads none."""
    none = Ids.of([])
    numbers = {name: np.zeros(0) for name in ("purchased_at", "quantity", "unit_price")}
    rows = {name: np.zeros(0, np.int32) for name in ("customer_rows", "product_columns", "orders")}
    return History(Purchases(none, none, **rows, **numbers), bought, bought, at=0)


def als(history: History) -> Ranked:
    factors = fit_als(history.bought, ALS)

    def score(customers: np.ndarray) -> np.ndarray:
        with threadpool_limits(1, "blas"):
            return np.asarray(factors.customers[customers] @ factors.products.T)

    return best_unbought(history, score)


def pipeline(folder: Path, customers: int) -> Ranked:
    """Trained and listed by the command line, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in ("purchases.parquet", "recommender.toml"):
            shutil.copy(folder / file, place / file)
        out = place / "list.csv"
        recommender(place, "train")
        recommender(
            place, "cross-sell", "--kinds", "new,upgrade", "-n", "20", "--all", "--out", out
        )
        listed = pd.read_csv(out, usecols=[*TEXT, "rank"], dtype=TEXT, keep_default_na=False)
    rows, columns = (listed[name].astype(int).to_numpy() for name in TEXT)
    order = np.lexsort((listed["rank"], rows))
    return ranked_of([rows[order]], [columns[order]], customers)


def recommender(place: Path, *words: str | Path) -> None:
    command = [sys.executable, "-m", "recommender.cli.main", *words]
    subprocess.run([*command, "--config", place / "recommender.toml"], check=True, stdout=2)


if __name__ == "__main__":
    main()
