"""CDNOW: every CD purchase of the customers who joined in early 1997."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from prepare_tables import (
    UnreadableFileError,
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

MASTER = "cdnow_master.parquet"
SUMMARY = "cdnow_customers_summary.csv"
COLUMNS = ["customer_id", "date", "n", "value"]
RULES = ["no customer", "no date", "no number of CDs above zero"]


def rules(rows: pd.DataFrame) -> dict[str, pd.Series]:
    broken = [rows.customer_id.isna(), rows.date.isna(), ~(rows.n > 0)]
    return dict(zip(RULES, broken, strict=True))


def purchases(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": rows.customer_id,
            "product_id": "CD",
            "purchased_at": pd.to_datetime(rows.date),
            "quantity": rows.n,
            "unit_price": rows.value / rows.n,
        }
    )


def copy_summary(raw_dir: Path, out_dir: Path) -> None:
    try:
        shutil.copyfile(raw_dir / SUMMARY, out_dir / SUMMARY)
    except FileNotFoundError as error:
        raise UnreadableFileError(f"{raw_dir / SUMMARY}: no such file, see the README") from error


def prepare(options: argparse.Namespace) -> None:
    raw, out = options.raw_dir, options.out_dir
    rows = read_parquet(raw / MASTER, COLUMNS)
    reason = first_reason(rules(rows))
    kept = purchases(rows[reason.isna()])
    write_table(kept, out / "purchases.parquet")
    write_table(rows.assign(reason=reason)[reason.notna()], out / "set_aside.parquet")
    write_table(pd.DataFrame({"product_id": ["CD"], "name": ["CD"]}), out / "products.parquet")
    copy_summary(raw, out)
    tables = {"purchases": "purchases.parquet", "products": "products.parquet"}
    write_config(out, "CDNOW, for lifetime value: one product only", tables, currency="USD")
    report(raw, out, kept)


def report(raw: Path, out: Path, kept: pd.DataFrame) -> None:
    purchases = {"purchases": count_rows(out / "purchases.parquet")}
    notes = {
        "purchases of value zero, kept": int((kept.unit_price == 0).sum()),
        "purchases like another one in every column, kept": int(kept.duplicated().sum()),
        "customers": kept.customer_id.nunique(),
    }
    aside = count_reasons(out / "set_aside.parquet", RULES)
    account({MASTER: count_rows(raw / MASTER)}, {**purchases, **aside}, notes)


if __name__ == "__main__":
    sys.exit(run(prepare, command_line(__doc__)))
