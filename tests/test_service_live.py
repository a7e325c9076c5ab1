"""The release in use: opened at start, exchanged while running, never lost."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recommender.errors import BrokenReleaseError, UnknownReleaseError
from recommender.release.publish import make_current
from service.app import create_app
from service.live import InUse, LiveRelease, bring_into_use
from service.settings import Settings
from tests.callers import client_of
from tests.small_release import publish_small_release, small_contents, with_names


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    publish_small_release(tmp_path / "releases")
    return tmp_path / "releases"


def publish_broken_release(releases: Path) -> str:
    name = publish_small_release(releases)
    (releases / name / "products.price.npy").write_bytes(b"not what was published")
    return name


def test_without_a_release_the_service_says_to_train_first(tmp_path: Path) -> None:
    with pytest.raises(UnknownReleaseError, match="recommender train"):
        create_app(Settings(releases_directory=tmp_path, folder=tmp_path))


def test_a_broken_release_is_refused_at_start(releases: Path) -> None:
    publish_broken_release(releases)
    with pytest.raises(BrokenReleaseError):
        create_app(Settings(releases_directory=releases, folder=releases.parent))


def test_a_new_release_is_taken_into_use(releases: Path) -> None:
    live = LiveRelease(releases, verified=True)
    before = live.in_use
    live.look()
    assert live.in_use is before
    name = publish_small_release(releases, with_names(small_contents(), " II"))
    live.look()
    assert live.in_use.release.name == name
    assert before.release.products.name[0] == "Band saw blade <i>fine</i>"


def test_who_looks_while_another_opens_the_release_waits_for_it(
    releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveRelease(releases, verified=True)
    name = publish_small_release(releases, with_names(small_contents(), " II"))
    is_opening, may_go_on = threading.Event(), threading.Event()

    def slowly(folder: Path, *, verified: bool, locale: str) -> InUse:
        is_opening.set()
        assert may_go_on.wait(30)
        return bring_into_use(folder, verified=verified, locale=locale)

    monkeypatch.setattr("service.live.bring_into_use", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(live.look)
        assert is_opening.wait(30)
        second = pool.submit(live.look)
        with pytest.raises(TimeoutError):
            second.result(0.2)
        may_go_on.set()
        second.result(30)
        assert live.in_use.release.name == name
        first.result(30)


def test_a_broken_new_release_leaves_the_old_one_in_use(
    releases: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveRelease(releases, verified=True)
    old = live.in_use
    publish_broken_release(releases)
    with caplog.at_level(logging.INFO):
        live.look()
        live.look()
    assert live.in_use is old
    assert live.warning
    assert str(releases) not in live.warning
    assert [r.levelname for r in caplog.records] == ["ERROR"]
    assert "products.price.npy" in caplog.text


def test_a_release_that_cannot_answer_is_not_taken_into_use(
    releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveRelease(releases, verified=True)
    old = live.in_use

    def fail(*_: object) -> None:
        raise KeyError("what the manifest lacks")

    monkeypatch.setattr("service.live.suggest", fail)
    publish_small_release(releases)
    live.look()
    assert live.in_use is old
    assert live.warning
    with pytest.raises(BrokenReleaseError, match=r"cannot answer.*what the manifest lacks"):
        LiveRelease(releases, verified=True)


def test_going_back_to_the_release_in_use_clears_the_warning(releases: Path) -> None:
    live = LiveRelease(releases, verified=True)
    good = live.in_use
    publish_broken_release(releases)
    live.look()
    make_current(releases, good.release.name)
    live.look()
    assert live.warning is None
    assert live.in_use is good


def test_a_lost_folder_does_not_stop_the_service(releases: Path) -> None:
    live = LiveRelease(releases, verified=True)
    releases.rename(releases.with_name("away"))
    live.look()
    assert live.warning
    assert live.in_use.release.products.name[0]


def test_ready_stays_200_and_warns(releases: Path) -> None:
    app = create_app(Settings(releases_directory=releases, folder=releases.parent))
    with client_of(app) as client:
        assert client.get("/health/ready").json()["warning"] is None
        publish_broken_release(releases)
        app.state.live.look()
        answer = client.get("/health/ready")
        assert answer.status_code == 200
        assert "cannot be used" in answer.json()["warning"]
        assert client.get("/v1/customers/C01/suggestions").status_code == 200


def test_the_watcher_notices_by_itself(releases: Path) -> None:
    app = create_app(Settings(releases_directory=releases, folder=releases.parent))
    with client_of(app) as client:
        name = publish_small_release(releases, with_names(small_contents(), " II"))
        until = time.monotonic() + 4
        while client.get("/v1/release").json()["name"] != name:
            assert time.monotonic() < until, "the watcher did not notice the new release"
            time.sleep(0.05)


def test_the_running_service_imports_nothing_that_only_training_needs(releases: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from service.settings import Settings
import service.serve
from tests.callers import service_of
releases = Path({str(releases)!r})
with service_of(Settings(releases_directory=releases, folder=releases.parent)) as client:
    for address in ("/", "/customers", "/customers/C01", "/products/B1", "/docs",
                    "/v1/customers/C01/suggestions"):
        assert client.get(address).status_code == 200, address
# numba imports scipy's own module, and none of what is in it
print(sorted({{"pandas", "implicit", "pyarrow", "scipy.sparse"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
