"""Purchases of very many customers, written block by block: any number takes the same memory.

Few products are bought by most and most by few; a customer keeps to three of the fifty sorts of
products, and half of what it buys it bought before. One line in a hundred is a return, one in sixty
the same line of an order once more, one in two thousand lacks its customer.

    python -m benchmarks.made_up_purchases --purchases 10000000 --out /tmp/made-up/purchases.parquet
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

BLOCK = 500_000
"""Lines made at a time; another number makes other lines."""
SORTS, OWN_SORTS, FAVOURITES = 50, 3, 12
FIRST_DAY, DAYS = 20_047, 730
"""From 2024-11-20 to 2026-11-19, in days since 1970."""
LINES_OF_ORDER = 4
STEEPNESS = 0.7
"""The product of rank r within its sort is bought about r^-0.7 as often as the first."""
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MadeUp:
    """What is made up, and from which seed."""

    customers: int = 200_000
    products: int = 20_000
    purchases: int = 10_000_000
    seed: int = 0

    def blocks(self) -> Iterator[pa.Table]:
        """In order of time; the same lines for the same numbers."""
        for number, first in enumerate(range(0, self.purchases, BLOCK)):
            yield self._block(number, first, min(BLOCK, self.purchases - first))

    def _block(self, number: int, first: int, lines: int) -> pa.Table:
        random = np.random.default_rng([self.seed, number])
        orders = (first + np.arange(lines)) // LINES_OF_ORDER
        order = orders - orders[0]
        customers = self._customers(random, int(order[-1]) + 1)[order]
        seconds = np.sort(random.random(int(order[-1]) + 1))[order] * min(lines, BLOCK)
        moments = FIRST_DAY * 86_400 + (first + seconds) * DAYS * 86_400 / self.purchases
        products = self._products(random, customers)
        quantity = 1 + random.geometric(0.4, lines).astype(np.int64)
        table = pa.table(
            {
                "customer_id": _texts("C", customers, 8),
                "product_id": _texts("P", products, 6),
                "purchased_at": pa.array(moments.astype(np.int64), pa.timestamp("s")),
                "quantity": np.where(random.random(lines) < 0.01, -quantity, quantity),
                "unit_price": _prices(products),
                "order_id": _texts("O", orders, 9),
            }
        )
        return _spoilt(random, table)

    def _customers(self, random: np.random.Generator, orders: int) -> Numbers:
        """Who orders: the busiest tenth gives about a third of the orders."""
        return (self.customers * random.random(orders) ** 1.8).astype(np.int64)

    def _products(self, random: np.random.Generator, customers: Numbers) -> Numbers:
        """Half of them of the customer's favourites, the others of its sorts."""
        lines = len(customers)
        again = random.random(lines) < 0.5
        favourite = (FAVOURITES * random.random(lines) ** 2).astype(np.int64)
        chance = np.where(again, _drawn(customers, favourite), random.random(lines))
        sort = np.where(again, favourite, random.integers(0, OWN_SORTS, lines)) % OWN_SORTS
        sorts = (_drawn(customers, sort + 1_000) * SORTS).astype(np.int64)
        ranks = self.products / SORTS * chance ** (1 / (1 - STEEPNESS))
        return np.minimum(ranks.astype(np.int64) * SORTS + sorts, self.products - 1)


def _drawn(customers: Numbers, which: Numbers) -> npt.NDArray[np.float64]:
    """(n,) the same number from 0 to 1 whenever the same customer is asked for the same."""
    mixed = customers.astype(np.uint64) * np.uint64(2_654_435_761) + which.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53


def _texts(letter: str, numbers: Numbers, width: int) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _prices(products: Numbers) -> npt.NDArray[np.float64]:
    """(n,) the product's own, from about 1 to 150."""
    return np.round(np.exp(5 * _drawn(products, np.full_like(products, 7))), 2)


def _spoilt(random: np.random.Generator, table: pa.Table) -> pa.Table:
    """With lines repeated and customers missing, in place of lines that were sound."""
    lines = len(table)
    taken = np.arange(lines)
    again = np.flatnonzero(random.random(lines) < 0.001)
    taken[again] = np.maximum(again - 1, 0)
    table = table.take(pa.array(taken))
    is_missing = pa.array(random.random(lines) < 0.0005)
    customers = pc.if_else(is_missing, "", table["customer_id"])
    return table.set_column(0, "customer_id", customers)


def write(made_up: MadeUp, out: Path) -> None:
    """A `.parquet` or a `.csv` file."""
    blocks = made_up.blocks()
    block = next(blocks)
    kind = pq.ParquetWriter if out.suffix == ".parquet" else pa_csv.CSVWriter
    with kind(out, block.schema) as writer:
        writer.write_table(block)
        for block in blocks:
            writer.write_table(block)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in vars(MadeUp()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--out", type=Path, required=True, help=".parquet or .csv")
    asked = vars(parser.parse_args())
    out = asked.pop("out")
    out.parent.mkdir(parents=True, exist_ok=True)
    write(MadeUp(**asked), out)


if __name__ == "__main__":
    main()
