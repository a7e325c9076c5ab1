"""A small shop on disk: a config and its tables."""

from __future__ import annotations

from pathlib import Path

from recommender.config import load_config
from recommender.tables.purchases import Purchases
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables, read_tables

HEAD = "customer_id,product_id,purchased_at,quantity,unit_price,order_id\n"


def shop(folder: Path, purchases: str, settings: str = "", **others: str) -> Path:
    """A config with `purchases.csv` and a file for each of the other tables."""
    (folder / "purchases.csv").write_text(purchases, encoding="utf-8")
    lines = [f'[purchases]\nsource = "purchases.csv"\n{settings}']
    for table, content in others.items():
        (folder / f"{table}.csv").write_text(content, encoding="utf-8")
        lines.append(f'[{table}]\nsource = "{table}.csv"\nmax_rejected = 1.0')
    path = folder / "recommender.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read(folder: Path, purchases: str, settings: str = "", **others: str) -> Tables:
    return read_tables(load_config(shop(folder, purchases, settings, **others)))


def bought(folder: Path, lines: str, settings: str = "") -> tuple[Purchases, TableReport]:
    tables = read(folder, HEAD + lines, settings)
    return tables.purchases, tables.reports[0]
