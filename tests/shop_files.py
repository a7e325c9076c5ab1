"""The made-up shop as files: tables and a config, for the command line and the training."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.made_up import Line, at, shop_lines

CONFIG = """
[purchases]
source = "purchases.csv"
[products]
source = "products.csv"
[customers]
source = "customers.csv"
[train]
factors = 8
regularization = 1
[releases]
keep = 3
"""


def write_table(path: Path, head: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split())
        writer.writerows(rows)


def write_purchases(folder: Path, lines: Iterable[Line]) -> None:
    write_table(
        folder / "purchases.csv",
        "customer_id product_id purchased_at quantity unit_price order_id",
        (
            (
                line.customer,
                line.product,
                datetime.fromtimestamp(at(line.day), UTC).isoformat(),
                line.quantity,
                "" if line.price != line.price else line.price,
                line.order,
            )
            for line in lines
        ),
    )


def write_shop(folder: Path) -> Path:
    """A9 is out of stock, B0 is missing in the products table, P has not bought yet."""
    folder.mkdir(parents=True, exist_ok=True)
    write_purchases(folder, shop_lines())
    products = [f"{trade}{i}" for trade in "AB" for i in range(10)]
    write_table(
        folder / "products.csv",
        "product_id name category price in_stock",
        (
            (key, f"Product {key}", key[0], 10 + 5 * i, key != "A9")
            for i, key in enumerate(products)
            if key != "B0"
        ),
    )
    customers = [*(f"C{c:03}" for c in range(60)), "P"]
    write_table(
        folder / "customers.csv",
        "customer_id name segment rep employees",
        (
            (key, f"Firm {key}", ("even", "odd")[i % 2], ("Al", "Jo")[i % 2], i)
            for i, key in enumerate(customers)
        ),
    )
    (folder / "recommender.toml").write_text(CONFIG, encoding="utf-8")
    return folder / "recommender.toml"
