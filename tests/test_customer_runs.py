"""Lines in runs of whole customers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.assembly.habits import habits, last_orders
from recommender.assembly.lines import Lines
from recommender.matrix import runs
from recommender.matrix.returns import net_returns
from recommender.matrix.runs import customer_runs
from recommender.models.also_bought import count_together, find_also_bought
from recommender.models.models import learn
from tests.made_up import SETTINGS, purchases_of, shop_lines
from tests.made_up_release import shop_release


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 9))
def test_they_are_all_lines_and_part_no_customer(customers: list[int], most: int) -> None:
    rows = np.sort(np.array(customers, np.int32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "LINES", most)
        found = customer_runs(rows)
    parts = [rows[run].tolist() for run in found]
    assert [customer for part in parts for customer in part] == rows.tolist()
    assert len({c for part in parts for c in set(part)}) == sum(len(set(part)) for part in parts)
    # no longer than it takes: one customer more at most
    assert all(len(part) < most + rows.tolist().count(part[0]) for part in parts if part)


def test_what_is_counted_in_runs_is_counted_as_if_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    purchases = purchases_of(shop_lines(customers=60, days=200, seed=3))
    netted = net_returns(purchases)
    models = learn(purchases, SETTINGS, purchases.last_at + 1)
    lines, products = Lines.kept(netted), shop_release().products
    also_bought = find_also_bought(models.matrix.bought)

    def counted() -> list[list[float]]:
        last = last_orders(lines)
        parts = [last.starts, last.days, last.products, count_together(netted, also_bought)]
        if len(products.ids) >= len(purchases.products):
            parts += vars(habits(lines, products)).values()
        return [np.nan_to_num(part, nan=-1).tolist() for part in parts]

    at_once = counted()
    monkeypatch.setattr(runs, "LINES", 7)
    assert len(customer_runs(lines.customers)) > 20
    assert counted() == at_once
    assert any(at_once[3])
