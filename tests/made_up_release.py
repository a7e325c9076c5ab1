"""Releases in memory: one learned from the made-up shop, and random ones for properties."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.assembly.contents import assemble
from recommender.assembly.products import category_numbers, costs_of
from recommender.insight.insight import Insight, beside_peers, learn_own
from recommender.insight.withheld import Withheld
from recommender.models.engine import IMPLICIT, Engine
from recommender.models.models import Models, learn
from recommender.ranking.again.ranker import count_again
from recommender.ranking.outcome import outcome_of
from recommender.ranking.plain.chance import ChanceModel
from recommender.ranking.plain.ranker import PlainRanker, fit_plain
from recommender.ranking.ranked import Ranked, rank
from recommender.ranking.windows import windows_before
from recommender.release.attributes import no_attributes
from recommender.release.contents import (
    Again,
    Alike,
    AlsoBought,
    Bought,
    Candidates,
    Contents,
    Customers,
    Earlier,
    Fallback,
    Model,
    Products,
    Returned,
)
from recommender.release.evidence import no_evidence
from recommender.release.insight import ProductRhythms, nothing_foretold
from recommender.release.manifest import FORMAT, Manifest
from recommender.release.observed import nothing_observed
from recommender.release.opening import Release
from recommender.release.publish import publish, training_lock
from recommender.release.regular import Regular
from recommender.release.stakes import nothing_at_stake
from recommender.tables.tables import Tables
from recommender.text import Ids, TextColumn
from recommender.training.regular import regular_chances
from tests.made_up import FEW_FACTORS, SETTINGS, learned, shop_purchases

ALPHA, REGULARIZATION = FEW_FACTORS.alpha, FEW_FACTORS.regularization
Rows = list[list[int]]
LAST_DAY = 20_088
"""2024-12-31, the day that the data of a manifest ends."""


def about(**changes: Any) -> dict[str, Any]:
    """The fields of a manifest that a training knows."""
    known: dict[str, Any] = {
        "data_through": "2024-12-31",
        "as_of": "2025-01-01T00:00:00+00:00",
        "currency": "EUR",
        "settings": {"alpha": ALPHA, "regularization": REGULARIZATION},
        "data": {"purchases": {"sha256": "0" * 64}},
        "counts": {"customers": 1, "products": 2, "purchases": 3},
        "versions": {},
        "gate": {"refusal": None, "forced": None},
    }
    return known | changes


def in_memory(contents: Contents, name: str = "20250101T000000Z-abcd") -> Release:
    """A release that was never on a disk."""
    manifest = Manifest(
        format=FORMAT,
        name=name,
        created_at="2025-01-01T00:00:00+00:00",
        parent=None,
        files={},
        **about(),
    )
    return Release(Path("nowhere"), manifest, contents)


def published(directory: Path, contents: Contents, keep: int = 5, **extras: bytes) -> str:
    with training_lock(directory):
        return publish(directory, contents, about(), extras, keep)


def shop_tables() -> Tables:
    """A9 is out of stock, B0 has left the catalogue, Z was never sold; P and Q never bought."""
    sold = [product for product in shop_purchases().products if product != "B0"]
    ids = sorted([*sold, "Z"])
    products = pd.DataFrame(
        {
            "product_id": ids,
            "name": [f"Product {key}" for key in ids],
            "category": [key[0] for key in ids],
            "brand": "",
            "price": [np.nan if key == "B9" else 10.0 + 5 * i for i, key in enumerate(ids)],
            "in_stock": [key != "A9" for key in ids],
        }
    )
    customers = [*shop_purchases().customers, "P", "Q"]
    segments = ["even" if c % 2 == 0 else "odd" for c in range(60)]
    people = pd.DataFrame(
        {
            "customer_id": customers,
            "name": [f"Firm {key}" for key in customers],
            "segment": [*segments, "even", ""],
            "region": "",
            "rep": ["Jo" if i % 3 else "Al" for i in range(len(customers))],
            "employees": [str(i) if i % 2 else "" for i in range(len(customers))],
        }
    )
    return Tables(shop_purchases(), products, people, None, ())


@cache
def shop_chance() -> ChanceModel:
    purchases = shop_purchases()
    window = windows_before(purchases, purchases.last_at + 1)[0]
    models = learn(window.past(), SETTINGS, window.at)
    return fit_plain(models, outcome_of(window.future()), 0).chance_model


def plain_rank(models: Models, chance_model: ChanceModel) -> Ranked:
    return rank(PlainRanker(chance_model).scored(models), models.matrix.weights.shape[0])


@cache
def shop_contents(engine: Engine = IMPLICIT) -> Contents:
    """Numbered by the ids of all tables, as a training does it."""
    tables = shop_tables()
    models = learned_onto(tables, engine)
    again = count_again(models.netted.purchases, models.now)
    owned, insight = again.rank(models.netted.purchases, models.now), insight_of(tables, models)
    chances = regular_chances(insight.own.products, owned, Withheld("nothing is judged"))
    return assemble(
        tables, models, plain_rank(models, shop_chance()), owned, insight, regular=chances
    )


def insight_of(tables: Tables, models: Models) -> Insight:
    ids = models.matrix.products
    own = learn_own(models.netted, models.now, costs_of(ids, tables.products))
    return beside_peers(own, models, category_numbers(ids, tables.products))


def learned_onto(tables: Tables, engine: Engine = IMPLICIT) -> Models:
    assert tables.products is not None
    assert tables.customers is not None
    purchases = tables.purchases.onto(
        Ids.of([*tables.purchases.customers, *tables.customers["customer_id"]]),
        Ids.of([*tables.purchases.products, *tables.products["product_id"]]),
    )
    return learned(purchases, engine)


@cache
def shop_release(engine: Engine = IMPLICIT) -> Release:
    return in_memory(shop_contents(engine))


def random_contents(seed: int) -> Contents:
    """Up to 7 customers and 12 products: sound, and otherwise without rhyme or reason."""
    random = np.random.default_rng(seed)
    customers, products = int(random.integers(1, 8)), int(random.integers(1, 13))
    bought, returned, earlier, open_ = _dealt(random, customers, products)
    fallback = _fallback(random, products)
    return Contents(
        customers=_customers(random, customers, len(fallback.segments)),
        products=_products(random, products),
        bought=_bought(random, bought),
        returned=Returned(starts_of(returned), numbers_of(returned)),
        earlier=Earlier(starts_of(earlier), numbers_of(earlier)),
        model=Model(
            random.normal(size=(customers, 3)).astype(np.float32),
            random.normal(size=(products, 3)).astype(np.float32),
        ),
        candidates=Candidates(starts_of(open_), numbers_of(open_), _chances(random, open_)),
        again=Again(starts_of(bought), numbers_of(bought), _chances(random, bought)),
        fallback=fallback,
        alike=Alike(_peers(random, customers)),
        also_bought=AlsoBought(
            np.zeros(products + 1, np.int64),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.float32),
        ),
        **nothing_observed(customers),
        **(nothing_foretold(customers) | _regular(seed, bought, earlier)),
        **nothing_at_stake(customers),
        **no_evidence(customers),
        **no_attributes(products),
    )


def starts_of(rows: Rows) -> npt.NDArray[np.int64]:
    return np.array([0, *np.cumsum([len(row) for row in rows])], np.int64)


def numbers_of(rows: Rows) -> npt.NDArray[np.int32]:
    return np.array([number for row in rows for number in row], np.int32)


def _dealt(random: np.random.Generator, customers: int, products: int) -> tuple[Rows, ...]:
    """What each customer bought, returned, bought long ago, and might buy; nothing in two of them.

    One customer in four bought nothing, one in four everything.
    """
    rows: tuple[Rows, ...] = ([], [], [], [])
    for _ in range(customers):
        fate = random.choice([0, 0, 0, 1, 2, 3, 3, 3, 4], products)
        lot = random.integers(4)
        fate = np.where(fate == 0, 4, fate) if lot == 0 else fate * 0 if lot == 1 else fate
        for kind in range(3):
            rows[kind].append(np.flatnonzero(fate == kind).tolist())
        candidates = random.permutation(np.flatnonzero(fate == 3)).tolist()
        rows[3].append(candidates if rows[0][-1] else [])
    return rows


def _regular(seed: int, bought: Rows, earlier: Rows) -> dict[str, Any]:
    """Of three in four products that each customer ever bought, due and stopped at random."""
    random = np.random.default_rng([seed, 1])
    had = [b + e for b, e in zip(bought, earlier, strict=True)]
    rows = [sorted(p for p in own if random.random() < 0.75) for own in had]
    size = sum(map(len, rows))
    chance = random.integers(0, 7, size) / 10
    rhythms = ProductRhythms(
        starts=starts_of(rows),
        products=numbers_of(rows),
        days=random.integers(3, 9, size).astype(np.int32),
        gap_days=random.choice([1, 7, 14.5, 30, 365], size).astype(np.float32),
        quantity=random.choice([1, 2.5, 10, 400], size),
        last_day=(LAST_DAY - random.choice([0, 5, 12, 40, 120, 500], size)).astype(np.int32),
    )
    known = np.where(chance < 0.6, chance, np.nan).astype(np.float32)
    return {"product_rhythms": rhythms, "regular": Regular(starts_of(rows), known)}


def _chances(random: np.random.Generator, rows: Rows) -> npt.NDArray[np.float32]:
    falling = [_falling(random, len(row)) for row in rows]
    return np.concatenate([np.zeros(0), *falling]).astype(np.float32)


def _falling(random: np.random.Generator, size: int) -> npt.NDArray[np.float64]:
    """Chances with ties."""
    return -np.sort(-random.integers(0, 6, size) / 10)


def _customers(random: np.random.Generator, size: int, segments: int) -> Customers:
    empty = TextColumn.of([""] * size)
    numbers = random.integers(-1, segments, size).astype(np.int32)
    ids = Ids.of(f"C{c}" for c in range(size))
    return Customers(ids, empty, empty, empty, empty, empty, numbers)


def _products(random: np.random.Generator, size: int) -> Products:
    categories = random.integers(-1, 3, size).astype(np.int32)
    texts = TextColumn.of("" if c < 0 else f"cat {c}" for c in categories)
    empty = TextColumn.of([""] * size)
    price = np.where(random.random(size) < 0.2, np.nan, random.integers(1, 60, size))
    return Products(
        ids=Ids.of(f"P{p:02}" for p in range(size)),
        name=empty,
        category=texts,
        brand=empty,
        category_number=categories,
        price=price,
        in_stock=random.random(size) < 0.8,
        in_catalogue=random.random(size) < 0.8,
        spend=random.choice([np.nan, 0.5, 1, 2, 100], size),
        buyers=random.integers(5, 20, size).astype(np.int32),
        recent_buyers=random.integers(0, 10, size).astype(np.int32),
    )


def _bought(random: np.random.Generator, rows: Rows) -> Bought:
    columns = numbers_of(rows)
    return Bought(
        starts_of(rows),
        columns,
        (random.random(len(columns)) * 5 + 0.01).astype(np.float32),
        np.ones(len(columns), np.int32),
        np.full(len(columns), 20_000, np.int32),
    )


def _fallback(random: np.random.Generator, products: int) -> Fallback:
    def some() -> list[int]:
        size = int(random.integers(0, products + 1))
        return random.permutation(products)[:size].tolist()

    popular, lists = some(), [some() for _ in range(int(random.integers(0, 3)))]
    chances = [_falling(random, len(row)) for row in lists]
    return Fallback(
        popular=np.array(popular, np.int32),
        popular_chance=_falling(random, len(popular)).astype(np.float32),
        segments=TextColumn.of(f"segment {s}" for s in range(len(lists))),
        segment_starts=starts_of(lists),
        segment_products=numbers_of(lists),
        segment_chance=np.concatenate([np.zeros(0), *chances]).astype(np.float32),
    )


def _peers(random: np.random.Generator, customers: int) -> npt.NDArray[np.int32]:
    """Up to six others each, the rest -1."""
    peers = np.full((customers, 6), -1, np.int32)
    for row in range(customers):
        others = random.permutation([c for c in range(customers) if c != row])
        some = others[: int(random.integers(0, len(others) + 1))][:6]
        peers[row, : len(some)] = some
    return peers
