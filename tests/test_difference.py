"""What changed since the last list, and why, from two lists walked side by side."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recommender.listing.changes import Change, Since
from recommender.listing.difference import Difference
from recommender.listing.formats import writer_of
from recommender.listing.made import Made
from recommender.listing.rows import Row
from recommender.suggest.rules import owned_by
from recommender.suggest.suggestion import CROSS_SELL_KINDS
from tests.made_up_release import shop_release

ENDINGS = [".csv", ".parquet", ".xlsx"]
COLUMNS = {"customer_id": str, "rep": str, "product_id": str, "kind": str, "rank": int}
Entry = tuple[str, str, int]


def rows(*entries: Entry, kind: str = "new", rep: str = "Al") -> list[Row]:
    return [dict(zip(COLUMNS, (c, rep, p, kind, rank), strict=True)) for c, p, rank in entries]


def listed(path: Path, before: list[Row]) -> Path:
    with closing(writer_of(path)(path, COLUMNS)) as writer:
        for row in before:
            writer.write(row)
    return path


def compared(
    old: Path, *now: Made, is_sorted: bool = True
) -> tuple[dict[str, Any] | None, list[Change]]:
    found = Difference(old, Since(shop_release(), CROSS_SELL_KINDS), is_sorted=is_sorted)
    changes = [change for made in now for change in found.of(made)] + list(found.rest())
    return found.as_json(), changes


def made(customer: str, *entries: Entry, **held: str) -> Made:
    held_rows: list[Row] = [{"product_id": p, "hold_reason": why} for p, why in held.items()]
    return Made(customer, rows(*entries), held_rows)


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_counts_what_is_new_gone_moved_and_the_same(tmp_path: Path, ending: str) -> None:
    """Ids that a reader may take for nothing, for a number or for a formula stay what they are."""
    before = rows(("007", "=1", 1), ("=B", "3", 3), ("NA", "1", 1), ("NA", "2", 2))
    old = listed(tmp_path / f"old{ending}", before)
    found, _ = compared(
        old, made("007", ("007", "=1", 1)), made("7", ("7", "=1", 1)),
        made("NA", ("NA", "2", 1), ("NA", "4", 2)),
    )  # fmt: skip
    assert found is not None
    assert {k: found[k] for k in ("new", "gone", "moved", "same")} == {
        "new": 2, "gone": 2, "moved": 1, "same": 1
    }  # fmt: skip
    assert found["reps"] == {"Al": {"gone": 2, "moved": 1, "new": 2}}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [None, b"", b"something else", b"PK\x03\x04 half a workbook"])
def test_without_a_list_to_compare_with_there_is_no_difference(
    tmp_path: Path, ending: str, content: bytes | None
) -> None:
    old = tmp_path / f"old{ending}"
    if content is not None:
        old.write_bytes(content)
    assert compared(old, made("A", ("A", "1", 1)))[0] is None


def test_a_list_that_somebody_sorted_otherwise_is_not_compared(tmp_path: Path) -> None:
    old = listed(tmp_path / "old.csv", rows(("B", "1", 1), ("A", "1", 1)))
    assert compared(old, made("A", ("A", "1", 1)))[0] is None
    found, _ = compared(old, made("A", ("A", "1", 1)), is_sorted=False)
    assert found is not None
    assert (found["same"], found["gone"]) == (1, 1)


def test_every_change_says_why(tmp_path: Path) -> None:
    release = shop_release()
    customer = release.customers.ids[3]
    owned = release.products.ids[int(owned_by(release, 3)[0])]
    free = [p for i, p in enumerate(release.products.ids) if i not in set(owned_by(release, 3))]
    lower, held, regular, moved, changed = free[:5]
    before = [
        *rows((customer, owned, 1), (customer, lower, 2), (customer, held, 3)),
        *rows((customer, "no product", 4), (customer, moved, 5)),
        *rows((customer, regular, 6), (customer, changed, 7), kind="lapsed"),
        *rows((release.customers.ids[4], lower, 1)),
        *rows(("Zoe", lower, 1), rep="Jo"),
    ]
    now = [
        Made(
            customer,
            rows((customer, moved, 1), (customer, free[5], 2), (customer, changed, 7)),
            [{"product_id": held, "hold_reason": "rejected"}],
        ),
        made("D", ("D", lower, 1)),
    ]
    found, changes = compared(listed(tmp_path / "old.parquet", before), *now)
    told = {
        (str(c.row["customer_id"]), str(c.row["product_id"])): (c.change, c.why) for c in changes
    }
    assert told == {
        (customer, owned): ("gone", "bought_since"),
        (customer, lower): ("gone", "ranked_lower"),
        (customer, held): ("gone", "rejected"),
        (customer, "no product"): ("gone", "product_gone"),
        (customer, regular): ("gone", "kind_not_asked"),
        (customer, moved): ("moved", "ranked_higher"),
        (customer, changed): ("moved", "kind_changed"),
        (customer, free[5]): ("new", "ranked_higher"),
        (release.customers.ids[4], lower): ("gone", "customer_not_selected"),
        ("D", lower): ("new", "customer_new"),
        ("Zoe", lower): ("gone", "customer_gone"),
    }
    assert found is not None
    assert found["reps"]["Jo"] == {"gone": 1}
    assert found["why"]["gone"]["customer_gone"] == 1


def test_all_of_a_customer_that_failed_is_gone_for_that(tmp_path: Path) -> None:
    old = listed(tmp_path / "old.csv", rows(("C001", "A1", 1), ("C001", "B1", 2)))
    failed = Made("C001", [], [{"product_id": "", "hold_reason": "failed: ValueError"}])
    _, changes = compared(old, failed)
    whys = {change.why for change in changes} - {"bought_since"}
    assert whys == {"failed: ValueError"}


def test_a_change_is_a_row_with_both_ranks(tmp_path: Path) -> None:
    old = listed(tmp_path / "old.csv", rows(("C", "A1", 2)))
    _, changes = compared(old, made("C", ("C", "A1", 1)))
    assert [change.as_row() for change in changes] == [
        {
            "customer_id": "C",
            "rep": "Al",
            "product_id": "A1",
            "product_name": "",
            "change": "moved",
            "rank_before": 2,
            "rank_now": 1,
            "why": "ranked_higher",
        }
    ]
