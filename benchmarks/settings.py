"""Plain ALS with the default settings, with those `auto` chooses and with tuned ones, by the ruler.

    python benchmarks/settings.py FOLDER DATE --ruler judge.py --trials 60
    python benchmarks/settings.py FOLDER DATE --whole       # the whole training, not plain ALS
    python benchmarks/settings.py FOLDER DATE --powers      # what quantity and value are worth

FOLDER is what a `datasets/<name>/prepare.py` wrote. Everyone learns from all purchases before DATE;
lists are scored on what was first bought in the 28 days after it. Settings are chosen on windows
that end 196 days before DATE or earlier. Seconds are CPU seconds of the choosing; threads that
wait count too, so set OMP_WAIT_POLICY=PASSIVE.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from quality import load_ruler, read_purchases

from recommender.assembly.numbering import number_purchases
from recommender.config import Config, TrainSection, load_config
from recommender.models.settings import Settings, resolve
from recommender.ranking.boosted.known import read_known
from recommender.ranking.learning import learn_ranking
from recommender.tables.purchases import Purchases
from recommender.tables.tables import Tables, read_tables
from recommender.tune import tune
from recommender.tuning.choose import choose_settings
from recommender.tuning.exam import METRICS, set_exam
from recommender.tuning.exams import set_exams
from recommender.tuning.gain import gain
from recommender.tuning.ladder import with_values
from recommender.tuning.trial import said, take_trial, values_of

ITERATIONS = 15
"""Of a fit that is judged."""
POWERS = [(0.1, 0.0), (0.0, 0.0), (0.2, 0.0), (0.3, 0.0)] + [
    (0.1, value) for value in (-0.1, 0.1, 0.2, 0.4)
]
"""Of quantity and of value; the first are the defaults."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--powers", action="store_true")
    asked = parser.parse_args()
    at = datetime.fromisoformat(asked.date).replace(tzinfo=UTC)
    config = load_config(asked.folder / "recommender.toml")
    tables = read_tables(config, as_of=at)
    if asked.powers:
        show_powers(tables.purchases, int(at.timestamp()))
        return
    ruler = load_ruler(asked.ruler)
    _, truth = ruler.window(read_purchases(asked.folder), asked.date)
    print("| | settings | nDCG@10 | recall@20 | seconds |\n|---|---|---|---|---|")
    for name, choose in choices(config, tables, at, asked.trials).items():
        began = time.process_time()
        settings = choose()
        seconds = time.process_time() - began
        list_of = whole_list if asked.whole else plain_list
        found = ruler.judge(list_of(tables, settings, int(at.timestamp())), truth)
        print(
            f"| {name} | {said(values_of(settings))} | {found['ndcg10']:.4f} | "
            f"{found['recall20']:.4f} | {seconds:.0f} |",
            flush=True,
        )


def choices(
    config: Config, tables: Tables, at: datetime, trials: int
) -> dict[str, Callable[[], Settings]]:
    """What everyone would train with."""
    asked, now = TrainSection(history_days=config.train.history_days), int(at.timestamp())
    found: dict[str, Callable[[], Settings]] = {
        "defaults": lambda: resolve(asked),
        "auto": lambda: choose_settings(tables.purchases, asked, now).settings,
    }
    if trials:
        found[f"tuned, {trials} trials"] = lambda: tuned(config, asked, at, trials)
    return found


def tuned(config: Config, asked: TrainSection, at: datetime, trials: int) -> Settings:
    """Searched from the first trial on, in a folder of its own."""
    with tempfile.TemporaryDirectory() as place:
        releases = config.releases.model_copy(update={"directory": place})
        fresh = config.model_copy(update={"train": asked, "releases": releases})
        found = tune(fresh, trials, as_of=at)
        return with_values(resolve(asked), **(found.best.values if found.is_real else {}))


def plain_list(tables: Tables, settings: Settings, now: int) -> pd.DataFrame:
    """The best 20 of ALS alone, for everyone."""
    exam = set_exam(tables.purchases, now, settings.history_days)
    owners, lists = exam.best_new(settings, ITERATIONS, everyone(tables.purchases))
    return listed(tables.purchases, np.concatenate(owners), np.concatenate(lists))


def everyone(purchases: Purchases) -> np.ndarray:
    return np.unique(purchases.customer_rows)


def whole_list(tables: Tables, settings: Settings, now: int) -> pd.DataFrame:
    """What the training would list, ranked by the better ranker."""
    purchases = number_purchases(tables, now, settings.history_days)
    known = read_known(purchases.customers, purchases.products, tables)
    ranked = learn_ranking(purchases, settings, known, now).ranked
    return listed(purchases, ranked.customers, ranked.products)


def listed(purchases: Purchases, customers: np.ndarray, products: np.ndarray) -> pd.DataFrame:
    """customer_id, product_id, rank; places count from the first of each customer on."""
    place = np.arange(len(customers)) - np.searchsorted(customers, customers)
    first = place < 20
    customer_ids, product_ids = np.array([*purchases.customers]), np.array([*purchases.products])
    return pd.DataFrame(
        {
            "customer_id": customer_ids[customers[first]],
            "product_id": product_ids[products[first]],
            "rank": place[first] + 1,
        }
    )


def show_powers(purchases: Purchases, now: int) -> None:
    """Mean over the windows that settings are chosen on."""
    default = resolve(TrainSection())
    exams = set_exams(purchases, default, now)
    print("| quantity | value | " + " | ".join(METRICS) + " | gain |\n|---|---|---|---|---|---|")
    first = take_trial(default, exams)
    for quantity, value in POWERS:
        weighting = replace(default.weighting, quantity_power=quantity, value_power=value)
        trial = take_trial(replace(default, weighting=weighting), exams)
        means = np.mean([marks.mean(axis=0) for marks in trial.marks], axis=0)
        figures = " | ".join(f"{mean:.4f}" for mean in means)
        print(f"| {quantity} | {value} | {figures} | {gain(trial, first)} |", flush=True)


if __name__ == "__main__":
    main()
