"""The bytes of the usual list are what its JSON would have been encoded to."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.opening import Release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.plain import plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from recommender.text import TextColumn
from service.access.caller import Caller
from service.access.shown import shown
from service.api.plain_bytes import PlainBytes
from tests.test_plain import SEEDS, release_of, with_news


def encoded_differently(release: Release, wish: Wish, bytes_of: PlainBytes) -> list[str]:
    """Customers whose bytes differ, and a check that there are bytes to compare."""
    differing = []
    for row, customer_id in enumerate(release.customers.ids):
        plain = plain_list(release, row, wish, Facts())
        if plain is None:
            continue
        answer = suggestions_answer(release, suggest(release, customer_id, wish))
        for role in ("shop", "manager"):
            caller = Caller(role, role)  # type: ignore[arg-type]
            found = bytes_of.of(customer_id, wish.n, plain, with_values=caller.is_in_sales)
            if found != orjson.dumps(shown(answer, caller)):
                differing.append(customer_id)
    return differing


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


def test_what_is_kept_of_products_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.api.plain_bytes.PRODUCTS_KEPT", 3)
    release = release_of(1)
    bytes_of = PlainBytes(release)
    assert not encoded_differently(release, Wish(5), bytes_of)
    assert 0 < len(bytes_of._products) <= 3
    assert len(bytes_of._bought) <= 3
