"""A training that reuses what was read learns the same, and a kill leaves nothing half kept."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.config import Config, load_config
from recommender.release.manifest import read_manifest
from recommender.release.shelf import PREPARED, UNFINISHED, Shelf, prepared_names
from recommender.tables.prepared.folder import open_prepared
from recommender.tables.tables import read_tables
from service.records.forgotten import forget_customer
from service.records.migrate import open_records
from tests.malformed.writers import GOOD
from tests.rare_customer import RARE, places_of, write_rare_shop
from tests.reusing import HEAD, config_of, everything, prepared_files, read_reusing, reused
from tests.shop_files import write_shop

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def contents(config: Path, release: str) -> dict[str, str | bytes]:
    """Hashes of all files of a release; of the report, which names the release before it by the
    time it was made, all but that.
    """
    folder = config.parent / "releases" / release
    hashes = {name: file.sha256 for name, file in read_manifest(folder).files.items()}
    report = (folder / "report.html").read_bytes()
    return hashes | {"report.html": re.sub(rb"\d{8}T\d{6}Z-[0-9a-f]+", b"a release", report)}


def counted(err: str) -> list[str]:
    """What `train` tells of the tables and of the judging, without what took how long."""
    lines = [line for line in err.splitlines() if not line.endswith(" s  published")]
    return lines[next(i for i, line in enumerate(lines) if line.startswith("purchases: ")) :]


def test_a_release_has_the_same_bytes_with_and_without_reuse(tmp_path: Path, call: Call) -> None:
    with_reuse, without = write_shop(tmp_path / "with"), write_shop(tmp_path / "without")
    without.write_text(without.read_text().replace("[purchases]", "[purchases]\nreuse = false"))
    for shop in (with_reuse, without):
        with (shop.parent / "purchases.csv").open("a") as purchases:
            purchases.write("C001,,never\n  C001 ,P01,2024-12-01\n")
    for known in (0, 1, 1):
        one = call("train", "--config", with_reuse)
        other = call("train", "--config", without)
        assert (one[0], other[0]) == (0, 0)
        assert contents(with_reuse, one[1].strip()) == contents(without, other[1].strip())
        assert reused(known, 1) in one[2]
        assert "reused: the lines" not in other[2]
        assert counted(one[2]) == counted(other[2])
    assert not (without.parent / "releases" / PREPARED).exists()


def test_switched_off_it_leaves_nothing_behind(tmp_path: Path, call: Call) -> None:
    shop = write_shop(tmp_path)
    releases = shop.parent / "releases"
    call("train", "--config", shop)
    assert prepared_names(releases / PREPARED)
    shop.write_text(shop.read_text().replace("[purchases]", "[purchases]\nreuse = false"))
    assert call("train", "--config", shop)[0] == 0
    assert not (releases / PREPARED).exists()


def test_it_is_no_release(tmp_path: Path, call: Call) -> None:
    shop = write_shop(tmp_path)
    shop.write_text(shop.read_text().replace("keep = 3", "keep = 2"))
    names = [call("train", "--config", shop)[1].strip() for _ in range(3)]
    assert Shelf(shop.parent / "releases").names() == names[1:]
    listed = call("releases", "list", "--config", shop)[1]
    assert [line[2:].split("  ")[0] for line in listed.splitlines()] == names[1:]
    assert call("releases", "rollback", "--config", shop)[1].strip() == names[1]
    assert call("releases", "rollback", PREPARED, "--config", shop)[0] != 0
    assert reused(1, 1) in call("train", "--config", shop)[2]


PROGRAM = """
import os, signal, sys
from pathlib import Path
from recommender.config import load_config
from recommender.tables.reading import csv_rows
from recommender.tables.tables import read_tables
from recommender.training.reusing import reusing

csv_rows.CHUNK_ROWS = 2
at, calls = int(sys.argv[1]), 0

def counted(function):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)
    return call

for name in ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
config = load_config(Path(sys.argv[2]))
with reusing(config, None, lambda _: None) as reader:
    read_tables(config, reader=reader)
print(calls)
"""
"""Reads as a training does, and dies before the n-th call that changes what is on the disk."""


def killed_at(config: Config, at: int) -> subprocess.CompletedProcess[str]:
    path = config.folder / "recommender.toml"
    command = [sys.executable, "-c", PROGRAM, str(at), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shop_that_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Three files were kept; one of them is another now, and one is gone."""
    monkeypatch.setattr("recommender.tables.reading.csv_rows.CHUNK_ROWS", 2)
    (folder / "parts").mkdir(parents=True)
    config = config_of(folder, "parts", "max_rejected = 1.0")
    for name in ("a", "b", "c"):
        (folder / "parts" / f"{name}.csv").write_text(HEAD + GOOD.replace("C1", f"C{name}"))
    read_reusing(config)
    (folder / "parts" / "b.csv").write_text(HEAD + GOOD + "C9,P9\nC9,P9,2024-01-01,1,1,O9\n")
    (folder / "parts" / "c.csv").unlink()
    return config


