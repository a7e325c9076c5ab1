"""One customer taken out of releases, of what lies beside them, and of lists; others stay."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recommender.cross_sell import cross_sell
from recommender.erasure.files import without_traces
from recommender.erasure.lists import erase_from_list, names_in_list
from recommender.erasure.releases import (
    erase_beside_releases,
    erase_from_releases,
    names_in_releases,
)
from recommender.erasure.traces import Traces, is_telling
from recommender.listing.selection import Selection, chosen_customers
from recommender.release import exchange
from recommender.release.contents import Contents
from recommender.release.manifest import sha256_of
from recommender.release.opening import open_release
from recommender.release.publish import make_current, training_lock, write_refused
from recommender.release.shelf import UNFINISHED, Shelf
from recommender.suggest.suggestion import Wish
from recommender.text import TextColumn
from tests.small_release import publish_small_release, small_contents, with_names

RARE = "C05"
NAME = "Zwirbelholz & Söhne"
TRACES = Traces(RARE, frozenset({NAME}))


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Two of them; the older one is live."""
    first = publish_small_release(tmp_path / "releases", with_a_rare_name())
    publish_small_release(tmp_path / "releases", with_names(with_a_rare_name(), " II"))
    make_current(tmp_path / "releases", first)
    return tmp_path / "releases"


def with_a_rare_name() -> Contents:
    """C05 has a name of its own, and C06 names it as its parent."""
    contents = small_contents()
    ids = list(contents.customers.ids)
    names, portraits = list(contents.customers.name), list(contents.customers.portrait)
    names[ids.index(RARE)] = NAME
    portraits[ids.index("C06")] = json.dumps({"parent_id": RARE, "note": f"see {NAME}"})
    customers = replace(
        contents.customers, name=TextColumn.of(names), portrait=TextColumn.of(portraits)
    )
    return replace(contents, customers=customers)


def erase(releases: Path) -> list[dict[str, str]]:
    with training_lock(releases):
        return [erased.as_json() for erased in erase_from_releases(releases, TRACES)]


def nothing_is_found(folder: Path) -> bool:
    needles = [RARE.encode(), b"Zwirbelholz"]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return files != [] and not any(n in path.read_bytes() for path in files for n in needles)


def test_every_release_is_rewritten_and_the_live_one_stays_live(releases: Path) -> None:
    old = Shelf(releases).names()
    found = erase(releases)
    new = Shelf(releases).names()
    assert [row["release"] for row in found] == old
    assert [row["rewritten_to"] for row in found] == new
    assert [name.split("-")[0] for name in new] == [name.split("-")[0] for name in old]
    live = open_release(releases)
    assert live.name == new[0]
    assert live.manifest.rewritten_from == old[0]
    assert open_release(releases, new[1]).manifest.parent == new[0]
    assert nothing_is_found(releases)


def test_other_portraits_lose_only_what_names_the_customer(releases: Path) -> None:
    erase(releases)
    customers = open_release(releases).customers
    row = customers.ids.position("C06")
    assert row is not None
    assert json.loads(customers.portrait[row]) == {"parent_id": None, "note": "see …"}


def test_erasing_twice_changes_nothing_more(releases: Path) -> None:
    erase(releases)
    before = Shelf(releases).names()
    assert erase(releases) == []
    assert Shelf(releases).names() == before


def test_a_release_that_cannot_be_opened_is_removed_and_another_goes_live(releases: Path) -> None:
    first, second = Shelf(releases).names()
    (releases / first / "products.price.npy").write_bytes(b"broken")
    found = erase(releases)
    assert found[0] == {"release": first, "removed": "it could not be opened"}
    assert Shelf(releases).names() == [found[1]["rewritten_to"]]
    assert open_release(releases).manifest.rewritten_from == second


def test_the_last_release_broken_leaves_none(releases: Path) -> None:
    for name in Shelf(releases).names():
        (releases / name / "manifest.json").write_text("{}")
    erase(releases)
    assert Shelf(releases).names() == []
    assert Shelf(releases).current_name() is None


