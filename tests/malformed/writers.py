"""Ways to write a table, sound or not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEAD = "customer_id,product_id,purchased_at,quantity,unit_price,order_id\n"
GOOD = "C1,P1,2024-01-31,2,9.50,O1\nC2,P2,2024-02-01,1,3.25,O2\nC1,P2,2024-02-03,4,3.25,O3\n"
LENIENT = "max_rejected = 1.0\n"
Write = Callable[[Path], None]


def text(content: str, encoding: str = "utf-8", name: str = "purchases.csv") -> Write:
    return lambda folder: (folder / name).write_bytes(content.encode(encoding)).__class__


def raw(content: bytes, name: str = "purchases.csv") -> Write:
    return lambda folder: (folder / name).write_bytes(content).__class__


def rows(*lines: str) -> Write:
    """Three good rows and these."""
    return text(HEAD + GOOD + "".join(f"{line}\n" for line in lines))


def parquet(**columns: object) -> Write:
    return lambda folder: pq.write_table(pa.table(columns), folder / "purchases.parquet")


def excel(*cells: list[object], sheet: str = "Sheet1") -> Write:
    def write(folder: Path) -> None:
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in cells:
            book.active.append(row)
        book.save(folder / "purchases.xlsx")

    return write


def both(*writes: Write) -> Write:
    def write(folder: Path) -> None:
        for one in writes:
            one(folder)

    return write


def in_folder(write: Write) -> Write:
    def inside(folder: Path) -> None:
        (folder / "parts").mkdir(exist_ok=True)
        write(folder / "parts")

    return inside


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "nonsense")
    return buffer.getvalue()


CSV = "purchases.csv"
GZIP = "purchases.csv.gz"
PARQUET = "purchases.parquet"
EXCEL = "purchases.xlsx"
EXCEL_HEAD = ["customer_id", "product_id", "purchased_at", "quantity"]