@pytest.mark.fault
@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_whole_files_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shop_that_changed(tmp_path / "whole", monkeypatch)
    calls = int(killed_at(whole, 0).stdout)
    wanted, read = prepared_files(whole), everything(read_tables(whole))
    assert calls > 10
    for at in range(1, calls + 1):
        shop = shop_that_changed(tmp_path / str(at), monkeypatch)
        assert killed_at(shop, at).returncode == -signal.SIGKILL
        folder = shop.releases_directory / PREPARED
        for name in prepared_names(folder):
            assert open_prepared(folder / name) is not None, "whole"
        tables, said = read_reusing(shop)
        assert everything(tables) == read
        assert said in ([reused(1, 2)], [reused(2, 2)])
        assert prepared_files(shop) == wanted
        assert not list(folder.glob(f"{UNFINISHED}*"))


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nobody writes."""
    return write_rare_shop(tmp_path_factory.mktemp("rare"))


@pytest.fixture
def rare_shop(rare: Path, tmp_path: Path) -> Path:
    """A copy to erase from, with a second file of purchases without the customer."""
    shutil.copytree(rare.parent, tmp_path / "shop")
    shop = tmp_path / "shop" / rare.name
    head, *rows = (shop.parent / "purchases.csv").read_text("utf-8").splitlines()
    others = [row for row in rows[:500] if RARE not in row]
    (shop.parent / "more.csv").write_text("\n".join([head, *others]) + "\n", "utf-8")
    shop.write_text(shop.read_text().replace('"purchases.csv"', '"[mp]*r*e*.csv"'))
    return shop


def test_forgotten_is_forgotten_also_there(rare_shop: Path, call: Call) -> None:
    """And comes back with no training, while the other file stays kept."""
    shop, folder = rare_shop, rare_shop.parent
    releases = folder / "releases"
    (folder / "recommender.toml").write_text(one_source(shop.read_text()))
    code, _, err = call("train", "--config", shop, "--force", "a test")
    assert code == 0, err
    held = {place.split("/")[2] for place in places_of(folder) if f"/{PREPARED}/" in place}
    assert len(held) == 1
    assert len(prepared_names(releases / PREPARED)) == 2

    code, out, _ = call("forget", RARE, "--yes", "--config", shop)
    assert code == 0
    assert f"{PREPARED}/{held.pop()}" in json.loads(out)["removed"]["files"]
    assert places_of(folder) == set()
    assert len(prepared_names(releases / PREPARED)) == 1

    for known in (1, 1):
        code, _, err = call("train", "--config", shop, "--force", "a test")
        assert code == 0
        assert reused(known, 2) in err
        assert "not kept: the lines of 1 of 2 purchases files" in err
        assert not any(f"/{PREPARED}/" in place for place in places_of(folder))


def one_source(text: str) -> str:
    """Both files of purchases and none of the other tables."""
    return text.replace('"[mp]*r*e*.csv"', '"[mp][ou]r[ec]*.csv"')


def test_what_was_kept_elsewhere_goes_with_the_next_training(rare_shop: Path, call: Call) -> None:
    """As where two configs with a folder each share one database."""
    shop = rare_shop
    shop.write_text(one_source(shop.read_text()))
    call("train", "--config", shop, "--force", "a test")
    database = open_records(load_config(shop))
    with database.writing() as connection:
        forget_customer(connection, RARE)
    database.close()
    code, _, err = call("train", "--config", shop, "--force", "a test")
    assert code == 0
    assert reused(2, 2) in err
    assert "not kept: the lines of 1 of 2 purchases files" in err
    assert not any(f"/{PREPARED}/" in place for place in places_of(shop.parent))


@pytest.mark.parametrize("row", ["GONE;P1\n", '"GONE,P1,2024\n', " GONE ,P1,2024-01-01,1,1,\n"])
def test_an_erased_customer_is_found_wherever_it_stands(row: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(HEAD + GOOD + row)
    config = config_of(tmp_path, "p.csv", "max_rejected = 1.0")
    read = everything(read_tables(config))
    for _ in range(2):
        tables, said = read_reusing(config, {"GONE"}.__contains__)
        assert everything(tables) == read
        assert said[0] == reused(0, 1)
        assert len(said) == 2
        assert prepared_files(config) == {}
