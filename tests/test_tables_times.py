"""Times as people and programs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.errors import BadDataError, ConfigError
from recommender.tables.cells import settling
from tests.malformed.shop import bought

DAY = 86_400


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-31T12:30:00Z",
        "2024-01-31 12:30",
        "2024-01-31T13:30:00+01:00",
        "20240131T123000Z",
        "2024-01-31 12:30:00.123456",
        "2024/01/31 12:30",
        "2024-1-31 12:30:00",
        "31.01.2024 12:30",
        "31/1/2024 12:30:00",
        "1/31/2024 12:30 PM",
        "01-31-2024 12:30",
    ],
)
def test_dates_are_read_as_people_write_them(written: str, tmp_path: Path) -> None:
    purchases, _ = bought(tmp_path, f"C,P,{written},1,1,\n")
    assert purchases.purchased_at.tolist() == [1_706_704_200]


def test_a_later_date_decides_for_earlier_ones(tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, "C,P,01/02/2024,1,1,\nC,P,25/02/2024,1,1,\n")
    assert np.diff(purchases.purchased_at).tolist() == [24 * DAY]
    assert any("the day comes first" in note for note in report.notes)


def test_chunks_wait_until_a_date_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.tables.reading.csv_rows.CHUNK_ROWS", 2)
    lines = "C,P,01/02/2024,1,1,\n" * 9 + "C,P,25/02/2024,1,1,\n"
    assert len(bought(tmp_path, lines)[0]) == 10
    monkeypatch.setattr(settling, "MOST_HELD", 2)
    with pytest.raises(BadDataError, match="date_format"):
        bought(tmp_path, lines)


def test_a_date_format_is_taken_at_its_word(tmp_path: Path) -> None:
    settings = 'date_format = "%d.%m.%y"\nmax_rejected = 1.0'
    purchases, report = bought(tmp_path, "C,P,01.02.24,1,1,\nC,P,2024-02-01,1,1,\n", settings)
    assert purchases.purchased_at.tolist() == [1_706_745_600]
    assert "date_format = '%d.%m.%y'" in report.rejected["reason"][0]


def test_times_without_a_zone_are_in_the_one_of_the_config(tmp_path: Path) -> None:
    lines = "C,P,2024-07-01 12:00,1,1,\nC,P,2024-07-01T12:00Z,1,1,\n"
    purchases, report = bought(tmp_path, lines, 'time_zone = "Europe/Berlin"')
    assert np.diff(purchases.purchased_at).tolist() == [7200]
    assert any("1 times name their zone and 1 do not" in w for w in report.warnings)


def test_times_at_a_change_of_clocks_are_read_alike_each_time_and_counted(tmp_path: Path) -> None:
    lines = "C,P,2024-03-31 02:30,1,1,\nC,P,2024-10-27 02:30,1,1,\n"
    purchases, report = bought(tmp_path, lines, 'time_zone = "Europe/Berlin"')
    assert purchases.purchased_at.tolist() == [1_711_846_800, 1_729_989_000]
    assert any("2 purchased_at cells lie in an hour" in w for w in report.warnings)


def test_dates_with_dots_have_their_day_first(tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, "C,P,01.02.2024,1,1,\nC,P,03.02.2024,1,1,\n")
    assert purchases.purchased_at.tolist() == [1_706_745_600, 1_706_745_600 + 2 * DAY]
    assert "purchased_at: dates with dots are read with the day first" in report.notes


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("01/02/2024", 'date_format = "%d/%m/%Y" or "%m/%d/%Y"'),
        ("01-02-2024 10:30", 'date_format = "%d-%m-%Y %H:%M" or "%m-%d-%Y %H:%M"'),
        ("02/01/25", 'date_format = "%d/%m/%y" or "%m/%d/%y"'),
        ("31/01/25", 'date_format = "%d/%m/%y"'),
        ("02.01.25", 'date_format = "%d.%m.%y"'),
        ("01.31.2024", 'date_format = "%m.%d.%Y"'),
        ("45292", "how Excel counts days"),
        ("yesterday", "write it as 2026-11-30"),
        ("31.31.2024", "correct it"),
    ],
)
def test_the_advice_fits_the_cell(written: str, advice: str, tmp_path: Path) -> None:
    lines = f"C,P,{written},1,1,\nC,P,2024-01-01,1,1,\n"
    _, report = bought(tmp_path, lines, "max_rejected = 1.0")
    assert advice in report.rejected["reason"][0]


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("dd.mm.yyyy", 'write "%d.%m.%Y"'),
        ("TT.MM.JJJJ hh:mm", 'write "%d.%m.%Y %H:%M"'),
        ("MM/dd/yy", 'write "%m/%d/%y"'),
        ("Zeit", 'as in "%d.%m.%Y %H:%M"'),
    ],
)
def test_letters_as_a_date_format_are_told_with_percents(
    asked: str, advice: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="date_format") as caught:
        bought(tmp_path, "C,P,2024-01-01,1,1,\n", f'date_format = "{asked}"')
    assert advice in str(caught.value)
