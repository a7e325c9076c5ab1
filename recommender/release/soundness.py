"""Whether the numbers of a release make sense together; a hash cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recommender.release.columns import Array
from recommender.release.contents import Contents, Numbers, Starts
from recommender.release.evidence import COUNT_ANEW
from recommender.release.forms import check_forms
from recommender.text import Ids

AT_ONCE = 4_000_000
"""Entries: the candidates of a million customers all at once would take 1.8 GB."""


def check_soundness(contents: Contents) -> None:
    """Raises ValueError that names the column at fault."""
    check_forms(contents)
    customers, products = len(contents.customers.ids), len(contents.products.ids)
    _ids_are_unique(contents.customers.ids, "customers.ids")
    _ids_are_unique(contents.products.ids, "products.ids")
    _columns_have_one_length(contents.customers, customers, "customers")
    _columns_have_one_length(contents.products, products, "products")
    _columns_have_one_length(contents.attributes, products, "attributes")
    for name in ("habits", "customer_rhythms", "sizes", "lifetime", "stakes"):
        _columns_have_one_length(getattr(contents, name), customers, name)
    _stakes_are_not_negative(contents)
    _favourites_are_whole(contents, customers)
    _channels_are_whole(contents, customers)
    _potential_is_whole(contents, customers)
    _regular_stands_beside_its_rhythm(contents)
    _evidence_is_of_candidates(contents, customers, products)
    for name, starts, numbers, rows in _ragged(contents, customers, products):
        _rows_are_whole(name, starts, numbers, rows)
        _points_inside(name, numbers, products, least=0)
    _points_inside("stakes.first", contents.stakes.first, products, least=-1)
    _points_inside("alike.peers", contents.alike.peers, customers, least=-1)
    _points_inside("fallback.popular", contents.fallback.popular, products, least=0)
    segments = len(contents.fallback.segments)
    _points_inside(
        "customers.segment_number", contents.customers.segment_number, segments, least=-1
    )
    _entries_fit(contents)
    _rows_are_ordered(contents)
    _shapes_fit(contents, customers, products)


def _ragged(c: Contents, customers: int, products: int) -> list[tuple[str, Starts, Numbers, int]]:
    return [
        ("bought", c.bought.starts, c.bought.products, customers),
        ("returned", c.returned.starts, c.returned.products, customers),
        ("earlier", c.earlier.starts, c.earlier.products, customers),
        ("candidates", c.candidates.starts, c.candidates.products, customers),
        ("again", c.again.starts, c.again.products, customers),
        ("last_orders", c.last_orders.starts, c.last_orders.products, customers),
        ("product_rhythms", c.product_rhythms.starts, c.product_rhythms.products, customers),
        ("also_bought", c.also_bought.starts, c.also_bought.products, products),
        (
            "fallback.segment",
            c.fallback.segment_starts,
            c.fallback.segment_products,
            len(c.fallback.segments),
        ),
    ]


def _ids_are_unique(ids: Ids, name: str) -> None:
    if not ids.is_sorted_and_unique():
        raise ValueError(f"{name}: not sorted or not unique")


def _columns_have_one_length(part: object, length: int, name: str) -> None:
    for column, values in vars(part).items():
        if len(values) != length:
            raise ValueError(f"{name}.{column}: {len(values)} values for {length} ids")


def _rows_are_whole(name: str, starts: Starts, numbers: Numbers, rows: int) -> None:
    if len(starts) != rows + 1 or starts[0] != 0 or starts[-1] != len(numbers):
        raise ValueError(f"{name}.starts: does not cut {len(numbers)} entries into {rows} rows")
    if (np.diff(starts) < 0).any():
        raise ValueError(f"{name}.starts: runs backwards")


def _favourites_are_whole(c: Contents, customers: int) -> None:
    for name, part in (
        ("favourite_categories", c.favourite_categories),
        ("favourite_brands", c.favourite_brands),
        ("favourite_values", c.favourite_values),
    ):
        _rows_are_whole(name, part.starts, part.numbers, customers)
        _points_inside(f"{name}.numbers", part.numbers, len(part.names), least=0)
        if not len(part.numbers) == len(part.lines) == len(part.share) == len(part.lift):
            raise ValueError(f"{name}: columns of different lengths")
    if len(c.favourite_values.attributes) != len(c.favourite_values.names):
        raise ValueError("favourite_values.attributes: not one for each value")


def _channels_are_whole(c: Contents, customers: int) -> None:
    part = c.order_channels
    _rows_are_whole("order_channels", part.starts, part.numbers, customers)
    _points_inside("order_channels.numbers", part.numbers, len(part.names), least=0)


def _stakes_are_not_negative(c: Contents) -> None:
    for name in ("offers", "chances", "offer_value", "churn_value"):
        if (getattr(c.stakes, name) < 0).any():
            raise ValueError(f"stakes.{name}: below 0")


def _potential_is_whole(c: Contents, customers: int) -> None:
    categories = int(c.products.category_number.max(initial=-1)) + 1
    _rows_are_whole("potential", c.potential.starts, c.potential.categories, customers)
    _points_inside("potential.categories", c.potential.categories, categories, least=0)


def _regular_stands_beside_its_rhythm(c: Contents) -> None:
    """Entry by entry; none at all in what was made before there were chances."""
    rhythms, regular = c.product_rhythms, c.regular
    expected = rhythms.starts if len(regular.chance) else np.zeros_like(rhythms.starts)
    if not np.array_equal(regular.starts, expected):
        raise ValueError("regular.starts: are not those of product_rhythms")
    if len(regular.chance) != regular.starts[-1]:
        raise ValueError(f"regular.chance: {len(regular.chance)} for {regular.starts[-1]} entries")


def _evidence_is_of_candidates(c: Contents, customers: int, products: int) -> None:
    part = c.evidence
    _rows_are_whole("evidence", part.starts, part.first, customers)
    if (np.diff(part.starts) > np.diff(c.candidates.starts)).any():
        raise ValueError("evidence.starts: more entries than candidates")
    for name in ("first", "second"):
        _points_inside(f"evidence.{name}", getattr(part, name), products, least=-1)
    if part.peers_bought.size and part.peers_bought.min() < COUNT_ANEW:
        raise ValueError(f"evidence.peers_bought: {part.peers_bought.min()} below {COUNT_ANEW}")


def _points_inside(name: str, numbers: Numbers, size: int, *, least: int) -> None:
    if numbers.size and (numbers.min() < least or numbers.max() >= size):
        raise ValueError(f"{name}: {numbers.min()}..{numbers.max()} outside {least}..{size - 1}")


def _entries_fit(c: Contents) -> None:
    """Columns that stand side by side, entry by entry, have one length."""
    for name, columns in (
        ("bought", (c.bought.products, c.bought.weights, c.bought.times, c.bought.last_day)),
        ("candidates", (c.candidates.products, c.candidates.chance)),
        ("again", (c.again.products, c.again.chance)),
        ("last_orders", (c.last_orders.products, c.last_orders.days)),
        ("order_channels", (c.order_channels.numbers, c.order_channels.orders)),
        ("product_rhythms", _entry_columns(c.product_rhythms)),
        ("potential", _entry_columns(c.potential)),
        ("evidence", _entry_columns(c.evidence)),
        ("fallback.popular", (c.fallback.popular, c.fallback.popular_chance)),
        ("fallback.segment", (c.fallback.segment_products, c.fallback.segment_chance)),
        (
            "also_bought",
            (
                c.also_bought.products,
                c.also_bought.customers_both,
                c.also_bought.together,
                c.also_bought.similarity,
            ),
        ),
    ):
        if len({len(column) for column in columns}) != 1:
            raise ValueError(
                f"{name}: columns of {', '.join(str(len(x)) for x in columns)} entries"
            )


def _entry_columns(part: object) -> list[Array]:
    """All that `starts` cuts."""
    return [column for name, column in vars(part).items() if name != "starts"]


def _rows_are_ordered(c: Contents) -> None:
    """Products ascending where they are searched, the likelier first where they are offered."""
    for name, starts, products in (
        ("bought", c.bought.starts, c.bought.products),
        ("returned", c.returned.starts, c.returned.products),
        ("earlier", c.earlier.starts, c.earlier.products),
        ("product_rhythms", c.product_rhythms.starts, c.product_rhythms.products),
    ):
        if not all((steps > 0).all() for steps in _steps_within_rows(starts, products)):
            raise ValueError(f"{name}.products: do not ascend within a row")
    for name, starts, falling in (
        ("candidates.chance", c.candidates.starts, c.candidates.chance),
        ("again.chance", c.again.starts, c.again.chance),
        ("fallback.segment_chance", c.fallback.segment_starts, c.fallback.segment_chance),
        (
            "fallback.popular_chance",
            np.array([0, len(c.fallback.popular_chance)]),
            c.fallback.popular_chance,
        ),
    ):
        if not all((steps <= 0).all() for steps in _steps_within_rows(starts, falling)):
            raise ValueError(f"{name}: does not fall within a row")


def _steps_within_rows(starts: Starts, values: Array) -> Iterator[Array]:
    """Differences of neighbours, leaving out those between two rows, some millions at a time."""
    between = starts[(starts > 0) & (starts < len(values))] - 1
    for first in range(0, len(values) - 1, AT_ONCE):
        steps = np.diff(values[first : first + AT_ONCE + 1])
        within = np.ones(len(steps), bool)
        begin, end = np.searchsorted(between, [first, first + len(steps)])
        within[between[begin:end] - first] = False
        yield steps[within]


def _shapes_fit(contents: Contents, customers: int, products: int) -> None:
    model = contents.model
    found = (model.customer_factors.shape, model.product_factors.shape)
    factors = model.product_factors.shape[1]
    if found != ((customers, factors), (products, factors)):
        raise ValueError(f"model: factors of shape {found} for {customers} x {products}")
    if len(contents.alike.peers) != customers:
        raise ValueError(f"alike.peers: {len(contents.alike.peers)} rows for {customers} customers")