@pytest.mark.parametrize("step", ["put_on_shelf", "make_current", "drop", "flush_folder"])
def test_what_stops_half_way_is_finished_by_the_next(
    releases: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(exchange, step, stop)
        with pytest.raises(KeyboardInterrupt):
            erase(releases)
    assert len(open_release(releases).customers.ids) in {29, 30}
    erase(releases)
    assert len(Shelf(releases).names()) == 2
    assert not list(releases.glob(f"{UNFINISHED}*"))
    assert nothing_is_found(releases)


def test_names_come_from_every_release_that_opens(releases: Path) -> None:
    assert names_in_releases(releases, RARE) == {NAME}
    assert names_in_releases(releases, "nobody") == set()


def test_what_lies_beside_the_releases_is_cleaned(releases: Path) -> None:
    report = {
        "report.html": "<p>as Zwirbelholz &amp; Söhne said</p>".encode(),
        "report.json": f'{{"forced": "{NAME} said so"}}'.encode(),
        "rows.csv": f"1,{NAME}\n2,{NAME}s\n".encode(),
    }
    write_refused(releases, report)
    (releases / "notes.txt").write_text(RARE)
    found = list(erase_beside_releases(releases, TRACES))
    assert found == ["refused/report.html", "refused/report.json", "refused/rows.csv"]
    refused = releases / "refused"
    assert (refused / "report.html").read_text() == "<p>as … said</p>"
    assert json.loads((refused / "report.json").read_text()) == {"forced": "… said so"}
    assert (refused / "rows.csv").read_text() == f"1,…\n2,{NAME}s\n"
    assert (releases / "notes.txt").read_text() == RARE, "what is not ours is left alone"


def test_rejected_rows_that_name_the_customer_are_left_out() -> None:
    rows = pd.DataFrame({"line": [1, 2, 3], "value": ["17", "x;17;y", "170"], "table": ["t"] * 3})
    buffer = io.BytesIO()
    rows.to_parquet(buffer, index=False)
    cleaned = without_traces("rejected.parquet", buffer.getvalue(), Traces("17"))
    assert cleaned is not None
    assert pd.read_parquet(io.BytesIO(cleaned))["line"].tolist() == [3]
    assert without_traces("rejected.parquet", cleaned, Traces("17")) == cleaned
    assert without_traces("rejected.parquet", b"no parquet", Traces("17")) is None


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("3 customers: 'C17', 'C170'", "3 customers: '…', 'C170'"),
        ("M4 and C17.", "M4 and C17."),
        ("17 of 170 rows, such as '17'", "17 of 170 rows, such as '17'"),
    ],
)
def test_what_may_mean_something_else_is_left_out_only_where_it_is_quoted(
    text: str, scrubbed: str
) -> None:
    assert Traces("C17").scrubbed(text) == scrubbed


def test_numbers_are_ids_only_where_ids_stand() -> None:
    said = {"parent_id": "17", "floor_space": "17", "note": "17 saws, as '17' says"}
    assert Traces("17").scrubbed_json(said) == {
        "parent_id": None,
        "floor_space": "17",
        "note": "17 saws, as '…' says",
    }


@pytest.mark.parametrize(
    ("text", "telling"),
    [("C0517", True), ("Moser Wood", True), ("12347", False), ("Bakery", False), ("M4", False)],
)
def test_a_telling_text_has_letters_and_more(text: str, telling: bool) -> None:
    assert is_telling(text) == telling


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_list_is_rewritten_as_if_the_customer_had_never_been(
    releases: Path, tmp_path: Path, ending: str
) -> None:
    release = open_release(releases)
    everyone = chosen_customers(release, Selection())
    others = [row for row in everyone if release.customers.ids[row] != RARE]
    with_all, wanted = tmp_path / f"all.{ending}", tmp_path / f"others.{ending}"
    cross_sell(release, with_all, Wish(), Selection(), everyone)
    cross_sell(release, wanted, Wish(), Selection(), others)
    assert names_in_list(with_all, RARE) == {NAME}

    found = erase_from_list(with_all, RARE)
    assert found.rows > 0
    assert found.problem is None
    for part in ("", ".held.csv"):
        assert (tmp_path / f"all.{ending}{part}").read_bytes() == (
            tmp_path / f"others.{ending}{part}"
        ).read_bytes()
    manifest = json.loads((tmp_path / f"all.{ending}.manifest.json").read_text())
    assert manifest["sha256"] == sha256_of(with_all)
    assert manifest["held_sha256"] == sha256_of(tmp_path / f"all.{ending}.held.csv")
    assert erase_from_list(with_all, RARE).rows == 0


def test_a_list_without_the_customer_is_not_touched(releases: Path, tmp_path: Path) -> None:
    release = open_release(releases)
    cross_sell(release, tmp_path / "l.csv", Wish(), Selection(), [0, 1])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("l.csv*")}
    assert erase_from_list(tmp_path / "l.csv", RARE).rows == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("l.csv*")} == before


def test_a_list_that_is_gone_or_not_ours_is_said(tmp_path: Path) -> None:
    assert erase_from_list(tmp_path / "gone.csv", RARE).problem == "is not there any more"
    (tmp_path / "theirs.csv").write_text("a;b\n1;2\n")
    (tmp_path / "theirs.xlsx").write_text("no workbook")
    (tmp_path / "theirs.parquet").write_text("no parquet")
    for name in ("theirs.csv", "theirs.xlsx", "theirs.parquet"):
        before = (tmp_path / name).read_bytes()
        assert "cannot be rewritten" in str(erase_from_list(tmp_path / name, RARE).problem)
        assert (tmp_path / name).read_bytes() == before


def test_what_a_killed_run_left_beside_a_list_is_removed(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("customer_id,product_id\nC01,P1\n")
    left = tmp_path / ".l.unfinished-99999999.csv"
    left.write_text(RARE)
    erase_from_list(tmp_path / "l.csv", RARE)
    assert not left.exists()
