"""Everyone asks at once while releases are exchanged; ten minutes of it is a benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mixed_load import under_load

pytestmark = [pytest.mark.slow, pytest.mark.alone]
MOST_GROWTH = 30.0
"""MB of two workers: caches fill in the first minutes, a leak of a request each would show."""


def test_nothing_fails_and_no_answer_mixes_two_releases(tmp_path: Path) -> None:
    seen = under_load(tmp_path, seconds=45, swap_every=6, rate=50, workers=2)
    assert seen.failed == []
    assert seen.mixed == []
    assert seen.swaps >= 4
    assert min(seen.asked[kind] for kind in ("list", "basket", "event", "outcome", "page")) > 20
    assert len(seen.releases) == 2, "from one of them nothing was answered"
    assert seen.growth < MOST_GROWTH
