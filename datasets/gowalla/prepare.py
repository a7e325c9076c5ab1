"""Gowalla: the check-ins of the LightGCN papers, split into train and test by their authors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from prepare_tables import (
    account,
    command_line,
    count_reasons,
    count_rows,
    first_reason,
    read_parquet,
    run,
    write_config,
    write_table,
)

RAW = "interactions.parquet"
MADE_UP_DATE = pd.Timestamp("2010-10-01")
"""The split has no times; one day for all gives every row the same age."""
RULES = ["no user or no item", "neither train nor test"]
TRAIN = {"factors": 256, "regularization": 30.0, "alpha": 40.0, "half_life_days": 730.0}
"""Fixed, because without times there is no later window to choose settings on."""


def rules(rows: pd.DataFrame) -> dict[str, pd.Series]:
    broken = [rows.user.isna() | rows.item.isna(), ~rows.split.isin(["train", "test"])]
    return dict(zip(RULES, broken, strict=True))


def pairs(rows: pd.DataFrame, split: str) -> pd.DataFrame:
    of_split = rows[rows.split == split]
    return pd.DataFrame(
        {"customer_id": of_split.user.astype("str"), "product_id": of_split.item.astype("str")}
    )


def prepare(options: argparse.Namespace) -> None:
    raw, out = options.raw_dir / RAW, options.out_dir
    rows = read_parquet(raw, ["user", "item", "split"]).astype({"split": "str"})
    reason = first_reason(rules(rows))
    kept = rows[reason.isna()]
    train = pairs(kept, "train").assign(purchased_at=MADE_UP_DATE, quantity=1)
    write_table(train, out / "purchases.parquet")
    write_table(pairs(kept, "test"), out / "test.parquet")
    write_table(rows.assign(reason=reason)[reason.notna()], out / "set_aside.parquet")
    about = "Gowalla, to check trainer and metric: all on one made-up day, so settings are fixed"
    write_config(out, about, {"purchases": "purchases.parquet"}, train=TRAIN)
    report(raw, out, train)


def report(raw: Path, out: Path, train: pd.DataFrame) -> None:
    splits = {
        "purchases (train split)": count_rows(out / "purchases.parquet"),
        "test (test split)": count_rows(out / "test.parquet"),
    }
    aside = count_reasons(out / "set_aside.parquet", RULES)
    notes = {"customers": train.customer_id.nunique(), "products": train.product_id.nunique()}
    account({RAW: count_rows(raw)}, {**splits, **aside}, notes)


if __name__ == "__main__":
    sys.exit(run(prepare, command_line(__doc__)))
