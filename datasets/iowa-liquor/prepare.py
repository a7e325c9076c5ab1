"""Iowa liquor sales: what the State of Iowa, the only wholesaler, sells to licensed shops."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sized
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from masters import absent, customers, listed_again, products, read_products, read_shops
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

COLUMNS = [
    "Date",
    "Invoice/Item Number",
    "Store Number",
    "Item Number",
    "Bottles Sold",
    "Sale (Dollars)",
]
LINE_DIGITS = 5
"""The end of `Invoice/Item Number`: INV-24289200001 is line 1 of invoice INV-242892."""
RULES = [
    "no shop, no product or no date",
    "no bottles",
    "sale missing or against the sign of the bottles",
    "invoice number without a line number",
]
RETURNS = "purchases that are returns (negative quantity)"
ABOUT = "Iowa liquor sales; products and customers are of November 2022"
TABLES = {
    "purchases": "purchases/*.parquet",
    "products": "products.parquet",
    "customers": "customers.parquet",
}


@dataclass(frozen=True)
class Year:
    """What one year's file leaves behind once its purchases are written."""

    aside: pd.DataFrame
    first_by_product: pd.Series
    first_by_shop: pd.Series
    returns: int


def year_files(raw_dir: Path, years: list[int] | None) -> list[Path]:
    """Raises before anything is written when a year asked for is not there."""
    found = sorted(raw_dir.glob("[12][0-9][0-9][0-9].parquet"))
    wanted = [raw_dir / f"{year}.parquet" for year in sorted(set(years or []))] or found
    missing = [file for file in wanted if file not in found]
    if missing or not found:
        file = missing[0] if missing else raw_dir / "YEAR.parquet"
        raise UnreadableFileError(f"{file}: no such file, see the README on the raw files")
    return wanted


def rules(lines: pd.DataFrame) -> dict[str, pd.Series]:
    bottles, sale = lines["Bottles Sold"], lines["Sale (Dollars)"]
    names = lines[["Store Number", "Item Number", "Date"]]
    broken = [
        names.isna().any(axis=1),
        bottles.isna() | (bottles == 0),
        ~(sale * bottles.clip(-1, 1) >= 0),
        ~lines["Invoice/Item Number"].str.fullmatch(rf".+\d{{{LINE_DIGITS}}}").fillna(False),
    ]
    return dict(zip(RULES, broken, strict=True))


def purchases(lines: pd.DataFrame) -> pd.DataFrame:
    bottles = lines["Bottles Sold"].astype("int64")
    return pd.DataFrame(
        {
            "customer_id": lines["Store Number"],
            "product_id": lines["Item Number"],
            "purchased_at": pd.to_datetime(lines["Date"]),
            "quantity": bottles,
            "unit_price": lines["Sale (Dollars)"] / bottles,
            "order_id": lines["Invoice/Item Number"].str.slice(0, -LINE_DIGITS),
        }
    )


def prepare_year(raw: Path, out: Path) -> Year:
    lines = read_parquet(raw, COLUMNS)
    reason = first_reason(rules(lines))
    kept = purchases(lines[reason.isna()])
    write_table(kept, out / raw.name)
    return Year(
        lines.assign(reason=reason)[reason.notna()],
        kept.groupby("product_id").purchased_at.min(),
        kept.groupby("customer_id").purchased_at.min(),
        int((kept.quantity < 0).sum()),
    )


def remove_other_years(folder: Path, raw_files: list[Path]) -> None:
    """The config reads the whole folder, so years of an earlier run must not stay behind."""
    wanted = {raw.name for raw in raw_files}
    for file in folder.glob("[12][0-9][0-9][0-9].parquet"):
        if file.name not in wanted:
            file.unlink()


def earliest(firsts: list[pd.Series]) -> pd.Series:
    together = pd.concat(firsts)
    first: pd.Series = together.groupby(level=0).min()
    return first


def prepare(options: argparse.Namespace) -> None:
    raw, out = options.raw_dir, options.out_dir
    files = year_files(raw, options.years)
    master = read_products(raw / "products.parquet")
    shops = read_shops(raw / "stores.parquet")
    remove_other_years(out / "purchases", files)
    years = [prepare_year(file, out / "purchases") for file in files]
    by_product = earliest([year.first_by_product for year in years])
    by_shop = earliest([year.first_by_shop for year in years])
    write_table(pd.concat([year.aside for year in years]), out / "set_aside.parquet")
    write_table(products(master, by_product), out / "products.parquet")
    write_table(customers(shops, by_shop), out / "customers.parquet")
    write_config(out, ABOUT, TABLES, currency="USD")
    returns = {RETURNS: sum(year.returns for year in years)}
    report(files, out, returns | notes(master, shops, by_product, by_shop))


def notes(
    master: pd.DataFrame, shops: pd.DataFrame, by_product: pd.Series, by_shop: pd.Series
) -> dict[str, int]:
    counts: dict[str, Sized] = {
        "products sold but not in the master, number as name": absent(
            by_product, master.product_id
        ),
        "products listed again after their first sale, listed_at left empty": master[
            listed_again(master, by_product)
        ],
        "shops that bought but are not in the master, number as name": absent(
            by_shop, shops.customer_id
        ),
        "shops without a sale in these years, left out of customers": absent(
            shops.set_index("customer_id")["name"], pd.Series(by_shop.index)
        ),
    }
    return {name: len(rows) for name, rows in counts.items()}


def report(files: list[Path], out: Path, notes: dict[str, int]) -> None:
    read = {file.name: count_rows(file) for file in files}
    written = {f"purchases/{f.name}": count_rows(out / "purchases" / f.name) for f in files}
    aside = count_reasons(out / "set_aside.parquet", RULES)
    sizes = {name: count_rows(out / TABLES[name]) for name in ("products", "customers")}
    account(read, {**written, **aside}, {**notes, **sizes})


def main() -> int:
    parser = command_line(__doc__)
    parser.add_argument(
        "--years",
        type=int,
        nargs="+",
        metavar="YEAR",
        help="years to prepare; all found in RAW_DIR if left out",
    )
    return run(prepare, parser)


if __name__ == "__main__":
    sys.exit(main())
