"""What a group met is summed once; each thing then leaves itself out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.ranking.newcomers.evidence import same_group

GROUPS = st.lists(st.integers(-1, 3), min_size=1, max_size=25)


@given(GROUPS, st.integers(0, 2**32 - 1))
def test_sums_and_counts_are_those_of_all_others_of_the_group(groups: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    group = np.array(groups, np.int32)
    active = np.flatnonzero(random.random(len(group)) < 0.6).astype(np.int32)
    things = np.flatnonzero(random.random(len(group)) < 0.6).astype(np.int32)
    met = (random.random((len(active), 4)) < 0.4).astype(np.float32)
    found = same_group("trade", group, active, things)
    for row, thing in enumerate(things):
        alike = [
            place
            for place, other in enumerate(active)
            if other != thing and group[other] == group[thing] >= 0
        ]
        assert found.count[row] == len(alike)
        assert found.sums(sparse.csr_matrix(met))[row].tolist() == met[alike].sum(axis=0).tolist()
