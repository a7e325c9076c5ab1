"""Reading tells how far it is: over one line on a terminal, now and then in a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recommender.cli import counter
from recommender.cli.counter import Counter
from recommender.cli.main import run
from tests.malformed.shop import HEAD, shop


def test_a_terminal_shows_one_line_that_is_gone_in_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counter, "SECONDS_ON_A_TERMINAL", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Counter() as shown:
        shown("purchases", 65_536)
        shown("purchases", 131_072)
        shown.say("learning")
        shown("purchases", 200_000)
    said = capsys.readouterr().err
    # click leaves out what wipes a line where it sees no terminal
    lines = said.replace("\x1b[K", "")
    assert lines.startswith("\rpurchases: 65,536 rows\rpurchases: 131,072 rows\rlearning\n")
    assert lines.endswith("\rpurchases: 200,000 rows\r")


def test_a_pipe_gets_whole_lines_and_few(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = iter([0.0, 5.0, 10.0, 11.0, 20.5])
    monkeypatch.setattr(counter.time, "monotonic", lambda: next(moments))
    with Counter() as shown:
        for rows in (1_000, 2_000, 3_000, 4_000):
            shown("purchases sorted", rows)
    found = capsys.readouterr()
    assert found.err == "purchases sorted: 2,000 rows\npurchases sorted: 4,000 rows\n"
    assert not found.out


@pytest.mark.parametrize("command", ["check", "train", "tune"])
def test_commands_that_read_tell_it(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(counter, "SECONDS_IN_A_PIPE", 0.0)
    path = shop(tmp_path, HEAD + "C1,P1,2024-01-31,1,1,\n" * 3)
    run([command, "--config", str(path)])
    found = capsys.readouterr()
    assert "purchases: 3 rows\n" in found.err
    assert "3 rows" not in found.out
