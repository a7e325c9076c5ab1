"""AdventureWorks: a bicycle maker that sells to stores and, on line, to people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from catalogue import products, read_products
from portraits import store_customers, web_customers
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

DETAIL = "Sales.SalesOrderDetail.parquet"
DETAIL_COLUMNS = ["SalesOrderID", "ProductID", "OrderQty", "UnitPrice", "UnitPriceDiscount"]
ORDER_COLUMNS = ["SalesOrderID", "SalesOrderNumber", "OrderDate", "OnlineOrderFlag", "CustomerID"]
RULES = ["no such order", "no such customer", "product not for sale", "quantity zero"]
TABLES = {name: f"{name}.parquet" for name in ("purchases", "products", "customers")}
ABOUT = {
    "stores": "AdventureWorks, the stores that resell (fictional)",
    "web": "AdventureWorks, the people who buy on line (fictional)",
}


def read_lines(raw: Path) -> pd.DataFrame:
    """Each order line with its order and the StoreID of the customer, if that is a store."""
    lines = read_parquet(raw / DETAIL, DETAIL_COLUMNS)
    orders = read_parquet(raw / "Sales.SalesOrderHeader.parquet", ORDER_COLUMNS)
    owners = read_parquet(raw / "Sales.Customer.parquet", ["CustomerID", "StoreID"])
    owners = owners.astype({"StoreID": "Int64"}).assign(known=True)
    lines = lines.merge(orders, how="left", on="SalesOrderID", validate="many_to_one")
    return lines.merge(owners, how="left", on="CustomerID", validate="many_to_one")


def rules(lines: pd.DataFrame, for_sale: pd.Series) -> dict[str, pd.Series]:
    # A store's order needs a store; a person on line is a customer by CustomerID alone.
    owned = lines.known.notna() & (lines.OnlineOrderFlag.eq(True) | lines.StoreID.notna())
    broken = [
        lines.SalesOrderNumber.isna(),
        ~owned,
        ~lines.ProductID.astype("str").isin(for_sale),
        lines.OrderQty == 0,
    ]
    return dict(zip(RULES, broken, strict=True))


def purchases(lines: pd.DataFrame, customer: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": lines[customer].astype("Int64").astype("str"),
            "product_id": lines.ProductID.astype("str"),
            "purchased_at": lines.OrderDate,
            "quantity": lines.OrderQty.astype("int64"),
            "unit_price": lines.UnitPrice * (1 - lines.UnitPriceDiscount),
            "order_id": lines.SalesOrderNumber,
        }
    )


def write_folder(
    folder: Path, bought: pd.DataFrame, customers: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    write_table(bought, folder / "purchases.parquet")
    write_table(catalogue, folder / "products.parquet")
    write_table(customers, folder / "customers.parquet")
    write_config(folder, ABOUT[folder.name], TABLES, currency="USD")


def prepare(options: argparse.Namespace) -> None:
    raw, out = options.raw_dir, options.out_dir
    everything = read_products(raw)
    catalogue = products(everything, raw / "Production.Product.parquet")
    lines = read_lines(raw)
    reason = first_reason(rules(lines, catalogue.product_id))
    kept = lines[reason.isna()]
    on_line = kept.OnlineOrderFlag.astype("bool")
    stores, people = store_customers(raw), web_customers(raw)
    write_folder(out / "stores", purchases(kept[~on_line], "StoreID"), stores, catalogue)
    write_folder(out / "web", purchases(kept[on_line], "CustomerID"), people, catalogue)
    aside = lines.drop(columns="known").assign(reason=reason)[reason.notna()]
    write_table(aside, out / "set_aside.parquet")
    notes = {
        "stores, with and without purchases": len(stores),
        "people on line": len(people),
        "products for sale": len(catalogue),
        "products used only in making others, left out": len(everything) - len(catalogue),
    }
    report(raw, out, notes)


def report(raw: Path, out: Path, notes: dict[str, int]) -> None:
    written = {f"{name}/purchases": count_rows(out / name / "purchases.parquet") for name in ABOUT}
    aside = count_reasons(out / "set_aside.parquet", RULES)
    account({DETAIL: count_rows(raw / DETAIL)}, {**written, **aside}, notes)


if __name__ == "__main__":
    sys.exit(run(prepare, command_line(__doc__)))
