"""Online Retail: a year of invoice lines of a gift wholesaler in the United Kingdom."""

from __future__ import annotations

import argparse
import datetime
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

RAW = "online_retail.parquet"
COLUMNS = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
PRODUCT_CODE = r"\d{5}[A-Z]*"
RULES = ["no customer", "code is no product", "price not above zero"]
PRICE_DAYS = 90
TABLES = {name: f"{name}.parquet" for name in ("purchases", "products", "customers")}


def rules(lines: pd.DataFrame, code: pd.Series) -> dict[str, pd.Series]:
    broken = [
        lines.CustomerID.isna(),
        ~code.str.fullmatch(PRODUCT_CODE),
        ~(lines.UnitPrice > 0),
    ]
    return dict(zip(RULES, broken, strict=True))


def purchases(lines: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": lines.CustomerID.astype("str"),
            "product_id": lines.StockCode.str.upper(),
            "purchased_at": lines.InvoiceDate,
            "quantity": lines.Quantity,
            "unit_price": lines.UnitPrice,
            "order_id": lines.InvoiceNo,
        }
    )


def most_frequent(key: pd.Series, value: pd.Series) -> pd.Series:
    """Per key its most frequent value, of equally frequent ones the first in text order."""
    both = pd.DataFrame({"key": key, "value": value}).dropna()
    counts = both.value_counts().rename("rows").reset_index()
    ranked = counts.sort_values(["key", "rows", "value"], ascending=[True, False, True])
    return ranked.drop_duplicates("key").set_index("key")["value"]


def recent_prices(bought: pd.DataFrame) -> pd.Series:
    """Per product the median price over the last 90 days in which it was bought."""
    last = bought.groupby("product_id").purchased_at.transform("max")
    recent = bought[bought.purchased_at > last - pd.Timedelta(days=PRICE_DAYS)]
    return recent.groupby("product_id").unit_price.median()


def products(bought: pd.DataFrame, descriptions: pd.Series) -> pd.DataFrame:
    names = most_frequent(bought.product_id, descriptions.loc[bought.index].str.strip())
    prices = recent_prices(bought)
    return pd.DataFrame(
        {"product_id": prices.index, "name": names.reindex(prices.index), "price": prices}
    )


def customers(lines: pd.DataFrame) -> pd.DataFrame:
    known = lines[lines.CustomerID.notna()]
    regions = most_frequent(known.CustomerID.astype("str"), known.Country)
    return pd.DataFrame({"customer_id": regions.index, "region": regions})


def notes(lines: pd.DataFrame, reason: pd.Series, kept: pd.DataFrame) -> dict[str, int]:
    lower = lines.StockCode.str.fullmatch(r"\d{5}[A-Za-z]*[a-z][A-Za-z]*")
    countries = lines[lines.CustomerID.notna()].groupby("CustomerID").Country.nunique()
    return {
        "purchases that are returns (negative quantity)": int((kept.quantity < 0).sum()),
        "purchases like another one in every column, kept": int(kept.duplicated().sum()),
        "purchases, code written in lower case, folded": int((lower & reason.isna()).sum()),
        "set aside, code written in lower case, left as it is": int((lower & reason.notna()).sum()),
        "customers with more than one country, the most frequent taken": int((countries > 1).sum()),
    }


def prepare(options: argparse.Namespace) -> None:
    raw, out = options.raw_dir / RAW, options.out_dir
    lines = read_parquet(raw, COLUMNS)
    reason = first_reason(rules(lines, lines.StockCode.str.upper()))
    kept = purchases(lines[reason.isna()])
    write_table(kept, out / "purchases.parquet")
    write_table(lines.assign(reason=reason)[reason.notna()], out / "set_aside.parquet")
    catalogue = kept[kept.purchased_at < options.as_of] if options.as_of else kept
    write_table(products(catalogue, lines.Description), out / "products.parquet")
    write_table(customers(lines), out / "customers.parquet")
    write_config(out, "Online Retail (UCI 352), CC BY 4.0", TABLES, currency="GBP")
    report(raw, out, notes(lines, reason, kept))


def report(raw: Path, out: Path, notes: dict[str, int]) -> None:
    purchases = {"purchases": count_rows(out / "purchases.parquet")}
    aside = count_reasons(out / "set_aside.parquet", RULES)
    sizes = {name: count_rows(out / TABLES[name]) for name in ("products", "customers")}
    account({RAW: count_rows(raw)}, {**purchases, **aside}, {**notes, **sizes})


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(datetime.date.fromisoformat(text))


def main() -> int:
    parser = command_line(__doc__)
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="names and prices of products only from purchases before DATE (YYYY-MM-DD)",
    )
    return run(prepare, parser)


if __name__ == "__main__":
    sys.exit(main())
