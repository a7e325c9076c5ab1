"""Publishing: whatever goes wrong, the live release stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recommender.errors import BusyError, ReadWriteError
from recommender.release import publish as publishing
from recommender.release.manifest import MANIFEST, sha256_of
from recommender.release.opening import open_release
from recommender.release.publish import make_current, training_lock
from recommender.release.shelf import CURRENT, LOCK, UNFINISHED, Shelf
from tests.made_up_release import published, random_contents


def contents_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_published_release_is_the_live_one(tmp_path: Path) -> None:
    name = published(tmp_path, random_contents(1))
    assert Shelf(tmp_path).names() == [name]
    assert Shelf(tmp_path).current_name() == name
    assert (tmp_path / CURRENT).read_text() == f"{name}\n"


def test_the_manifest_covers_every_file_with_its_hash(tmp_path: Path) -> None:
    name = published(tmp_path, random_contents(1), **{"report.json": b"{}"})
    files = json.loads((tmp_path / name / MANIFEST).read_text())["files"]
    assert {*files, MANIFEST} == {file.name for file in (tmp_path / name).iterdir()}
    for file_name, described in files.items():
        path = tmp_path / name / file_name
        assert described["sha256"] == sha256_of(path)
        assert described["bytes"] == path.stat().st_size


def test_the_same_contents_give_the_same_files_and_the_same_hash_in_the_name(
    tmp_path: Path,
) -> None:
    one, other = (published(tmp_path, random_contents(1)) for _ in range(2))
    assert one != other
    assert one.rpartition("-")[2] == other.rpartition("-")[2]
    first, second = contents_of(tmp_path / one), contents_of(tmp_path / other)
    assert first.pop(MANIFEST) != second.pop(MANIFEST)
    assert first == second


def test_a_release_knows_its_parent(tmp_path: Path) -> None:
    names = [published(tmp_path, random_contents(i)) for i in range(2)]
    assert open_release(tmp_path, names[0]).manifest.parent is None
    assert open_release(tmp_path, names[1]).manifest.parent == names[0]


def test_names_sort_by_time_even_within_a_second_and_after_a_clock_ran_ahead(
    tmp_path: Path,
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    (tmp_path / f"{ahead:%Y%m%dT%H%M%SZ}-0000").mkdir()
    names = [published(tmp_path, random_contents(1)) for _ in range(3)]
    assert names == sorted(set(names))
    assert Shelf(tmp_path).names()[1:] == names


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_last_releases_are_kept(tmp_path: Path, keep: int) -> None:
    names = [published(tmp_path, random_contents(i), keep) for i in range(4)]
    assert Shelf(tmp_path).names() == names[-keep:]
    assert Shelf(tmp_path).current_name() == names[-1]


def test_the_live_release_is_never_dropped_though_it_is_the_oldest(tmp_path: Path) -> None:
    names = [published(tmp_path, random_contents(i)) for i in range(3)]
    make_current(tmp_path, names[0])
    publishing._drop_old(Shelf(tmp_path), keep=1)
    assert Shelf(tmp_path).names() == [names[0]]


def test_going_back_is_a_swap_of_one_file(tmp_path: Path) -> None:
    names = [published(tmp_path, random_contents(i)) for i in range(2)]
    make_current(tmp_path, names[0])
    assert open_release(tmp_path).name == names[0]
    assert Shelf(tmp_path).names() == names
    assert not list(tmp_path.glob("*.new"))


def test_what_a_killed_training_left_behind_is_swept(tmp_path: Path) -> None:
    left = tmp_path / f"{UNFINISHED}999"
    left.mkdir()
    (left / "half.npy").write_bytes(b"half")
    (tmp_path / f"{CURRENT}.new").write_text("half a na")
    assert Shelf(tmp_path).names() == []
    name = published(tmp_path, random_contents(1))
    assert {path.name for path in tmp_path.iterdir()} == {name, CURRENT, LOCK}


@pytest.mark.parametrize(
    "step", ["write_files", "_new_name", "flush_folder", "make_current", "write_flushed"]
)
def test_a_disk_that_fails_at_any_step_leaves_the_live_release_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = published(tmp_path, random_contents(1))
    files = contents_of(tmp_path / before)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(publishing, step, fails)
        with pytest.raises(ReadWriteError, match="No space left on device; the live one stays"):
            published(tmp_path, random_contents(2))
    assert open_release(tmp_path).name == before
    assert contents_of(tmp_path / before) == files
    assert open_release(tmp_path, published(tmp_path, random_contents(2)))
    assert not list(tmp_path.glob(f"{UNFINISHED}*"))


def test_an_old_release_that_cannot_be_removed_does_not_undo_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise OSError(13, "Permission denied")

    old = published(tmp_path, random_contents(1))
    monkeypatch.setattr(publishing.shutil, "rmtree", fails)
    with pytest.raises(ReadWriteError, match=f"is live now, but the old release {old} cannot be"):
        published(tmp_path, random_contents(2), keep=1)
    assert open_release(tmp_path).manifest.parent == old


def test_what_would_not_open_again_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: object) -> None:
        raise ValueError("bought.products: do not ascend within a row")

    before = published(tmp_path, random_contents(1))
    monkeypatch.setattr(publishing, "check_soundness", refuses)
    with pytest.raises(ValueError, match="do not ascend"):
        published(tmp_path, random_contents(2))
    assert Shelf(tmp_path).names() == [before]


def test_a_second_training_is_turned_away(tmp_path: Path) -> None:
    turned_away = pytest.raises(BusyError, match="another training is running")
    with training_lock(tmp_path), turned_away, training_lock(tmp_path):
        pass
    with training_lock(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_an_error_for_people(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReadWriteError, match="cannot be written"), training_lock(tmp_path / "file"):
        pass


HOLDER = """
import sys, time
from pathlib import Path
from recommender.release.publish import training_lock
with training_lock(Path(sys.argv[1])):
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.mark.fault
def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(BusyError), training_lock(tmp_path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with training_lock(tmp_path):
        pass


@pytest.mark.parametrize("name", ["notes.txt", "20261399", "20260101T000000Z", ".unfinished-7"])
def test_other_files_in_the_folder_are_no_releases(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert Shelf(tmp_path).names() == []
    assert Shelf(tmp_path).current_name() is None


def test_a_stray_file_named_like_a_release_is_none(tmp_path: Path) -> None:
    (tmp_path / "20260101T000000Z-abcd").write_text("not a folder")
    assert Shelf(tmp_path).names() == []
