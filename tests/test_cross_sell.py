"""The cross-sell list of all customers as files that account for themselves."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from recommender.cross_sell import cross_sell
from recommender.errors import ConfigError, ReadWriteError
from recommender.listing import making, written
from recommender.listing.selection import Selection, chosen_customers
from recommender.release.contents import Contents
from recommender.release.manifest import sha256_of
from recommender.release.opening import Release, open_release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from recommender.text import TextColumn
from tests.made_up_release import published, shop_contents

CONTRACT = (
    "customer_id, customer_name, segment, region, rep, product_id, product_name, category, kind, "
    "rank, chance, expected_value, currency, why, evidence_products, peers, peers_bought, "
    "last_outcome, contact, release, recommendation_id"
)
ENDINGS = [".csv", ".parquet", ".xlsx"]
WISH = Wish(12)
"""More than some customers have candidates for."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return opened(tmp_path_factory.mktemp("shop"), shop_contents())


def opened(directory: Path, contents: Contents) -> Release:
    return open_release(directory, published(directory, contents))


def listed(release: Release, out: Path, wish: Wish = WISH, rep: str | None = None) -> Any:
    """The manifest of a list that was written."""
    selection = Selection(rep)
    return cross_sell(release, out, wish, selection, chosen_customers(release, selection)).manifest


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        head, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_stand_in_the_contracts_order(
    release: Release, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"list{ending}"
    listed(release, out)
    assert ", ".join(rows_of(out)[0]) == CONTRACT


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_list_holds_what_suggest_answers_for_every_customer(
    release: Release, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"list{ending}"
    listed(release, out)
    expected = [
        (customer, s.product_id, s.kind, s.rank, s.chance, s.expected_value)
        for customer in release.customers.ids
        for s in suggest(release, customer, WISH).suggestions
    ]
    assert [
        (
            row["customer_id"],
            row["product_id"],
            row["kind"],
            int(row["rank"]),
            float(row["chance"]),
            float(row["expected_value"]) if row["expected_value"] not in {"", None} else None,
        )
        for row in rows_of(out)
    ] == expected


def test_rows_are_sorted_by_customer_then_rank(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv")
    keys = [(row["customer_id"], int(row["rank"])) for row in rows_of(tmp_path / "list.csv")]
    assert keys == sorted(keys)


@pytest.mark.parametrize("ending", ENDINGS)
def test_twice_and_elsewhere_the_bytes_are_the_same(
    release: Release, tmp_path: Path, ending: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    outs = [tmp_path / f"list{ending}", tmp_path / "elsewhere" / f"list{ending}"]
    manifests = [listed(release, out) for out in outs]
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert manifests[0] == manifests[1]
    again = listed(release, outs[0])
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert again["difference_to_last_run"] == {
        "new": 0,
        "gone": 0,
        "moved": 0,
        "same": again["counts"]["suggestions"],
        "why": {},
        "reps": {},
    }


def test_evidence_and_peers_are_those_of_the_reasons(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv")
    row = next(r for r in rows_of(tmp_path / "list.csv") if r["peers"])
    first = suggest(release, row["customer_id"], WISH).suggestions[int(row["rank"]) - 1]
    by_kind = {reason.kind: reason for reason in first.reasons}
    assert int(row["peers_bought"]) == by_kind["peers"].peers_bought  # type: ignore[union-attr]
    evidence = [r.product_id for r in first.reasons if r.kind == "bought"]  # type: ignore[union-attr]
    assert row["evidence_products"] == ";".join(evidence)
    assert f"{row['peers_bought']} of {row['peers']} customers like this one" in row["why"]


def test_what_was_held_back_stands_beside_the_list_with_its_reason(
    release: Release, tmp_path: Path
) -> None:
    listed(release, tmp_path / "list.xlsx")
    held = rows_of(tmp_path / "list.xlsx.held.csv")
    assert list(held[0]) == [
        "customer_id",
        "customer_name",
        "rep",
        "product_id",
        "product_name",
        "hold_reason",
        "release",
    ]
    assert [(row["customer_id"], row["product_id"], row["hold_reason"]) for row in held] == [
        (customer, *entry)
        for customer in release.customers.ids
        for entry in suggest(release, customer, WISH).held
    ]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_manifest_counts_what_is_in_the_files(
    release: Release, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"list{ending}"
    manifest = listed(release, out)
    assert json.loads((tmp_path / f"list{ending}.manifest.json").read_text()) == manifest
    rows, held = rows_of(out), rows_of(tmp_path / f"list{ending}.held.csv")
    counts = manifest["counts"]
    assert counts["suggestions"] == len(rows)
    assert counts["customers"] == len(release.customers.ids)
    assert counts["customers"] - counts["customers_without_suggestion"] == len(
        {row["customer_id"] for row in rows}
    )
    by_rule = Counter(row["hold_reason"] for row in held)
    assert {k: v for k, v in counts.items() if k.startswith("held_")} == {
        f"held_{rule}": count for rule, count in by_rule.items()
    }
    sources = [v for k, v in counts.items() if k.startswith("source_")]
    assert sum(sources) == counts["customers"]
    assert manifest["sha256"] == sha256_of(out)
    assert manifest["held_sha256"] == sha256_of(tmp_path / f"list{ending}.held.csv")


def test_the_manifest_says_what_the_list_was_made_from(release: Release, tmp_path: Path) -> None:
    manifest = listed(release, tmp_path / "list.csv", Wish(3, frozenset({"new"}), "value"), "Al")
    assert manifest["release"] == release.name
    assert manifest["inputs"] == {"purchases": "0" * 64}
    assert manifest["settings"] == {
        "n": 3,
        "kinds": ["new"],
        "rank_by": "value",
        "rep": "Al",
        "all": False,
        "channel": None,
        "locale": "en",
    }
    assert manifest["difference_to_last_run"] is None


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_difference_to_the_last_run_is_counted(
    release: Release, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"list{ending}"
    first = listed(release, out, Wish(3))["counts"]["suggestions"]
    second = listed(release, out, Wish(6))
    found, new = second["difference_to_last_run"], second["counts"]["suggestions"] - first
    assert [found[change] for change in ("new", "gone", "moved", "same")] == [new, 0, 0, first]
    assert sum(counts["new"] for counts in found["reps"].values()) == new
    changes = rows_of(tmp_path / f"list{ending}.changes.csv")
    assert len(changes) == new
    assert {(row["change"], row["rank_before"]) for row in changes} == {("new", "")}
    assert second["changes_sha256"] == sha256_of(tmp_path / f"list{ending}.changes.csv")
    third = listed(release, out, Wish(6), "Al")["difference_to_last_run"]
    assert third["gone"] > 0
    assert third["new"] == 0


def test_only_the_customers_of_a_rep_are_listed(release: Release, tmp_path: Path) -> None:
    listed(release, tmp_path / "list.csv", rep="Al")
    assert {row["rep"] for row in rows_of(tmp_path / "list.csv")} == {"Al"}


def test_a_rep_without_customers_is_refused_with_those_there_are(release: Release) -> None:
    with pytest.raises(ConfigError, match="--rep Bo: no customer has this rep; there are: Al, Jo"):
        chosen_customers(release, Selection("Bo"))


def test_an_unknown_ending_is_refused_and_nothing_is_written(
    release: Release, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="must end in"):
        listed(release, tmp_path / "list.txt")
    assert not list(tmp_path.iterdir())


def test_names_that_look_like_formulas_are_made_harmless_and_ids_stay(tmp_path: Path) -> None:
    contents = shop_contents()
    names = ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "-5", "a\rb", *["plain"] * 13]
    odd = replace(contents.products, name=TextColumn.of(names))
    out = tmp_path / "list.csv"
    listed(opened(tmp_path / "releases", replace(contents, products=odd)), out, Wish(20))
    ids = list(contents.products.ids)
    harmless = [f"'{name}" for name in names[:6]] + names[6:]
    rows = rows_of(out)
    assert {row["product_name"] for row in rows} >= set(harmless[:5])
    assert all(row["product_name"] == harmless[ids.index(row["product_id"])] for row in rows)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("step", ["list_rows", "held_rows", "Difference", "sha256_of", "suggest"])
def test_a_run_that_fails_leaves_the_last_list_and_nothing_else(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, step: str
) -> None:
    out = tmp_path / f"list{ending}"
    listed(release, out)
    before = files_in(tmp_path)

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making if hasattr(making, step) else written, step, fails)
    with pytest.raises(ReadWriteError, match="No space left on device"):
        listed(release, out, Wish(2))
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_that_is_not_there_is_an_error_for_people(
    release: Release, tmp_path: Path, ending: str
) -> None:
    with pytest.raises(ReadWriteError, match="cannot be written"):
        listed(release, tmp_path / "none" / f"list{ending}")
