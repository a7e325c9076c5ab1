"""The same rows give the same purchases, in whatever order and from whatever kind of file."""

from __future__ import annotations

import contextlib
import csv
import datetime
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.config import load_config
from recommender.tables.purchases import Purchases
from recommender.tables.reading import excel_file, parquet_file, query
from recommender.tables.tables import Tables, read_tables

COLUMNS = ("customer_id", "product_id", "purchased_at", "quantity", "unit_price", "order_id")
Row = tuple[str, str, datetime.datetime, float, float, str]

letters = st.characters(categories=("L", "N", "P"), exclude_characters="=")
keys = st.one_of(
    st.sampled_from(["NA", "null", "00123", "123", "1e5", "TRUE", "None", "a,b", 'a"b', "a;b"]),
    st.text(letters, min_size=1, max_size=6).filter(lambda key: not key.startswith("#")),
)
rows: st.SearchStrategy[Row] = st.tuples(
    keys,
    keys,
    st.datetimes(datetime.datetime(1971, 1, 1), datetime.datetime(2024, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.integers(-500, 500).filter(bool).map(lambda number: number / 4),
    st.integers(0, 100_000).map(lambda cents: cents / 100),
    st.sampled_from(["", "O1", "O2", "0"]),
)
tables = st.lists(rows, min_size=1, max_size=12)


def write_csv(folder: Path, found: Sequence[Row]) -> str:
    with (folder / "p.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(found)
    return 'source = "p.csv"'


def write_parquet(folder: Path, found: Sequence[Row]) -> str:
    columns = {name: [row[i] for row in found] for i, name in enumerate(COLUMNS)}
    pq.write_table(pa.table(columns), folder / "p.parquet")
    return 'source = "p.parquet"'


def write_excel(folder: Path, found: Sequence[Row]) -> str:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS)
    for row in found:
        sheet.append(row)
    book.save(folder / "p.xlsx")
    return 'source = "p.xlsx"'


def write_sql(folder: Path, found: Sequence[Row]) -> str:
    (folder / "p.db").unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(folder / "p.db")) as database, database:
        database.execute(f"create table p ({', '.join(COLUMNS)})")
        cells: list[Any] = [(*row[:2], str(row[2]), *row[3:]) for row in found]
        database.executemany("insert into p values (?, ?, ?, ?, ?, ?)", cells)
    return 'url = "sqlite:///p.db"\nquery = "select * from p"'


def read(folder: Path, source: str) -> Tables:
    path = folder / "recommender.toml"
    path.write_text(f"[purchases]\n{source}\ndecimal = '.'\nseparator = ','", encoding="utf-8")
    return read_tables(load_config(path))


def values(purchases: Purchases) -> dict[str, Any]:
    arrays = {k: v.tolist() for k, v in vars(purchases).items() if isinstance(v, np.ndarray)}
    return {**arrays, "customers": [*purchases.customers], "products": [*purchases.products]}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("csv_rows", "parquet_file", "excel_file", "query"):
        monkeypatch.setattr(f"recommender.tables.reading.{module}.CHUNK_ROWS", 5)


@given(found=tables)
@settings(max_examples=40, deadline=None)
def test_the_kind_of_file_makes_no_difference(found: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writers = (write_csv, write_parquet, write_excel, write_sql)
        read_as = [values(read(folder, write(folder, found)).purchases) for write in writers]
    assert all(other == read_as[0] for other in read_as)


@given(found=tables, data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_makes_no_difference(found: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(found))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        once = read(folder, write_csv(folder, found)).purchases
        again = read(folder, write_csv(folder, shuffled)).purchases
    assert values(once) == values(again)


@given(found=tables)
@settings(max_examples=40, deadline=None)
def test_totals_survive(found: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = read(folder, write_parquet(folder, found))
    frame = pd.DataFrame(found, columns=COLUMNS)
    expected = frame[~(frame.duplicated() & (frame["order_id"] != ""))]
    bought, report = tables.purchases, tables.reports[0]
    assert bought.quantity.sum() == expected["quantity"].sum()
    assert (report.read, report.kept) == (len(found), len(expected))
    by_customer = np.bincount(bought.customer_rows, bought.quantity)
    assert dict(zip(bought.customers, by_customer.tolist(), strict=True)) == (
        expected.groupby("customer_id")["quantity"].sum().to_dict()
    )


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
@settings(max_examples=60, deadline=None)
def test_any_text_is_split_into_rows_or_rejected(content: str, encoding: str) -> None:
    head = "customer_id,product_id,purchased_at\nC,P,2024-01-01\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.csv").write_bytes((head + content).encode(encoding, "ignore"))
        report = read(folder, 'source = "p.csv"\nmax_rejected = 1.0').reports[0]
    assert report.read == report.kept + len(report.rejected)
    assert report.kept >= 1 or content.startswith('"')


def test_the_modules_patched_here_are_the_ones_that_read() -> None:
    assert {m.CHUNK_ROWS for m in (excel_file, parquet_file, query)} == {5}
