"""What `init` guesses from the files it finds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.config import load_config
from recommender.tables.guessing.guess import guess_tables, render_config
from recommender.tables.tables import read_purchases


def write(folder: Path, **files: str) -> None:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="cp1252")


def test_english_headings_are_recognised(tmp_path: Path) -> None:
    heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    write(tmp_path, retail=heading)
    assert guess_tables(tmp_path).tables["purchases"].columns == {
        "customer_id": "CustomerID",
        "product_id": "StockCode",
        "purchased_at": "InvoiceDate",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "order_id": "InvoiceNo",
    }


def test_german_headings_are_recognised(tmp_path: Path) -> None:
    write(
        tmp_path,
        umsatz="Kundennummer;Artikel-Nr.;Belegdatum;Stück;Stückpreis;Beleg-Nr.\n",
        artikel="Artikel-Nr.;Bezeichnung;Warengruppe;Hersteller;Preis\n",
        kunden="Kundennummer;Firma;Branche;Gebiet;Betreuer\n",
    )
    tables = guess_tables(tmp_path).tables
    assert {table: guess.source for table, guess in tables.items()} == {
        "purchases": "umsatz.csv",
        "products": "artikel.csv",
        "customers": "kunden.csv",
    }
    assert tables["purchases"].columns["unit_price"] == "Stückpreis"
    assert tables["products"].columns["brand"] == "Hersteller"
    assert tables["customers"].columns["rep"] == "Betreuer"


@pytest.mark.parametrize("heading", ["Sales Channel", "channel", "Vertriebsweg", "Bestell-Kanal"])
def test_the_column_of_channels_is_recognised(tmp_path: Path, heading: str) -> None:
    write(tmp_path, orders=f"customer_id,product_id,purchased_at,{heading}\n")
    assert guess_tables(tmp_path).tables["purchases"].columns["channel"] == heading


def test_files_of_the_same_headings_become_one_source(tmp_path: Path) -> None:
    sales = pa.table({"Date": ["2024-01-01"], "Store Number": ["1"], "Item Number": ["2"]})
    for year in (2020, 2021):
        pq.write_table(sales, tmp_path / f"{year}.parquet")
    pq.write_table(pa.table({"Store": ["1"], "Name": ["A"]}), tmp_path / "stores.parquet")
    tables = guess_tables(tmp_path).tables
    assert tables["purchases"].source == "202*.parquet"
    assert tables["customers"].source == "stores.parquet"


def test_files_in_a_folder_and_excel_files_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "sales").mkdir()
    write(tmp_path / "sales", a="customer,sku,date\n", b="customer,sku,date\n")
    book = openpyxl.Workbook()
    book.active.append(["SKU", "Title", "Category"])
    book.save(tmp_path / "catalogue.xlsx")
    tables = guess_tables(tmp_path).tables
    assert tables["purchases"].source == "sales/*.csv"
    assert tables["products"].source == "catalogue.xlsx"


def test_events_are_told_from_purchases(tmp_path: Path) -> None:
    write(
        tmp_path,
        clicks="customer_id,product_id,event,happened_at\n",
        orders="customer_id,product_id,purchased_at,quantity\n",
    )
    tables = guess_tables(tmp_path).tables
    assert tables["events"].source == "clicks.csv"
    assert tables["purchases"].source == "orders.csv"


def test_what_cannot_be_read_or_fits_nothing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_text("no")
    (tmp_path / "broken.xlsx").write_text("no")
    (tmp_path / "broken.csv.gz").write_text("no")
    (tmp_path / "empty.csv").touch()
    write(tmp_path, weather="Datum;Temperatur\n")
    guess = guess_tables(tmp_path)
    assert guess.tables == {}
    assert list(guess.unused) == [
        "broken.csv.gz",
        "broken.parquet",
        "broken.xlsx",
        "empty.csv",
        "weather.csv",
    ]
    assert guess.unused["weather.csv"].startswith("no customer_id, product_id; the first row reads")
    assert guess.unused["broken.xlsx"].startswith("cannot be read")


def test_the_config_written_can_be_loaded_and_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        orders='"Kunde ""A""";x\n',
        umsatz='Kunde;Artikel;Datum;Menge\nC1;P1;31.01.2024;"1,5"\n',
    )
    path = tmp_path / "recommender.toml"
    path.write_text(render_config(guess_tables(tmp_path)), encoding="utf-8")
    purchases, _ = read_purchases(load_config(path))
    assert purchases.quantity.tolist() == [1.5]


def test_files_that_are_not_used_are_told_in_the_config(tmp_path: Path) -> None:
    write(tmp_path, umsatz="Kunde;Artikel;Datum\n", wetter="Datum;Temperatur\n")
    (tmp_path / "old.xls").touch()
    path = tmp_path / "recommender.toml"
    path.write_text(render_config(guess_tables(tmp_path)), encoding="utf-8")
    assert "# not used: wetter.csv (no customer_id, product_id; " in path.read_text("utf-8")
    assert "# not used: old.xls (not a kind of file" in path.read_text("utf-8")
    assert load_config(path).products is None


def workbook(path: Path, **sheets: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(path)


def test_sheets_below_titles_are_recognised_and_read(tmp_path: Path) -> None:
    workbook(
        tmp_path / "erp.xlsx",
        Info=[["Export der Warenwirtschaft"]],
        Umsatz=[["Umsatz 2024"], [], ["Kunde", "Artikel", "Datum"], ["C", "P", "2024-01-31"]],
        Artikel=[["Artikel", "Bezeichnung"], ["P", "Ball"]],
    )
    guess = guess_tables(tmp_path)
    assert {t: (g.source, g.sheet) for t, g in guess.tables.items()} == {
        "purchases": ("erp.xlsx", "Umsatz"),
        "products": ("erp.xlsx", "Artikel"),
    }
    assert list(guess.unused) == ["erp.xlsx, sheet 'Info'"]
    path = tmp_path / "recommender.toml"
    path.write_text(render_config(guess), encoding="utf-8")
    purchases, report = read_purchases(load_config(path))
    assert list(purchases.customers) == ["C"]
    assert any("the header was found in row 3; the row above it is left" in n for n in report.notes)


def test_headings_are_quoted_for_toml(tmp_path: Path) -> None:
    heading = 'Kunden "Nr";Artikel;Datum;Menge\\Stück;Kunde\n'.replace('"', '""')
    write(tmp_path, umsatz=f'"{heading.split(";")[0]}";{heading.split(";", 1)[1]}')
    path = tmp_path / "recommender.toml"
    path.write_text(render_config(guess_tables(tmp_path)), encoding="utf-8")
    assert load_config(path).purchases.columns["product_id"] == "Artikel"
