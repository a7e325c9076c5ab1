"""What a release says of rejected rows and oddities names nobody that was erased."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from recommender.tables.report import REJECTED_COLUMNS, TableReport
from recommender.training.unnamed import Unnamed
from tests.made_up_told import MadeUpTold
from tests.shop_files import write_shop
from tests.test_permitted import trained

GONE = "C020"


def unnamed(*names: str) -> Unnamed:
    return Unnamed(lambda text: text == GONE, frozenset(names))


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (GONE, "(erased)"),
        (f"  {GONE} ", "(erased)"),
        (f'{GONE},P1,"3', '(erased),P1,"3'),
        (f"P1; {GONE} ;3", "P1;(erased);3"),
        (f'P1|"{GONE}"\t7', 'P1|"(erased)"\t7'),
        ("C0201,P1", "C0201,P1"),
        (f"x{GONE}", f"x{GONE}"),
        ("Miller & Son", "(erased)"),
        ("", ""),
        ("31.02.2026", "31.02.2026"),
    ],
)
def test_cells_and_rows_lose_who_was_erased_and_nothing_else(value: str, cleaned: str) -> None:
    assert unnamed("Miller & Son").cells(value) == cleaned


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        (f"4 cells had blanks around them, such as '  {GONE} '", "'(erased)'"),
        ('such as "Miller\'s, Berlin"', '"(erased)"'),
        (f"{GONE} lines are odd, such as 'C021'", f"{GONE} lines are odd, such as 'C021'"),
        ("'05E117' (Schleifauer roller) with 18 lines", "'05E117' (Schleifauer roller)"),
    ],
)
def test_of_sentences_only_what_is_quoted_can_name_a_customer(said: str, cleaned: str) -> None:
    assert cleaned in unnamed("Miller's, Berlin").sentence(said)


def test_counts_lines_and_reasons_stay() -> None:
    rows = [("p.csv", 3, "(row)", f"{GONE};x", "has 2 cells"), ("p.csv", 4, "quantity", "q", "no")]
    rejected = pd.DataFrame(rows, columns=list(REJECTED_COLUMNS))
    report = TableReport("purchases", ("p.csv",), "", 5, 3, 0, rejected, (f"note '{GONE}'",))
    found = unnamed().report(report)
    assert found.rejected["value"].tolist() == ["(erased);x", "q"]
    assert found.notes == ("note '(erased)'",)
    assert found.rejected.drop(columns="value").equals(rejected.drop(columns="value"))
    assert (found.read, found.kept) == (5, 3)


def test_a_broken_row_of_who_was_erased_is_kept_without_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only line could not be split: nothing but a hash is left to know it by."""
    config, stranger = write_shop(tmp_path), "RX-77031"
    purchases = config.parent / "purchases.csv"
    lines = purchases.read_text(encoding="utf-8").splitlines()
    lines.insert(40, f"{stranger},one,two,three,four,five,six,seven,eight,nine,ten")
    purchases.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for forgotten in (set[str](), {stranger}):
        release = trained(config, MadeUpTold(forgotten=frozenset(forgotten)), monkeypatch)
        rejected = pd.read_parquet(release.folder / "rejected.parquet")
        said = rejected.to_csv() + (release.folder / "manifest.json").read_text(encoding="utf-8")
        assert (stranger in said) == (not forgotten)
        assert "(erased),one,two" in said or not forgotten
