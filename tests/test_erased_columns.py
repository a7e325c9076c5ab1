"""A release without one customer: sound, and everyone else's answers stay."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from recommender.assembly.channels import order_channels
from recommender.assembly.lines import Lines
from recommender.release.contents import Alike, Contents
from recommender.release.evidence import no_evidence
from recommender.release.observed import Favourites, Habits, LastOrders, OrderChannels
from recommender.release.opening import open_release
from recommender.release.rewriting import without_customer
from recommender.release.soundness import check_soundness
from recommender.suggest.suggest import suggest
from recommender.tables.channels import Channels
from recommender.text import TextColumn
from tests.small_release import publish_small_release, small_contents


@pytest.mark.parametrize("customer_id", ["00123", "C05", "P1", "A 1/ü&50%"])
def test_what_is_left_is_sound_and_lacks_the_customer(customer_id: str) -> None:
    contents = small_contents()
    left = without_customer(contents, row_of(contents, customer_id))
    check_soundness(left)
    assert list(left.customers.ids) == [k for k in contents.customers.ids if k != customer_id]


def test_everyone_else_keeps_its_rows(tmp_path: Path) -> None:
    contents = small_contents()
    publish_small_release(tmp_path / "old", contents)
    left = without_customer(contents, row_of(contents, "C05"))
    publish_small_release(tmp_path / "new", left)
    old, new = open_release(tmp_path / "old"), open_release(tmp_path / "new")
    for customer_id in new.customers.ids:
        before, after = row_of(old.contents, customer_id), row_of(new.contents, customer_id)
        assert old.customers.name[before] == new.customers.name[after]
        assert old.customers.portrait[before] == new.customers.portrait[after]
        assert np.array_equal(entries(old.contents, before), entries(new.contents, after))
        found, wanted = suggest(new, customer_id), suggest(old, customer_id)
        assert [(s.product_id, s.chance) for s in found.suggestions] == [
            (s.product_id, s.chance) for s in wanted.suggestions
        ]


def test_peers_close_up_and_are_renumbered() -> None:
    peers = np.array([[2, 1, 3], [0, 2, 3], [1, 0, -1], [2, 0, -1]], np.int32)
    contents = replace(small_contents(), alike=Alike(peers), **no_evidence(4))
    left = without_customer(contents, 1).alike.peers
    assert left.tolist() == [[1, 2, -1], [0, -1, -1], [1, 0, -1]]
    assert left.dtype == np.int32


def test_what_was_observed_of_others_stays_theirs() -> None:
    contents = small_contents()
    size = len(contents.customers.ids)
    one_each, numbers = np.arange(size + 1), np.arange(size, dtype=np.int32)
    shares = numbers.astype(np.float32)
    names = TextColumn.of(f"category {row}" for row in range(size))
    favourites = Favourites(names, one_each, numbers, numbers, shares, shares)
    habits = Habits(shares, shares, shares, numbers, shares, numbers)
    last_orders = LastOrders(one_each, numbers, np.zeros(size, np.int32))
    watched = {"favourite_brands": favourites, "habits": habits, "last_orders": last_orders}
    left = without_customer(replace(contents, **watched), 5)
    check_soundness(left)
    others = [row for row in range(size) if row != 5]
    assert left.habits.orders.tolist() == others
    assert left.last_orders.days.tolist() == others
    assert left.favourite_brands.lines.tolist() == others
    found = [left.favourite_brands.names[n] for n in left.favourite_brands.numbers]
    assert found == [f"category {row}" for row in others]


def test_a_channel_that_only_the_erased_one_used_is_forgotten_by_name() -> None:
    contents = small_contents()
    size = len(contents.customers.ids)
    numbers = np.array([1] + [0, 2] * size, np.int32)[:size]
    channels = OrderChannels(
        TextColumn.of(["phone", "visits to Huber", "web"]),
        np.arange(size + 1),
        numbers,
        np.arange(size, dtype=np.int32),
    )
    left = without_customer(replace(contents, order_channels=channels), 0)
    check_soundness(left)
    assert b"Huber" not in left.order_channels.names.content.tobytes()
    found = [left.order_channels.names[n] for n in left.order_channels.numbers]
    assert found == [channels.names[int(n)] for n in numbers[1:]]
    assert left.order_channels.orders.tolist() == list(range(1, size))


def test_a_channel_of_somebody_who_is_left_out_is_not_kept() -> None:
    names = TextColumn.of(["portal of the one left out", "web"])
    one = np.zeros(1, np.int32)
    part = order_channels(Lines(one, one, one, Channels(names, one + 1), 1))
    assert (list(part.names), part.numbers.tolist()) == (["web"], [0])


def test_a_part_that_nobody_described_is_not_kept_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recommender.release.rewriting.RAGGED", frozenset({"bought"}))
    with pytest.raises(TypeError, match="taken out of returned"):
        without_customer(small_contents(), 0)


def test_no_column_of_customers_keeps_its_length() -> None:
    contents = small_contents()
    left = without_customer(contents, 0)
    same = {
        part.name
        for part in fields(Contents)
        if all(
            len(a) == len(b)
            for a, b in zip(
                vars(getattr(contents, part.name)).values(),
                vars(getattr(left, part.name)).values(),
                strict=True,
            )
        )
    }
    assert same == {"products", "fallback", "also_bought", "attributes"}


def row_of(contents: Contents, customer_id: str) -> int:
    row = contents.customers.ids.position(customer_id)
    assert row is not None
    return row


def entries(contents: Contents, row: int) -> np.ndarray:
    parts = [
        (contents.bought.starts, contents.bought.weights),
        (contents.candidates.starts, contents.candidates.chance),
        (contents.again.starts, contents.again.products),
        (np.arange(len(contents.customers.ids) + 1), contents.model.customer_factors[:, 0]),
    ]
    return np.concatenate([column[starts[row] : starts[row + 1]] for starts, column in parts])
