"""Ours and the alternatives on one data set and date, by the ruler, in one run.

    python benchmarks/quality.py FOLDER DATE --ruler judge.py

FOLDER is what a `datasets/<name>/prepare.py` wrote. The ruler splits the purchases at DATE,
everyone sees the same 365 days before it, and the lists are scored on what was first bought in the
28 days after it. Ours is the command line itself: `train`, then `cross-sell -n 20 --all`, and for
what is bought again the lists of the release. Chances are compared with what came true.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from alternatives import ALTERNATIVES, personal_frequency, ranked_list

from recommender.release.opening import Release, open_release

TEXT = {"customer_id": str, "product_id": str}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--engine", choices=["implicit", "spark"], default="implicit")
    parser.add_argument(
        "--kept-days", type=int, default=0, help="keep the ranker of a training so many days before"
    )
    asked = parser.parse_args()
    ruler = load_ruler(asked.ruler)
    purchases = read_purchases(asked.folder)
    history, truth = ruler.window(purchases, asked.date)
    again = bought_again(purchases, history, asked.date)
    del purchases
    print(
        "| never bought | nDCG@10 | recall@20 | products shown | seconds |\n|---|---|---|---|---|"
    )
    for name, scores_of in {} if asked.only_ours else ALTERNATIVES.items():
        began = time.monotonic()
        show(name, ruler.judge(ranked_list(history, scores_of), truth), began)
    began = time.monotonic()
    lists = ours(asked.folder, history, asked.date, asked.engine, asked.kept_days)
    show("**ours**", ruler.judge(lists.new, truth), began)
    print(
        "\n| bought again | nDCG@10 | recall@20 | products shown | seconds |\n|---|---|---|---|---|"
    )
    began = time.monotonic()
    show("personal frequency", ruler.judge(personal_frequency(history), again), began)
    show("**ours**", ruler.judge(lists.again, again), began)
    print()
    for name, ranked, bought in (
        ("never bought", lists.new, truth),
        ("bought again", lists.again, again),
    ):
        said = known_only(ranked, history)
        print(f"chance of what was {name}, first 20 places: {calibration(said, bought)}")


def bought_again(purchases: pd.DataFrame, history: pd.DataFrame, date: str) -> pd.DataFrame:
    """(customer_id, product_id) bought in the 28 days from the date on and in the history."""
    pairs = ["customer_id", "product_id"]
    at = pd.Timestamp(date)
    times = purchases["purchased_at"]
    after = purchases[
        (times >= at) & (times < at + pd.Timedelta(days=28)) & (purchases["quantity"] > 0)
    ]
    seen = history.loc[history["quantity"] > 0, pairs].drop_duplicates()
    return after[pairs].drop_duplicates().merge(seen, on=pairs)


def known_only(ranked: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Of customers and products with a purchase in the history: the ruler asks about no others."""
    kept = history[history["quantity"] > 0]
    return ranked[
        ranked["customer_id"].isin(set(kept["customer_id"]))
        & ranked["product_id"].isin(set(kept["product_id"]))
    ]


def calibration(ranked: pd.DataFrame, bought: pd.DataFrame) -> str:
    """Expected calibration error over ten bins of equal count."""
    pairs = ["customer_id", "product_id"]
    asked = ranked.merge(bought.assign(bought=1.0), how="left", on=pairs).fillna({"bought": 0.0})
    asked = asked.sort_values("chance", kind="stable")
    bins = np.array_split(asked[["chance", "bought"]].to_numpy(), 10)
    means = np.array([b.mean(axis=0) for b in bins])
    sizes = np.array([len(b) for b in bins])
    error = (np.abs(means[:, 0] - means[:, 1]) * sizes).sum() / sizes.sum()
    said, came = means[-1]
    return f"error {error:.4f}; highest tenth said {said:.3f}, {came:.3f} bought"


def show(name: str, found: dict[str, float], began: float) -> None:
    print(
        f"| {name} | {found['ndcg10']:.4f} | {found['recall20']:.4f} | "
        f"{found['products_shown']:,} | {time.monotonic() - began:.0f} |",
        flush=True,
    )


def read_purchases(folder: Path) -> pd.DataFrame:
    single = folder / "purchases.parquet"
    return pd.read_parquet(single if single.exists() else folder / "purchases")


@dataclass(frozen=True)
class Lists:
    """customer_id, product_id, rank, chance."""

    new: pd.DataFrame
    again: pd.DataFrame


def ours(folder: Path, history: pd.DataFrame, date: str, engine: str, kept_days: int) -> Lists:
    """Trained and listed by the command line, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        if kept_days:
            earlier = pd.Timestamp(date) - pd.Timedelta(days=kept_days)
            train_in(place, folder, history, f"{earlier:%Y-%m-%d}", engine)
            keep = f"\n[train]\nkeep_ranker_days = {kept_days + 1}\n"
            train_in(place, folder, history, date, engine, keep)
        else:
            train_in(place, folder, history, date, engine)
        out = place / "list.csv"
        recommender(
            place, "cross-sell", "--kinds", "new,upgrade", "-n", "20", "--all", "--out", out
        )
        new = pd.read_csv(out, dtype=TEXT, keep_default_na=False)
        return Lists(new, lists_again(open_release(place / "releases")))


def lists_again(release: Release) -> pd.DataFrame:
    """The first 20 of each customer."""
    starts = np.asarray(release.again.starts)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], np.diff(starts))
    first = place < 20
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))[first]
    return pd.DataFrame(
        {
            "customer_id": np.array(list(release.customers.ids), object)[owner],
            "product_id": np.array(list(release.products.ids), object)[
                release.again.products[first]
            ],
            "rank": place[first] + 1,
            "chance": release.again.chance[first],
        }
    )


def train_in(
    place: Path,
    folder: Path,
    history: pd.DataFrame,
    date: str,
    engine: str = "implicit",
    more: str = "",
) -> None:
    """A release of these purchases and the other tables of `folder`, as of the date.

    `more` stands at the end of the config.
    """
    history.to_parquet(place / "purchases.parquet")
    config = (folder / "recommender.toml").read_text()
    for table in ("products", "customers"):
        if (folder / f"{table}.parquet").exists():
            (place / f"{table}.parquet").unlink(missing_ok=True)
            (place / f"{table}.parquet").symlink_to((folder / f"{table}.parquet").resolve())
    config = config.replace("purchases/*.parquet", "purchases.parquet")
    (place / "recommender.toml").write_text(config + more)
    recommender(place, "train", "--as-of", date, "--force", "a benchmark", "--engine", engine)


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
