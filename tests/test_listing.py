"""Rows into files: the same rows give the same bytes, and no cell runs as a formula."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.errors import ConfigError, ReadWriteError
from recommender.listing import excel, formats
from recommender.listing.excel import ExcelWriter
from recommender.listing.formats import CsvWriter, harmless, writer_of
from recommender.listing.replacing import replacing
from recommender.listing.rows import Row

COLUMNS: dict[str, type] = {"text": str, "count": int, "share": float}
ROWS: list[Row] = [
    {"text": "00123", "count": 1, "share": 0.5},
    {"text": "=1+1", "count": None, "share": None},
    {"text": 'Müller "&" Söhne, Linz', "count": -3, "share": -0.25},
]
ENDINGS = [".csv", ".parquet", ".xlsx"]


def write(path: Path, rows: list[Row] = ROWS) -> Path:
    with closing(writer_of(path)(path, COLUMNS)) as writer:
        for row in rows:
            writer.write(row)
    return path


def read(path: Path) -> list[list[Any]]:
    """Header and rows, as a reader of the format sees them."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    table = pq.read_table(path)
    return [table.column_names, *([row[c] for c in COLUMNS] for row in table.to_pylist())]


def test_csv_holds_texts_and_numbers_and_nothing_for_nothing(tmp_path: Path) -> None:
    assert write(tmp_path / "x.csv").read_text(encoding="utf-8") == (
        'text,count,share\n00123,1,0.5\n\'=1+1,,\n"Müller ""&"" Söhne, Linz",-3,-0.25\n'
    )


@pytest.mark.parametrize("ending", [".parquet", ".xlsx"])
def test_parquet_and_excel_hold_texts_as_they_are(tmp_path: Path, ending: str) -> None:
    assert read(write(tmp_path / f"x{ending}")) == [
        ["text", "count", "share"],
        ["00123", 1, 0.5],
        ["=1+1", None, None],
        ['Müller "&" Söhne, Linz', -3, -0.25],
    ]


def test_excel_keeps_texts_as_texts_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path / "x.xlsx")).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet["A"]] == ["s", "s", "s", "s"]


def test_excel_can_be_read_and_filtered_at_once(tmp_path: Path) -> None:
    columns = {"customer_name": str, "chance": float, "expected_value": float}
    with closing(ExcelWriter(tmp_path / "x.xlsx", columns)) as writer:
        writer.write({"customer_name": "A", "chance": 0.04, "expected_value": 1234.5})
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert sheet is not None
    assert [cell.font.bold for cell in sheet[1]] == [True] * 3
    assert [cell.number_format for cell in sheet[2]] == ["General", "0.0%", "#,##0.00"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:C2", "A2")
    assert sheet.column_dimensions["A"].width > 20


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_rows_give_the_same_bytes_wherever_they_are_written(
    tmp_path: Path, ending: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    one = write(tmp_path / f"one{ending}")
    other = write(tmp_path / "elsewhere" / f"other{ending}")
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_list_of_nothing_is_a_header(tmp_path: Path, ending: str) -> None:
    assert read(write(tmp_path / f"x{ending}", [])) == [list(COLUMNS)]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+SUM(A1)",
        "-A1",
        "@x",
        "\tx",
        "\rx",
        "\nx",
        "=",
        "-",
        "+",
        "-5-3",
        "==",
        "=HYPERLINK()",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    ["-5", "+5", "-5.25", "-1e5", "00123", "1e5", "a=1", "", "P-1", "'x", "Ä", 5, -5, -0.5, None],
)
def test_everything_else_stays_as_it_is(cell: Any) -> None:
    assert harmless(cell) == cell


@given(st.text(max_size=6))
def test_no_text_that_begins_like_a_formula_leaves_unharmed(text: str) -> None:
    found = harmless(text)
    assert isinstance(found, str)
    assert found in {text, f"'{text}"}
    assert not found.startswith(("=", "@", "\t", "\r", "\n"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.sampled_from("ab,\"'\r\n\t;=- ü"), max_size=6), min_size=1, max_size=4))
def test_any_cell_comes_back_from_csv_in_one_piece(tmp_path: Path, texts: list[str]) -> None:
    """Names with line ends in them, as real catalogues have: a row stays a row."""
    rows: list[Row] = [{"text": text, "count": i, "share": 0.5} for i, text in enumerate(texts)]
    path = write(tmp_path / "x.csv", rows)
    back = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    assert back["text"].tolist() == [harmless(text) for text in texts]
    assert back["count"].tolist() == [str(i) for i in range(len(texts))]


def test_more_rows_than_an_excel_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "SHEET_ROWS", 2)
    with pytest.raises(ConfigError, match=r"write \.csv or \.parquet, or choose one rep"):
        write(tmp_path / "x.xlsx")


def test_many_rows_go_into_parquet_in_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "ROW_GROUP", 2)
    path = write(tmp_path / "x.parquet")
    assert pq.ParquetFile(path).num_row_groups == 2
    assert len(read(path)) == 4


@pytest.mark.parametrize("name", ["list", "list.txt", "list.csv.gz", "list.CSV"])
def test_another_ending_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=r"must end in \.csv, \.parquet, \.xlsx"):
        writer_of(Path(name))


@pytest.mark.parametrize("kind", [CsvWriter, ExcelWriter])
def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path, kind: Any) -> None:
    with pytest.raises(OSError, match="No such file"):
        kind(tmp_path / "none" / "x", COLUMNS).close()


def test_excel_leaves_nothing_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its rows in a temporary folder until it is closed, well or not."""
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    write(tmp_path / "x.xlsx")
    with pytest.raises(OSError, match="No such file"):
        write(tmp_path / "none" / "x.xlsx")
    assert not list(aside.iterdir())


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.suffix == ".csv"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("other")])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: Exception
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")
    expected = ReadWriteError if isinstance(error, OSError) else ValueError

    def fails() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(expected):
        fails()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
