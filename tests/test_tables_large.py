"""Purchases larger than memory are the same purchases."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.config import load_config
from recommender.errors import ConfigError, ReadWriteError, RecommenderError
from recommender.tables.large import gathering, growing, mapped, scratch, sorting
from recommender.tables.tables import read_tables
from recommender.train import train
from tests.conftest import copy_sample
from tests.large import assert_same, bits, by_disk, is_mapped, read_both
from tests.malformed.shop import HEAD, shop
from tests.test_tables_malformed import UNUSABLE, USABLE, config
from tests.test_tables_same import Row, tables, write_csv, write_parquet, write_sql


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where what outgrows memory lies; afterwards nothing may be left there."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert not list(folder.iterdir())


@pytest.mark.parametrize("case", USABLE)
def test_malformed_tables_are_judged_alike(case: str, tmp_path: Path, place: Path) -> None:
    write, source, said, _, _ = USABLE[case]
    write(tmp_path)
    held, large = read_both(config(tmp_path, source, said), place)
    assert is_mapped(large.purchases)
    assert not is_mapped(held.purchases)
    assert_same(held, large)


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_told_alike(case: str, tmp_path: Path, place: Path) -> None:
    write, source, said, columns, kind, _ = UNUSABLE[case]
    write(tmp_path)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for _ in range(2):
            with pytest.raises(kind) as caught:
                read_tables(config(tmp_path, source, said, columns))
            found.append(str(caught.value))
            by_disk(patch, place)
    assert found[0] == found[1]


@given(found=tables, data=st.data(), block=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_any_rows_in_any_order_from_any_source_are_the_same(
    found: list[Row], data: st.DataObject, block: int
) -> None:
    """Blocks of a few lines: a repeated line may stand at the seam of two."""
    write = data.draw(st.sampled_from([write_csv, write_parquet, write_sql]))
    repeated = found + data.draw(st.lists(st.sampled_from(found), max_size=4))
    shuffled = data.draw(st.permutations(repeated))
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        source = write(folder, repeated)
        held = read_tables(load_config(_config(folder, source)))
        write(folder, shuffled)
        for module in (mapped, sorting):
            patch.setattr(module, "BLOCK_LINES", block)
        by_disk(patch, folder)
        large = read_tables(load_config(_config(folder, source)))
        assert bits(held.purchases) == bits(large.purchases)
        assert held.reports[0].merged == large.reports[0].merged


def _config(folder: Path, source: str) -> Path:
    path = folder / "recommender.toml"
    path.write_text(f"[purchases]\n{source}\ndecimal = '.'\nseparator = ','", encoding="utf-8")
    return path


def test_channels_are_kept_and_a_column_of_too_many_is_not(tmp_path: Path, place: Path) -> None:
    lines = [f"C{n % 7},P{n % 5},2024-01-{1 + n % 9:02},1,2.50,O{n % 3}" for n in range(200)]
    for name, different in (("few", 3), ("many", 101)):
        folder = tmp_path / name
        folder.mkdir()
        rows = (
            f"{line},{'' if n % 4 == 0 else f'way {n % different} ü'}"
            for n, line in enumerate(lines)
        )
        content = HEAD.replace("order_id", "order_id,channel") + "\n".join(rows)
        held, large = read_both(load_config(shop(folder, content)), place)
        assert (large.purchases.channels is None) == (name == "many")
        assert_same(held, large)


def test_the_sample_is_the_same(tmp_path: Path, place: Path) -> None:
    assert_same(*read_both(load_config(copy_sample(tmp_path / "sample")), place))


def test_lines_taken_are_the_same_and_stay_on_disk(tmp_path: Path, place: Path) -> None:
    lines = "".join(f"C{n % 7},P{n % 5},2024-01-{1 + n % 28:02},1,2,\n" for n in range(300))
    found = load_config(shop(tmp_path, HEAD + lines))
    held, large = (tables.purchases for tables in read_both(found, place))
    middle = int(np.median(held.purchased_at))
    with pytest.MonkeyPatch.context() as patch:
        by_disk(patch, place)
        patch.setattr(mapped, "BLOCK_LINES", 7)
        positions = np.flatnonzero(held.quantity > 0)[::3]
        for one, other in (
            (held.before(middle), large.before(middle)),
            (held.since(middle), large.since(middle)),
            (held.take(positions), large.take(positions)),
        ):
            assert bits(one) == bits(other)
            assert is_mapped(other)
            assert len(one) < len(held)


@given(parts=st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=6), most=st.integers(0, 9))
def test_a_growing_column_is_whole_wherever_it_lies(parts: list[list[int]], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch, growing.Growing(np.int32) as column:
        patch.setattr(growing, "MOST_HELD", most)
        for part in parts:
            column.write(np.array(part, np.int32))
        whole = column.whole()
    assert whole.tolist() == [number for part in parts for number in part]
    assert whole.dtype == np.int32
    assert isinstance(whole, np.memmap) == (len(whole) > most)


@pytest.mark.slow
def test_a_training_by_disk_publishes_the_same_files(tmp_path: Path, place: Path) -> None:
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("held", "large"):
            path = copy_sample(tmp_path / name)
            purchases = path.parent / "purchases.csv"
            lines = purchases.read_text(encoding="utf-8").splitlines(keepends=True)
            purchases.write_text("".join(lines[:1] + lines[-6000:]), encoding="utf-8")
            release = path.parent / "releases" / train(load_config(path)).name
            files = sorted(file for file in release.rglob("*") if file.is_file())
            found.append({str(f.relative_to(release)): f.read_bytes() for f in files})
            by_disk(patch, place)
    for files in found:
        del files["manifest.json"]  # says when it was made
    assert len(found[0]) > 50
    assert found[0] == found[1]


def test_lines_go_to_disk_once_they_outgrow_memory_and_not_before(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr("tempfile.tempdir", None)
    lines = "".join(f"C{n},P{n},2024-01-31,1,2,\n" for n in range(100))
    found = load_config(shop(tmp_path, HEAD + lines, 'memory = "256MB"'))
    for bytes_a_line, is_large in ((2_500_000, False), (2_600_000, True)):
        monkeypatch.setattr(gathering, "BYTES_A_LINE", bytes_a_line)
        assert is_mapped(read_tables(found).purchases) == is_large


def test_what_a_killed_reading_left_is_removed_and_what_another_needs_is_not(
    tmp_path: Path, place: Path
) -> None:
    left, young, used = (place / f"{scratch.PREFIX}{name}" for name in ("left", "young", "used"))
    for folder in (left, young, used):
        folder.mkdir()
        (folder / "lines.parquet").touch()
    for folder in (left, used):
        os.utime(folder, (0, 0))
    lock = os.open(used, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    read_both(load_config(shop(tmp_path, HEAD + "C1,P1,2024-01-31,1,1,\n")), place)
    assert sorted(place.iterdir()) == [used, young]
    os.close(lock)
    for folder in (used, young):
        os.utime(folder, (0, 0))
    read_both(load_config(tmp_path / "recommender.toml"), place)


def test_a_place_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = load_config(shop(tmp_path, HEAD + "C1,P1,2024-01-31,1,1,\n"))
    by_disk(monkeypatch, tmp_path)
    monkeypatch.setattr(scratch, "scratch_place", lambda: tmp_path / "nowhere")
    with pytest.raises(ReadWriteError, match=r"nowhere: cannot be written.*TMPDIR"):
        read_tables(found)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('"4 TB"', "write it as 4GB or 512MB"),
        ("4", "memory = 4"),
        ('"100MB"', "at least 256MB"),
    ],
)
def test_a_memory_that_is_none_is_told(asked: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(shop(tmp_path, HEAD, f"memory = {asked}"))
    assert "[purchases]" in str(caught.value)
    assert said in str(caught.value)


def test_too_little_memory_is_told(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_config(shop(tmp_path, HEAD + "C1,P1,2024-01-31,1,1,\n"))
    by_disk(monkeypatch, place)
    monkeypatch.setattr(sorting, "SHARE", 1e-7)
    with pytest.raises(RecommenderError, match=r"\[purchases\] memory is too little"):
        read_tables(found)
