"""The benchmark of growth, on sizes that take seconds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.scale import Measured, Size, growth
from benchmarks.watched import BEFORE, Stage, Watched, watch

THRIFTY = """
import sys, time
print("   0.0 s  little", file=sys.stderr, flush=True)
time.sleep(0.5)
print("a word in between", file=sys.stderr, flush=True)
print("   0.5 s  much", file=sys.stderr, flush=True)
time.sleep(0.3)  # or the look before the line is read meets some of the memory
held = bytearray(200_000_000)
time.sleep(0.5)
"""


def test_memory_is_that_of_the_stage_which_took_it() -> None:
    watched = watch([sys.executable, "-c", THRIFTY])
    assert [stage.name for stage in watched.stages] == [BEFORE, "little", "much"]
    _, little, much = watched.stages
    assert 180 < much.own_mb - little.own_mb < 220
    assert watched.own_mb == much.own_mb <= watched.resident_mb
    assert sum(stage.seconds for stage in watched.stages) == pytest.approx(watched.seconds)


def test_what_fails_ends_with_its_last_words() -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        watch([sys.executable, "-c", "raise ValueError('no such thing')"])


def run_of(cpu_seconds: float, own_mb: float) -> Watched:
    return Watched(cpu_seconds, cpu_seconds, (Stage(BEFORE, 1.0, cpu_seconds, own_mb, own_mb),))


def test_growth_is_told_against_the_size_before() -> None:
    small, large = (
        Measured(Size(*size), run_of(*train), run_of(1, 1), None, 1, 1, 1)
        for size, train in (((10, 5, 100), (2, 50)), ((40, 5, 300), (9, 60)))
    )
    assert list(growth([small, large]))[2] == "| 4.0, 1.0, 3.0 | train | 4.5 | 1.2 |"
    assert not list(growth([small]))


def test_the_real_commands_are_measured_and_told_as_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--sizes", "100x60x3000", "--stages", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["scale", *asked])
    scale.main()
    printed = capsys.readouterr().out
    for command in ("train", "cross-sell --all", "thirty lines"):
        assert f"| 100 x 60 x 3,000 | {command} |" in printed
    assert "| learning from everything |" in printed
    listed = (tmp_path / "100x60x3000" / "list.csv").read_text().splitlines()
    assert len({line.split(",")[0] for line in listed[1:]}) > 80
    assert len(list((tmp_path / "100x60x3000" / "releases").glob("*/manifest.json"))) == 1
