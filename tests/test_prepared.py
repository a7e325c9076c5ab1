"""Files that were kept say the same, to the letter, as files that are read."""

from __future__ import annotations

import datetime
import gzip
import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from recommender.config import Config
from recommender.errors import RecommenderError
from recommender.release.shelf import PREPARED
from recommender.tables.chunk import Column
from recommender.tables.journal import VALUE_LENGTH, Journal
from recommender.tables.prepared.parts import (
    packed,
    packed_rejections,
    unpacked,
    unpacked_rejections,
)
from recommender.tables.prepared.prepared import SLOW_ENDINGS, Prepared
from recommender.tables.purchase_table import OPTIONAL, REQUIRED
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import read_file
from recommender.tables.reading.sources import find_files
from recommender.tables.tables import Tables, read_tables
from tests.malformed.other_files import OTHER_FILES
from tests.malformed.text_files import TEXT_FILES
from tests.malformed.unusable_files import UNUSABLE_FILES
from tests.malformed.unusable_text import UNUSABLE_TEXT
from tests.malformed.writers import GOOD, excel
from tests.reusing import HEAD, config_of, everything, prepared_files, read_reusing, reused

USABLE = TEXT_FILES | OTHER_FILES
UNUSABLE = UNUSABLE_TEXT | UNUSABLE_FILES
MOMENT = datetime.datetime(2024, 1, 31, 12)
EXCEL_HEAD = HEAD.strip().split(",")
MIXED: list[list[object]] = [
    ["C1", "P1", MOMENT, 1, 2.5, "O1"],
    [17, 4.0, "2024-02-01", "1,5", 2, "O2"],
    [18, 5, MOMENT, None, "#REF!", None],
    ["=A2", "P1", MOMENT, "=1+1", 3, "O3"],
    [True, " P2 ", datetime.date(2024, 1, 1), 2, "3 €", "O3"],
    ["C2", "P2", "03/04/2024", 7, 1.25, "#N/A"],
    ["C2", "P2", MOMENT, 7, 1.25, "O4"],
    ["C2", "P2", MOMENT, 8, 1.25, "O4"],
]
"""Typed cells of all sorts, and one kind of cell a chunk towards the end."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("csv_rows", "excel_file"):
        monkeypatch.setattr(f"recommender.tables.reading.{module}.CHUNK_ROWS", 2)


def write_all(folder: Path, **contents: str) -> Config:
    """A config of CSV files by their names."""
    (folder / "parts").mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / "parts" / f"{name}.csv").write_text(HEAD + content, encoding="utf-8")
    return config_of(folder, "parts", "max_rejected = 1.0")


def slow_files(folder: Path) -> int:
    ours = [p for p in folder.rglob("*") if p.name.lower().endswith(SLOW_ENDINGS)]
    return len([p for p in ours if p.relative_to(folder).parts[0] != "releases"])


@pytest.mark.parametrize("case", USABLE)
def test_what_is_kept_is_told_to_the_letter_as_what_is_read(case: str, tmp_path: Path) -> None:
    write, source, settings, _, _ = USABLE[case]
    write(tmp_path)
    config, files = config_of(tmp_path, source, settings), slow_files(tmp_path)
    read = everything(read_tables(config))
    for known in (0, files, files):
        tables, said = read_reusing(config)
        assert everything(tables) == read
        assert said == ([reused(known, files)] if files else []), "Parquet is quick as it is"


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_refused_alike_every_time(case: str, tmp_path: Path) -> None:
    write, source, settings, columns, kind, _ = UNUSABLE[case]
    write(tmp_path)
    if "[" in settings:
        pytest.skip("other tables are never kept")
    messages = set()
    for read in (read_tables, read_reusing, read_reusing):
        with pytest.raises(kind) as caught:
            read(config_of(tmp_path, source, f"{settings}\n[purchases.columns]\n{columns}"))
        messages.add(str(caught.value))
    assert len(messages) == 1


@pytest.mark.parametrize("case", [*USABLE, "mixed"])
def test_a_chunk_comes_back_as_the_very_same(case: str, tmp_path: Path) -> None:
    write, source, settings, _, _ = USABLE.get(
        case, (excel(EXCEL_HEAD, *MIXED), "purchases.xlsx", "", 0, 0)
    )
    write(tmp_path)
    config, journal = config_of(tmp_path, source, settings), Journal("purchases", 1.0)
    contract = Contract("purchases", config.purchases, REQUIRED, OPTIONAL)
    for file in find_files(config.purchases, tmp_path, journal):
        for chunk in read_file(file, contract, journal) if file.ending in SLOW_ENDINGS else ():
            found = unpacked(packed(chunk), chunk.file, chunk.broken)
            assert found.lines.tolist() == chunk.lines.tolist()
            assert found.columns.keys() == chunk.columns.keys()
            if chunk.broken:
                again = unpacked_rejections(packed_rejections(chunk.broken))
                told = [replace(row, value=row.value[:VALUE_LENGTH]) for row in chunk.broken]
                assert list(again) == told
            for name, column in chunk.columns.items():
                is_same(found.columns[name], column)


def is_same(found: Column, column: Column) -> None:
    assert found.values.type == column.values.type
    assert found.values.equals(column.values)
    if column.is_text:
        assert found.values.dictionary.equals(column.values.dictionary)
    assert (found.typed is None) == (column.typed is None)
    assert column.typed is None or np.array_equal(found.typed, column.typed)
    assert [(f.reason, f.rows.tolist()) for f in found.faults] == [
        (f.reason, f.rows.tolist()) for f in column.faults if f.rows.any()
    ]


@pytest.mark.parametrize("settings", ["", 'sheet = "Two"'])
def test_workbooks_keep_types_formulas_and_the_sheet_that_was_read(
    settings: str, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    for title, rows in (("One", MIXED), ("Two", MIXED[::-1])):
        sheet = book.create_sheet(title)
        for row in (["a title"], EXCEL_HEAD, *rows):
            sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    config = config_of(tmp_path, "p.xlsx", f"max_rejected = 1.0\n{settings}")
    read = everything(read_tables(config))
    assert "sheet" in read["told"][0]
    assert "formula without a stored result" in read["told"][0]
    for known in (0, 1):
        tables, said = read_reusing(config)
        assert everything(tables) == read
        assert said == [reused(known, 1)]


def test_only_the_file_that_changed_is_read(tmp_path: Path) -> None:
    write_all(tmp_path, a=GOOD, b=GOOD.replace("C1", "C7"), c=GOOD.replace("C1", "C8"))
    config = write_all(tmp_path, d=" C9 ,P1,2024-01-31,2,9.50,O1\nC9,P1\nC9,P1,2024-01-31,,,\n")
    read_reusing(config)
    (tmp_path / "parts" / "b.csv").write_text(HEAD + GOOD + "C5,P1,never,1,1,O9\n")
    read = everything(read_tables(config))
    for known in (3, 4):
        tables, said = read_reusing(config)
        assert everything(tables) == read
        assert said == [reused(known, 4)]
    assert len({name.split("/")[0] for name in prepared_files(config)}) == 4


def test_a_changed_file_may_decide_how_the_kept_ones_are_read(tmp_path: Path) -> None:
    """Whether 03/04/2024 is in March or in April, whether 1,234 is more than a thousand."""
    either = "C1,P1,03/04/2024,1,'1,234',O1\nC2,P1,05/06/2024,2,'2,345',O2\n".replace("'", '"')
    dates = {
        "15/04/2024": 'C3,P1,15/04/2024,1,"1.234,5",O3\n',
        "04/15/2024": 'C3,P1,04/15/2024,1,"1,234.5",O3\n',
        "04/05/2024": 'C3,P1,04/05/2024,1,"1,234",O3\n',
    }
    found = []
    for known, content in zip((0, 1, 1), dates.values(), strict=True):
        config, said = write_all(tmp_path, a=either, b=content), list[str]()
        found.append(everything_or_error(config, read_tables))
        reading = partial(read_reusing, said=said)
        assert everything_or_error(config, lambda c, read=reading: read(c)[0]) == found[-1]
        assert said == [reused(known, 2)] or isinstance(found[-1], str)
    assert found[0] != found[1] != found[2]
    assert isinstance(found[2], str), "nothing decides"


def everything_or_error(config: Config, read: Callable[[Config], Tables]) -> object:
    try:
        return everything(read(config))
    except RecommenderError as error:
        return str(error)


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ('encoding = "cp1252"', 0),
        ('separator = ","', 0),
        ('[purchases.columns]\nquantity = "unit_price"', 0),
        ('[purchases.columns]\nquantity = "quantity"', 0),
        ('decimal = "."', 1),
        ('date_format = "%Y-%m-%d"', 1),
        ('time_zone = "Asia/Tokyo"', 1),
        ("max_rejected = 0.9", 1),
        ('memory = "300MB"', 1),
    ],
)
def test_a_setting_counts_from_the_next_training_on(
    settings: str, known: int, tmp_path: Path
) -> None:
    """Those that decide how a file is split make it be read; all others are applied each time."""
    (tmp_path / "p.csv").write_text(HEAD + GOOD + "Müller,P1,2024-01-31,1,1,O5\n", "utf-8")
    read_reusing(config_of(tmp_path, "p.csv"))
    config = config_of(tmp_path, "p.csv", settings)
    read = everything(read_tables(config))
    tables, said = read_reusing(config)
    assert everything(tables) == read
    assert said == [reused(known, 1)]


def test_another_reader_trusts_nothing_of_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_all(tmp_path, a=GOOD)
    read_reusing(config)
    monkeypatch.setattr("recommender.tables.prepared.origin.reader_version", lambda: "newer")
    assert read_reusing(config)[1] == [reused(0, 1)]
    assert read_reusing(config)[1] == [reused(1, 1)]


def test_the_same_bytes_under_another_ending_are_another_file(tmp_path: Path) -> None:
    packed_up = gzip.compress((HEAD + GOOD).encode())
    (tmp_path / "p.csv.gz").write_bytes(packed_up)
    read_reusing(config_of(tmp_path, "p.csv.gz"))
    (tmp_path / "p.csv").write_bytes(packed_up)
    with pytest.raises(RecommenderError):
        read_reusing(config_of(tmp_path, "p.csv"))


def test_files_that_are_no_longer_named_are_removed(tmp_path: Path) -> None:
    config = write_all(tmp_path, a=GOOD, b=GOOD.replace("C1", "C7"))
    read_reusing(config)
    theirs = config.releases_directory / PREPARED / "notes"
    theirs.mkdir()
    (tmp_path / "parts" / "a.csv").unlink()
    assert read_reusing(config)[1] == [reused(1, 1)]
    assert len({name.split("/")[0] for name in prepared_files(config)}) == 1
    assert theirs.is_dir(), "what is not ours is left alone"


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def tell_otherwise(path: Path) -> None:
    path.write_text(re.sub(r'"note": "', '"note": "not ', path.read_text()))


DAMAGE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a bit flipped": ("00000.parquet", flip),
    "cut off": ("00001.parquet", lambda path: os.truncate(path, 40)),
    "emptied": ("00001.parquet", lambda path: path.write_bytes(b"") and None),
    "gone": ("00001.parquet", Path.unlink),
    "another part": ("00000.parquet", lambda path: path.with_name("00001.parquet").rename(path)),
    "a bit of what was rejected": ("00001.broken.parquet", flip),
    "no manifest": ("manifest.json", Path.unlink),
    "half a manifest": ("manifest.json", lambda path: os.truncate(path, 300)),
    "a manifest of nothing": ("manifest.json", lambda path: path.write_text("[]") and None),
    "another sentence": ("manifest.json", tell_otherwise),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_said_and_read_again(damage: str, tmp_path: Path) -> None:
    name, break_it = DAMAGE[damage]
    (tmp_path / "p.csv").write_text((HEAD + GOOD + "C1;P1\n" + GOOD).replace(",", ";"))
    config = config_of(tmp_path, "p.csv", "max_rejected = 1.0")
    read = everything(read_reusing(config)[0])
    before = prepared_files(config)
    (folder,) = {path.split("/")[0] for path in before}
    broken = config.releases_directory / PREPARED / folder / name
    break_it(broken)
    assert prepared_files(config) != before

    tables, said = read_reusing(config)
    assert everything(tables) == read
    assert said[0].startswith("p.csv is read again: what was kept of it is damaged (")
    assert said[1:] == [reused(0, 1)]
    assert prepared_files(config) == before
    assert read_reusing(config)[1] == [reused(1, 1)]


def test_what_was_kept_of_another_file_is_not_taken_for_this_one(tmp_path: Path) -> None:
    config = write_all(tmp_path, a=GOOD, b=GOOD.replace("C1", "C7"))
    read = everything(read_reusing(config)[0])
    one, other = sorted((config.releases_directory / PREPARED).iterdir())
    one.rename(one.with_name("aside"))
    other.rename(one)
    one.with_name("aside").rename(other)
    tables, said = read_reusing(config)
    assert everything(tables) == read
    assert len(said) == 3
    assert said[-1] == reused(0, 2)


def test_where_nothing_can_be_kept_it_is_said_and_read_all_the_same(tmp_path: Path) -> None:
    config = write_all(tmp_path, a=GOOD)
    config.releases_directory.mkdir()
    (config.releases_directory / PREPARED).write_text("a file in the place of the folder")
    tables, said = read_reusing(config)
    assert everything(tables) == everything(read_tables(config))
    assert said[0].startswith("the lines of parts/a.csv cannot be kept: ")
    assert said[1:] == [reused(0, 1)]


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    config, said = write_all(tmp_path, a=GOOD), list[str]()
    journal = Journal("purchases", 1.0)
    prepared = Prepared(config.releases_directory, lambda _: False, said.append)
    (file,) = find_files(config.purchases, tmp_path, journal)
    contract = Contract("purchases", config.purchases, REQUIRED, OPTIONAL)
    for chunk in prepared.read(file, contract, journal):
        with file.path.open("a") as late:
            late.write("C9,P9,2024-01-01,1,1,O9\n" if chunk.lines[0] == 2 else "")
    assert prepared_files(config) == {}
    assert read_reusing(config)[1] == [reused(0, 1)]


def test_an_unfinished_reading_keeps_nothing_of_the_file_it_stopped_at(tmp_path: Path) -> None:
    config = write_all(tmp_path, a=GOOD, b=GOOD + 'C1,"P1\n')
    (tmp_path / "parts" / "b.csv").write_bytes((HEAD + GOOD).encode() + b"\xff\x00\x81\n")
    for _ in range(2):
        with pytest.raises(RecommenderError):
            read_reusing(config)
    kept = {name.split("/")[0] for name in prepared_files(config)}
    assert len(kept) == 1
    (tmp_path / "parts" / "b.csv").write_text(HEAD + GOOD)
    assert read_reusing(config)[1] == [reused(1, 2)]
