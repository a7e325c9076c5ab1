"""The usual list, read off a release, is the one that is worked out in full."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.assembly.evidence import evidence_of
from recommender.release.changes import ToldProduct, changed
from recommender.release.opening import Release
from recommender.suggest import suggest as asked
from recommender.suggest.facts import Facts
from recommender.suggest.plain.kernel import _round
from recommender.suggest.plain.plain import load_kernel, plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from tests.made_up_release import ALPHA, REGULARIZATION, in_memory, random_contents, shop_release
from tests.test_evidence import Without

SEEDS = st.integers(0, 2**32 - 1)


def release_of(seed: int) -> Release:
    contents = random_contents(seed)
    release = in_memory(replace(contents, evidence=evidence_of(contents, ALPHA, REGULARIZATION)))
    load_kernel(release)
    return release


def with_news(release: Release, seed: int) -> Release:
    """A third of the products dearer, out of stock, back in stock, or not offered at all."""
    random = np.random.default_rng(seed)
    ids = list(release.products.ids)
    told = [
        ToldProduct(
            product_id,
            in_stock=bool(random.random() < 0.5),
            price=float(random.lognormal(3, 1)),
            active=bool(random.random() < 0.5),
        )
        for product_id in random.choice(ids, len(ids) // 3, replace=False).tolist()
    ]
    return changed(release, told)


def worked_out(
    release: Release, customer_id: str, wish: Wish, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(asked, "plain_list", lambda *_: None)
        found = suggest(release, customer_id, wish, facts)
    return found, found.held


@given(SEEDS, st.integers(1, 12), st.booleans(), st.integers(0, 3))
def test_it_is_the_list_that_is_worked_out(
    seed: int, n: int, products_changed: bool, refused: int
) -> None:
    release = release_of(seed)
    if products_changed:
        release = with_news(release, seed)
    facts = Facts()
    if refused:
        facts = Facts(consent=Without(frozenset(release.customers.ids[1 : 1 + refused])))
    with pytest.MonkeyPatch.context() as monkeypatch:
        for customer_id in release.customers.ids:
            found = suggest(release, customer_id, Wish(n), facts)
            full = worked_out(release, customer_id, Wish(n), facts, monkeypatch)
            assert (found, found.held) == full


def test_most_customers_of_a_shop_get_their_list_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = shop_release().contents
    release = in_memory(replace(contents, evidence=evidence_of(contents, ALPHA, REGULARIZATION)))
    load_kernel(release)
    whole = asked.plain_list
    found = []

    def counted(*given: object) -> object:
        found.append(whole(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(asked, "plain_list", counted)
    for customer_id in release.customers.ids:
        suggest(release, customer_id, Wish(3))
    assert sum(plain is not None for plain in found) > len(found) / 2


@given(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=False, max_value=1e30, min_value=-1e30),
        st.integers(0, 10**9).map(lambda whole: whole / 10**7),
        st.floats(0, 1, width=32),
    ),
    st.sampled_from([2, 6]),
)
def test_numbers_are_rounded_as_python_does(number: float, digits: int) -> None:
    amounts = np.array([[number]])
    is_rounded = _round(amounts, 0, 0, 10.0**digits)
    assert repr(float(amounts[0, 0])) == repr(round(number, digits) if is_rounded else number)


def test_numbers_in_use_are_rounded_by_the_kernel() -> None:
    for whole in range(1, 10**6, 997):
        assert _round(np.array([[whole / 10**6 + 1e-7]]), 0, 0, 1e6)
    assert _round(np.array([[0.0]]), 0, 0, 1e2)
    assert not _round(np.array([[-0.0]]), 0, 0, 1e2)


def test_what_was_told_or_asked_is_left_to_the_full_way() -> None:
    assert Wish(3).is_plain
    assert not Wish(3, category="Blades").is_plain
    assert not Wish(3, rank_by="value").is_plain
    assert not Wish(3, explained=False).is_plain
    assert not Wish(3, kinds=frozenset({"new"})).is_plain
    assert not Facts().is_told


def test_numbers_beyond_the_catalogue_are_not_followed() -> None:
    release = release_of(2)
    rows = range(len(release.customers.ids))
    whole = [plain_list(release, row, Wish(3), Facts()) is not None for row in rows]
    assert any(whole)
    far = np.int32(2**30)
    for part, column in (
        ("candidates", "products"),
        ("bought", "products"),
        ("evidence", "first"),
        ("evidence", "second"),
    ):
        kept = getattr(release.contents, part)
        spoilt = replace(kept, **{column: np.full_like(getattr(kept, column), far)})
        broken = replace(release, contents=replace(release.contents, **{part: spoilt}))
        found = [plain_list(broken, row, Wish(3), Facts()) for row in rows]
        assert all(plain is None or not len(plain.numbers) for plain in found)
