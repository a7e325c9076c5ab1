"""Columns of text and of ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.text import Ids, TextColumn

# what UTF-8 can hold: everything but half characters
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=12)
AWKWARD = ["00123", "1e5", "NA", "TRUE", "", " ", "Ä", "ä", "Z", "😀", "\x00", "null"]


@given(TEXTS)
def test_a_column_gives_back_the_texts_it_was_made_of(texts: list[str]) -> None:
    column = TextColumn.of(texts)
    assert list(column) == texts
    assert [column[i] for i in range(len(column))] == texts
    assert column[1:3] == texts[1:3]
    assert column[::-1] == texts[::-1]


def test_a_text_is_found_from_the_end_too() -> None:
    assert TextColumn.of(["a", "b", "c"])[-1] == "c"


@pytest.mark.parametrize("position", [3, -4])
def test_a_position_outside_is_an_index_error(position: int) -> None:
    with pytest.raises(IndexError, match=f"text {position} of 3"):
        TextColumn.of(["a", "b", "c"])[position]


def test_a_column_costs_its_bytes_and_says_so() -> None:
    assert repr(TextColumn.of(["ab", "ü"])) == "TextColumn(2 texts, 4 bytes)"


@pytest.mark.parametrize("ends", [[0, 1, 3], [1, 2, 2]])
def test_ends_that_do_not_cover_the_bytes_are_refused(ends: list[int]) -> None:
    with pytest.raises(ValueError, match="the last text ends at byte"):
        TextColumn(np.array(ends), np.zeros(2, np.uint8))


@given(TEXTS)
def test_an_id_is_found_where_it_stands(texts: list[str]) -> None:
    ids = Ids.of(texts)
    assert ids.is_sorted_and_unique()
    assert [ids.position(key) for key in ids] == list(range(len(ids)))
    assert set(ids) == set(texts)


@given(TEXTS, st.text(max_size=8))
def test_an_unknown_id_has_no_position(texts: list[str], key: str) -> None:
    ids = Ids.of(texts)
    assert (ids.position(key) is not None) == (key in texts)
    assert (key in ids) == (key in texts)


def test_awkward_ids_stay_as_they_are() -> None:
    ids = Ids.of(AWKWARD)
    assert set(ids) == set(AWKWARD)
    assert "0123" not in ids
    assert 123 not in ids


@given(TEXTS)
def test_the_order_in_which_ids_were_met_leaves_no_trace(texts: list[str]) -> None:
    met, again = Ids.of(texts), Ids.of(reversed(texts + texts))
    assert met.ends.tobytes() + met.content.tobytes() == again.ends.tobytes() + (
        again.content.tobytes()
    )


def test_half_a_character_is_nobodys_id() -> None:
    assert Ids.of(["a"]).position("\ud800") is None


@pytest.mark.parametrize("texts", [["b", "a"], ["a", "a"]])
def test_unsorted_or_repeated_ids_are_noticed(texts: list[str]) -> None:
    column = TextColumn.of(texts)
    assert not Ids(column.ends, column.content).is_sorted_and_unique()
