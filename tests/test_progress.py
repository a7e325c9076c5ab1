"""How far long work is: never on stdout, a line now and then where nobody watches."""

from __future__ import annotations

import io
import sys

import pytest

from recommender.cli import progress
from recommender.cli.progress import in_words, shown


class Clock:
    """Two seconds go by with every look at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 2
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "time", Clock())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_away_from_a_terminal_there_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown("customers", 1000) as step:
        for _ in range(20):
            step(50)
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "customers: 50 of 1,000, about 2 min left"
    assert 2 <= len(lines) <= 4


def test_at_a_terminal_there_is_a_bar_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with shown("customers", 10) as step:
        step(5)
        step(5)
    assert "customers" in sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "100%" in sys.stderr.getvalue()  # type: ignore[attr-defined]


def test_work_that_is_soon_done_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SILENT_SECONDS", 3600.0)
    with shown("customers", 10) as step:
        step(5)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (89, "about 89 s"), (600, "about 10 min"), (9000, "about 2.5 h")],
)
def test_time_left_is_told_as_exactly_as_it_is_known(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
