"""Ours and the alternatives on one data set and date, by the ruler, in one run.

    python benchmarks/quality.py FOLDER DATE --ruler judge.py

FOLDER is what a `datasets/<name>/prepare.py` wrote. The ruler splits the purchases at DATE,
everyone sees the same 365 days before it, and the lists are scored on what was first bought in the
28 days after it. Ours is the command line itself: `train`, then `cross-sell -n 20 --all`.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import pandas as pd
from alternatives import ALTERNATIVES, ranked_list

TEXT = {"customer_id": str, "product_id": str}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    parser.add_argument("--only-ours", action="store_true")
    asked = parser.parse_args()
    ruler = load_ruler(asked.ruler)
    purchases = read_purchases(asked.folder)
    history, truth = ruler.window(purchases, asked.date)
    del purchases
    print("| | nDCG@10 | recall@20 | products shown | seconds |\n|---|---|---|---|---|")
    for name, scores_of in {} if asked.only_ours else ALTERNATIVES.items():
        began = time.monotonic()
        show(name, ruler.judge(ranked_list(history, scores_of), truth), began)
    began = time.monotonic()
    show("**ours**", ruler.judge(ours(asked.folder, history, asked.date), truth), began)


def show(name: str, found: dict[str, float], began: float) -> None:
    print(
        f"| {name} | {found['ndcg10']:.4f} | {found['recall20']:.4f} | "
        f"{found['products_shown']:,} | {time.monotonic() - began:.0f} |",
        flush=True,
    )


def read_purchases(folder: Path) -> pd.DataFrame:
    single = folder / "purchases.parquet"
    return pd.read_parquet(single if single.exists() else folder / "purchases")


def ours(folder: Path, history: pd.DataFrame, date: str) -> pd.DataFrame:
    """Trained and listed by the command line, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        train_in(place, folder, history, date)
        out = place / "list.csv"
        recommender(
            place, "cross-sell", "--kinds", "new,upgrade", "-n", "20", "--all", "--out", out
        )
        return pd.read_csv(out, dtype=TEXT, keep_default_na=False)


def train_in(place: Path, folder: Path, history: pd.DataFrame, date: str) -> None:
    """A release of these purchases and the other tables of `folder`, as of the date."""
    history.to_parquet(place / "purchases.parquet")
    config = (folder / "recommender.toml").read_text()
    for table in ("products", "customers"):
        if (folder / f"{table}.parquet").exists():
            (place / f"{table}.parquet").symlink_to((folder / f"{table}.parquet").resolve())
    config = config.replace("purchases/*.parquet", "purchases.parquet")
    (place / "recommender.toml").write_text(config)
    recommender(place, "train", "--as-of", date)


def recommender(place: Path, *words: str | Path) -> None:
    command = [sys.executable, "-m", "recommender.cli.main", *words]
    subprocess.run([*command, "--config", place / "recommender.toml"], check=True, stdout=2)


def load_ruler(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("ruler", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"{path}: no such ruler; name the file with --ruler")
    ruler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ruler)
    return ruler


if __name__ == "__main__":
    main()
