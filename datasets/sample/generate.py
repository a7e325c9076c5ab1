"""Writes the sample data: python datasets/sample/generate.py [DIR], default its own folder.

The same seed gives the same bytes.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from catalogue import Catalogue, Product, build_catalogue
from customers import Customer, build_customers
from days import on
from events import event_rows
from families import read_families
from needs import needs_of
from orders import Buyer, Line
from portrait import customer_row
from purchases import purchase_rows
from trades import SHARPENERS, TRADES

SEED = 20261115
HERE = Path(__file__).resolve().parent
MACHINES = {*SHARPENERS} | {name for trade in TRADES for name in trade.equipment}


def main(arguments: Sequence[str]) -> None:
    """Writes all tables and says how many rows each has."""
    directory = Path(arguments[0]) if arguments else HERE
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(SEED).items():
        write(directory / f"{name}.csv", rows)
        print(f"{name}.csv: {len(rows)} rows", file=sys.stderr)


def tables(seed: int) -> dict[str, list[dict[str, str]]]:
    """All four tables by name, every cell as it is written."""
    catalogue = build_catalogue(seed, read_families(HERE / "families.txt"))
    customers = build_customers(seed)
    lines = [line for customer in customers for line in played(seed, customer, catalogue)]
    return {
        "products": [product_row(product) for product in catalogue.products],
        "customers": [customer_row(seed, customer) for customer in customers],
        "purchases": purchase_rows(seed, lines),
        "events": event_rows(seed, customers, lines, catalogue),
    }


def played(seed: int, customer: Customer, catalogue: Catalogue) -> list[Line]:
    """All lines of a customer, the coming ones included; none for a prospect."""
    if customer.role == "prospect":
        return []
    needs = needs_of(seed, customer, catalogue.families)
    return list(Buyer(seed, customer, needs, catalogue).lines())


def product_row(product: Product) -> dict[str, str]:
    """One row of the products table."""
    family = product.family
    measured = f"{family.measured(family.sizes[product.size]):g}" if family.measure != "-" else ""
    return {
        "product_id": product.product_id,
        "name": product.name,
        "category": family.category,
        "brand": product.brand.name,
        "price": f"{product.price:.2f}",
        "cost": f"{product.cost:.2f}",
        "in_stock": str(product.in_stock).lower(),
        "listed_at": on(product.listed_day).isoformat(),
        "diameter_mm": measured if family.measure == "d" else "",
        "length_m": measured if family.measure == "l" else "",
        "pack_size": measured if family.measure == "p" else "1",
        "fits": ";".join(name for name in family.fits if name in MACHINES),
    }


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """A CSV file in UTF-8 with the same line ends on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
