"""Sums of the board go over the fewer customers, and are those of all that count."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.release.opening import open_release
from service.sales.board.entries import BoardEntries
from tests.test_board import publish_board


@pytest.mark.parametrize("share", [0.0, 0.2, 0.8, 1.0])
def test_sums_are_those_of_every_customer_that_counts(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    folder = tmp_path_factory.mktemp("releases")
    publish_board(folder)
    release = open_release(folder)
    entries, part = BoardEntries.of(release), release.contents.potential
    counted = np.random.default_rng(3).random(len(release.customers.ids)) < share
    actual, gap, with_gap = entries.totals(counted)
    expected: dict[str, list[float]] = {name: [0.0, 0.0, 0] for name in entries.categories}
    for row in np.flatnonzero(counted).tolist():
        for entry in range(part.starts[row], part.starts[row + 1]):
            sums = expected[release.category_names[int(part.categories[entry])]]
            missing = part.expected[entry] - part.actual[entry]
            has_gap = bool(part.low[entry] > part.actual[entry])
            sums[0] += part.actual[entry]
            sums[1] += missing if has_gap else 0.0
            sums[2] += has_gap
    found = {name: [actual[i], gap[i], with_gap[i]] for i, name in enumerate(entries.categories)}
    assert found.keys() == expected.keys()
    for name, sums in expected.items():
        assert found[name] == pytest.approx(sums)
    assert not actual[[not any(expected[name]) for name in entries.categories]].any()
