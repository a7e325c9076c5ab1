"""Numbers that do not make sense together are noticed, though every hash is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release import soundness
from recommender.release.contents import Contents
from recommender.release.soundness import check_soundness
from recommender.text import Ids, TextColumn
from tests.made_up_release import random_contents, shop_contents

Array = npt.NDArray[Any]
Change = Callable[[Array], Array]


def changed(column: str, change: Change) -> Contents:
    """The shop with one column, `part.column`, changed."""
    part_name, field = column.split(".")
    part = getattr(shop_contents(), part_name)
    wrong = change(getattr(part, field).copy())
    return replace(shop_contents(), **{part_name: replace(part, **{field: wrong})})


def put(position: int, value: float) -> Change:
    def change(column: Array) -> Array:
        column.flat[position] = value
        return column

    return change


def swapped(column: Array) -> Array:
    """The first two entries, which belong to one row."""
    column[[0, 1]] = column[[1, 0]]
    return column


def backwards(column: Array) -> Array:
    return column[::-1]


def shorter(column: Array) -> Array:
    return column[:-1]


def as_float(column: Array) -> Array:
    return column.astype(np.float64)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3, soundness.AT_ONCE]))
def test_sound_contents_pass(seed: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(soundness, "AT_ONCE", at_once)
        check_soundness(random_contents(seed))


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("bought.products", put(0, 99)),
        ("bought.products", put(0, -1)),
        ("bought.products", swapped),
        ("bought.products", as_float),
        ("bought.weights", shorter),
        ("bought.weights", put(3, np.nan)),
        ("bought.times", shorter),
        ("bought.last_day", shorter),
        ("bought.starts", put(0, 1)),
        ("bought.starts", put(-1, 3)),
        ("bought.starts", put(2, 10_000)),
        ("bought.starts", shorter),
        ("returned.starts", shorter),
        ("earlier.starts", put(-1, 1)),
        ("candidates.products", put(0, 99)),
        ("candidates.chance", shorter),
        ("candidates.chance", backwards),
        ("candidates.chance", put(0, 1.5)),
        ("candidates.chance", put(-1, -0.1)),
        ("candidates.chance", put(0, np.inf)),
        ("again.products", put(0, 99)),
        ("again.chance", shorter),
        ("again.chance", backwards),
        ("again.chance", put(0, 1.5)),
        ("fallback.popular", put(0, 99)),
        ("fallback.popular", shorter),
        ("fallback.popular_chance", backwards),
        ("fallback.segment_chance", shorter),
        ("fallback.segment_chance", backwards),
        ("fallback.segment_starts", put(1, 99)),
        ("model.customer_factors", put(5, np.nan)),
        ("model.customer_factors", shorter),
        ("model.product_factors", lambda c: c[:, :-1]),
        ("model.product_factors", np.ravel),
        ("model.product_factors", as_float),
        ("alike.peers", put(0, 62)),
        ("alike.peers", put(0, -2)),
        ("alike.peers", shorter),
        ("alike.peers", np.ravel),
        ("also_bought.products", put(0, 99)),
        ("also_bought.customers_both", shorter),
        ("also_bought.together", shorter),
        ("also_bought.similarity", put(0, np.nan)),
        ("customer_rhythms.lateness", put(0, 1.5)),
        ("customer_rhythms.lateness", put(-1, -0.5)),
        ("customers.segment_number", put(0, 2)),
        ("customers.segment_number", shorter),
        ("products.price", shorter),
        ("products.in_stock", lambda c: c.astype(np.int8)),
    ],
)
@pytest.mark.parametrize("at_once", [2, soundness.AT_ONCE])
def test_a_column_that_makes_no_sense_is_named(
    column: str, change: Change, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "AT_ONCE", at_once)
    part, _ = column.split(".")
    with pytest.raises(ValueError, match=rf"^{part}"):
        check_soundness(changed(column, change))


def with_names(names: TextColumn) -> Contents:
    products = replace(shop_contents().products, name=names)
    return replace(shop_contents(), products=products)


def text_bytes(text: str, *ends: int) -> TextColumn:
    """A column for the 21 products; those past `ends` are empty."""
    content = np.frombuffer(text.encode(), np.uint8)
    rest = [len(content)] * (22 - len(ends))
    return TextColumn(np.array([*ends, *rest]), content)


def test_texts_that_overlap_or_cut_a_character_are_noticed() -> None:
    assert len(shop_contents().products.ids) == 21
    check_soundness(with_names(text_bytes("äb", 0, 2)))
    with pytest.raises(ValueError, match=r"products\.name: a text begins within a character"):
        check_soundness(with_names(text_bytes("äb", 0, 1)))
    with pytest.raises(ValueError, match=r"products\.name: a text ends before it starts"):
        check_soundness(with_names(text_bytes("äb", 0, 3, 2)))


def test_bytes_that_are_no_text_are_noticed() -> None:
    wrong = TextColumn(np.array([0, *[1] * 21]), np.array([0xFF], np.uint8))
    with pytest.raises(ValueError, match=r"products\.name: is not UTF-8"):
        check_soundness(with_names(wrong))


@pytest.mark.parametrize("wrong", [lambda ids: ids[::-1], lambda ids: [ids[0], *ids[:-1]]])
def test_unsorted_or_repeated_ids_are_noticed(wrong: Callable[[list[str]], list[str]]) -> None:
    column = TextColumn.of(wrong(list(shop_contents().products.ids)))
    products = replace(shop_contents().products, ids=Ids(column.ends, column.content))
    with pytest.raises(ValueError, match=r"products\.ids: not sorted or not unique"):
        check_soundness(replace(shop_contents(), products=products))
