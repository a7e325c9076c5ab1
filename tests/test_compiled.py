"""Compiled code that makes lists: loaded beside the service's first answers, done without it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.listing import making
from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.plain import plain
from recommender.suggest.plain.plain import plain_list
from recommender.suggest.suggestion import Wish
from service.compiled import load_beside
from tests.test_plain import release_of


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "_LOADED", {})


@pytest.fixture
def release() -> Release:
    return release_of(2)


def lists_read_off(release: Release) -> int:
    rows = range(len(release.customers.ids))
    return sum(plain_list(release, row, Wish(3), Facts()) is not None for row in rows)


def test_lists_are_read_off_once_it_is_loaded(release: Release, nothing_loaded: None) -> None:
    assert lists_read_off(release) == 0
    load_beside(release).join()
    assert lists_read_off(release) > 0


def test_without_a_folder_for_it_lists_are_worked_out_and_the_log_says_what_to_do(
    release: Release,
    nothing_loaded: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refused(*_: object) -> None:
        raise RuntimeError("cannot cache function\n 'plain_numbers': no locator")

    monkeypatch.setattr("recommender.suggest.plain.kernel.plain_numbers", refused)
    with caplog.at_level(logging.WARNING):
        load_beside(release).join()
    assert lists_read_off(release) == 0
    assert "(cannot cache function 'plain_numbers': no locator); let NUMBA_CACHE" in caplog.text


def test_a_service_that_starts_has_not_loaded_it(tmp_path: Path) -> None:
    """So that it is ready before."""
    found = subprocess.run(
        [sys.executable, "-c", "import sys, service.app; print('numba' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert found.stdout.strip() == "False"


def test_a_list_of_many_loads_it(
    release: Release, nothing_loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = making.Making(release, Wish(3), making.Selection(), Facts().consent)
    known = Facts()
    work.finished(making.Task(0, (0, 1), (known, known), ""))
    assert not plain._LOADED
    monkeypatch.setattr(making, "LISTS_BEFORE_COMPILED", 2)
    work.finished(making.Task(1, (0, 1), (known, known), ""))
    assert plain._LOADED
