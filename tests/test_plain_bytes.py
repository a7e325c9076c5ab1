"""The bytes of the usual list are what its JSON would have been encoded to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.opening import Release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.plain.plain import plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from recommender.text import TextColumn
from service.access.caller import Caller
from service.access.shown import shown
from service.api.plain_bytes import PlainBytes
from tests.test_plain import SEEDS, release_of, with_news


def encoded_differently(release: Release, wish: Wish, bytes_of: PlainBytes) -> list[str]:
    """Customers whose bytes differ."""
    found = encoded(release, wish, bytes_of)
    return [customer_id for customer_id, is_same in found if is_same is False]


def encoded(
    release: Release, wish: Wish, bytes_of: PlainBytes
) -> Iterator[tuple[str, bool | None]]:
    """Every customer that has such a list, and whether its bytes are the same; None without any."""
    for row, customer_id in enumerate(release.customers.ids):
        plain = plain_list(release, row, wish, Facts())
        if plain is None:
            continue
        answer = suggestions_answer(release, suggest(release, customer_id, wish))
        for role in ("shop", "manager"):
            caller = Caller(role, role)  # type: ignore[arg-type]
            found = bytes_of.of(customer_id, wish.n, plain, with_values=caller.is_in_sales)
            same = orjson.dumps(shown(answer, caller))
            yield customer_id, None if found is None else found == same


@given(SEEDS, st.integers(1, 12))
def test_they_are_those_of_the_answer(seed: int, n: int) -> None:
    release = release_of(seed)
    assert not encoded_differently(release, Wish(n), PlainBytes(release))
    now = with_news(release, seed)
    assert not encoded_differently(now, Wish(n), PlainBytes(now))


def test_names_that_must_be_escaped_are() -> None:
    release = release_of(1)
    products = release.products
    names = TextColumn.of(f'{n} "Müller" \\ % %b \n é' for n in range(len(products.ids)))
    contents = replace(release.contents, products=replace(products, name=names))
    odd = replace(release, contents=contents)
    assert not encoded_differently(odd, Wish(5), PlainBytes(odd))


def with_amounts(release: Release, chances: list[float], spend: list[float]) -> Release:
    """Its candidates with these chances, one after the other, and its products with this spend."""
    candidates, products = release.candidates, release.products
    chance = np.resize(np.array(chances, np.float32), len(candidates.chance))
    contents = replace(
        release.contents,
        candidates=replace(candidates, chance=chance),
        products=replace(products, spend=np.resize(np.array(spend), len(products.spend))),
    )
    return replace(release, contents=contents)


@given(
    SEEDS,
    st.lists(st.one_of(st.floats(0, 1), st.floats(0, 1.5e-4)), min_size=1),
    st.lists(
        st.one_of(
            st.floats(0, 1e7), st.sampled_from([math.nan, 0.0, 0.01, 1e5, 1e9, 1e300, math.inf])
        ),
        min_size=1,
    ),
)
def test_amounts_are_written_as_the_encoder_does(
    seed: int, chances: list[float], spend: list[float]
) -> None:
    release = with_amounts(release_of(seed), chances, spend)
    assert not encoded_differently(release, Wish(4), PlainBytes(release))


def test_amounts_of_every_day_are_written_by_the_kernel() -> None:
    chances = [millionths / 1e6 for millionths in range(1, 200)] + [0.01, 0.25, 0.999999]
    for spend in ([math.nan], [0.0], [0.01, 3.5, 199.99, 12_345.6]):
        release = with_amounts(release_of(1), chances, spend)
        found = [same for _, same in encoded(release, Wish(3), PlainBytes(release))]
        assert found
        assert all(found)


def test_what_is_kept_of_products_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    release = release_of(2)
    roomy = PlainBytes(release)
    assert all(same for _, same in encoded(release, Wish(5), roomy))
    with monkeypatch.context() as patch:
        patch.setattr("service.api.plain_bytes.WRITTEN", 7)
        assert all(same for _, same in encoded(release, Wish(5), PlainBytes(release)))
    monkeypatch.setattr("service.api.plain_bytes.ROOM", roomy._used // 2)
    narrow = PlainBytes(release)
    found = [same for _ in range(2) for _, same in encoded(release, Wish(5), narrow)]
    assert True in found
    assert False not in found
    assert len(narrow._pool) == roomy._used // 2
    monkeypatch.setattr("service.api.plain_bytes.ROOM", 10)
    assert None in {same for _, same in encoded(release, Wish(5), PlainBytes(release))}
