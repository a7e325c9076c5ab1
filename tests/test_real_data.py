"""From published raw files to a list for everyone, without an edit, on real purchases."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from recommender.release.opening import open_release
from tests.conftest import ROOT, raw_dataset

pytestmark = pytest.mark.slow
LISTED = ["customer_id", "product_id"]


def run(*command: str | Path) -> str:
    """What a command says, on both channels; it must succeed."""
    done = subprocess.run(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def recommender(folder: Path, *words: str | Path) -> str:
    return run("-m", "recommender.cli.main", *words, "--config", folder / "recommender.toml")


def prepared(name: str, out: Path) -> Path:
    run(ROOT / "datasets" / name / "prepare.py", raw_dataset(name), out)
    return out


def counts_add_up(said: str) -> bool:
    """Every `N read = a kept + b rejected + c merged` in what was said."""
    found = re.findall(
        r"([\d,]+) read = ([\d,]+) kept \+ ([\d,]+) rejected \+ ([\d,]+) merged", said
    )
    numbers = [[int(n.replace(",", "")) for n in row] for row in found]
    return bool(numbers) and all(row[0] == sum(row[1:]) for row in numbers)


def trained_list(folder: Path) -> pd.DataFrame:
    recommender(folder, "train")
    recommender(folder, "cross-sell", "-n", "20", "--all", "--out", folder / "list.csv")
    return pd.read_csv(folder / "list.csv", dtype=dict.fromkeys(LISTED, str), keep_default_na=False)


def bought_pairs(folder: Path, source: str = "purchases.parquet") -> pd.DataFrame:
    purchases = pd.read_parquet(folder / source)
    return purchases.loc[purchases["quantity"] > 0, LISTED].drop_duplicates()


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """The folder of prepared tables with a release of them, and the list made from it."""
    folder = prepared("online-retail", tmp_path_factory.mktemp("online-retail"))
    assert counts_add_up(recommender(folder, "check"))
    return folder, trained_list(folder)


def test_online_retail_from_raw_file_to_list(online_retail: tuple[Path, pd.DataFrame]) -> None:
    folder, listed = online_retail
    bought = bought_pairs(folder)
    assert set(bought["customer_id"]) <= set(listed["customer_id"])
    assert listed.merge(bought, on=LISTED).empty
    assert set(listed["kind"]) <= {"new", "upgrade"}
    assert not listed.duplicated(LISTED).any()


def test_two_runs_from_raw_file_give_identical_files(
    online_retail: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    (first, one), second = online_retail, prepared("online-retail", tmp_path)
    two = trained_list(second)
    pd.testing.assert_frame_equal(one.drop(columns="release"), two.drop(columns="release"))
    releases = [open_release(folder / "releases") for folder in (first, second)]
    hashes = [{n: f.sha256 for n, f in r.manifest.files.items()} for r in releases]
    assert hashes[0] == hashes[1]
    before = (first / "list.csv").read_bytes()
    recommender(first, "cross-sell", "-n", "20", "--all", "--out", first / "list.csv")
    assert (first / "list.csv").read_bytes() == before


def test_iowa_trains_on_five_million_lines(tmp_path: Path) -> None:
    folder = prepared("iowa-liquor", tmp_path)
    said = recommender(folder, "train")
    assert counts_add_up(said)
    assert "5,237,077 read" in said
    release = open_release(folder / "releases")
    bought = bought_pairs(folder, "purchases")
    assert release.manifest.counts["pairs"] == len(bought)


@pytest.mark.parametrize("part", ["stores", "web"])
def test_adventureworks_gives_every_customer_a_list(tmp_path: Path, part: str) -> None:
    folder = prepared("adventureworks", tmp_path) / part
    assert counts_add_up(recommender(folder, "check"))
    listed = trained_list(folder)
    bought = bought_pairs(folder)
    assert listed.merge(bought, on=LISTED).empty
    assert set(bought["customer_id"]) <= set(listed["customer_id"])


@pytest.mark.parametrize("name", ["cdnow", "gowalla"])
def test_data_without_times_or_products_still_train(tmp_path: Path, name: str) -> None:
    folder = prepared(name, tmp_path)
    recommender(folder, "train")
    release = open_release(folder / "releases")
    assert release.manifest.counts["purchases"] > 0
