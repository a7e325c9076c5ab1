"""A release of very many customers, sound and otherwise without rhyme or reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from recommender.assembly.evidence import evidence_of
from recommender.assembly.stakes import stakes_of
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
from recommender.release.insight import CustomerRhythms, Potential, Sizes, nothing_foretold
from recommender.release.observed import nothing_observed
from recommender.release.publish import publish, training_lock
from recommender.release.regular import nothing_regular
from recommender.release.stakes import nothing_at_stake
from recommender.text import Ids, TextColumn

BOUGHT, OFFERED, CATEGORIES, PEERS, FACTORS = 20, 40, 20, 20, 64
"""Each customer's."""
ALPHA, REGULARIZATION = 1.0, 0.1
LAST_DAY = 20_776
"""2026-11-19, in days since 1970."""
REPS, REGIONS, SEGMENTS = 120, 40, 12

ABOUT = {
    "data_through": "2026-11-19",
    "as_of": "2026-11-20T00:00:00+00:00",
    "currency": "EUR",
    "settings": {
        "alpha": ALPHA,
        "regularization": REGULARIZATION,
        "factors": FACTORS,
        "seed": 0,
    },
    "gate": {"refusal": None, "forced": None},
    "data": {"purchases": {"sha256": "0" * 64}},
    "versions": {},
}
"""Of a manifest, without the counts."""


def made_up_release(
    directory: Path, customers: int = 100_000, products: int = 2_000, offered: int = OFFERED
) -> str:
    """Publishes it; gives its name. A customer bought `BOUGHT` products and is offered others."""
    about = ABOUT | {"counts": {"customers": customers, "products": products}}
    with training_lock(directory):
        return publish(directory, made_up(customers, products, offered), about, {}, 5)


def made_up(customers: int, products: int, offered: int = OFFERED) -> Contents:
    random = np.random.default_rng(0)
    lots = _lots(random, customers, products, BOUGHT + offered)
    catalogue = _products(random, products)
    contents = Contents(
        customers=_customers(random, customers),
        products=catalogue,
        bought=_bought(random, np.sort(lots[:, :BOUGHT], axis=1)),
        returned=Returned(_starts(customers, 0), np.zeros(0, np.int32)),
        earlier=Earlier(_starts(customers, 0), np.zeros(0, np.int32)),
        model=Model(_normal(random, customers), _normal(random, products)),
        candidates=Candidates(
            _starts(customers, offered),
            lots[:, BOUGHT:].ravel(),
            _chances(random, customers, offered),
        ),
        again=Again(_starts(customers, 0), np.zeros(0, np.int32), np.zeros(0, np.float32)),
        fallback=_fallback(products),
        alike=Alike(random.integers(0, customers, (customers, PEERS)).astype(np.int32)),
        also_bought=_also_bought(products),
        **nothing_observed(customers),
        **(nothing_foretold(customers) | _foretold(random, customers)),
        **nothing_at_stake(customers),
        **no_evidence(customers),
        **nothing_regular(customers),
        **no_attributes(products),
    )
    spent = random.lognormal(6, 1, customers)
    return replace(
        contents,
        stakes=stakes_of(contents, spent),
        evidence=evidence_of(contents, ALPHA, REGULARIZATION),
    )


def _lots(random: np.random.Generator, customers: int, products: int, each: int) -> np.ndarray:
    """(customers, each) different products, bought and offered: steps that meet none twice."""
    first = random.integers(0, products, (customers, 1))
    step = random.choice([3, 7, 11, 13, 17, 19, 23, 29], (customers, 1))
    return ((first + step * np.arange(each)) % products).astype(np.int32)


def _starts(rows: int, each: int) -> np.ndarray:
    return np.arange(rows + 1, dtype=np.int64) * each


def _normal(random: np.random.Generator, rows: int) -> np.ndarray:
    return random.normal(size=(rows, FACTORS)).astype(np.float32)


def _chances(random: np.random.Generator, customers: int, offered: int) -> np.ndarray:
    return (-np.sort(-random.beta(1, 20, (customers, offered)))).astype(np.float32).ravel()


def _customers(random: np.random.Generator, size: int) -> Customers:
    trades, towns = random.integers(0, SEGMENTS, size), random.integers(0, REGIONS, size)
    reps = random.integers(0, REPS, size)
    portraits = (json.dumps({"floor_space_m2": 100 + i % 900}) for i in range(size))
    return Customers(
        ids=Ids.of(f"K{number:06}" for number in range(size)),
        name=TextColumn.of(f"Firma Müller & Söhne {number % 9973}" for number in range(size)),
        segment=TextColumn.of(f"trade {trade:02}" for trade in trades),
        region=TextColumn.of(f"region {town:02}" for town in towns),
        rep=TextColumn.of(f"Rep Nummer {rep:03}" for rep in reps),
        portrait=TextColumn.of(portraits),
        segment_number=trades.astype(np.int32),
    )


def _products(random: np.random.Generator, size: int) -> Products:
    numbers = np.arange(size) % CATEGORIES
    prices = random.lognormal(3.5, 1, size)
    return Products(
        ids=Ids.of(f"P{number:04}" for number in range(size)),
        name=TextColumn.of(f"Circular saw blade {number} mm" for number in range(size)),
        category=TextColumn.of(f"category {number:02}" for number in numbers),
        brand=TextColumn.of(f"brand {number % 37}" for number in range(size)),
        category_number=numbers.astype(np.int32),
        price=prices,
        in_stock=random.random(size) < 0.97,
        in_catalogue=random.random(size) < 0.99,
        spend=prices * 1.5,
        buyers=random.integers(5, 2000, size).astype(np.int32),
        recent_buyers=random.integers(0, 200, size).astype(np.int32),
    )


def _bought(random: np.random.Generator, lots: np.ndarray) -> Bought:
    return Bought(
        starts=_starts(len(lots), BOUGHT),
        products=lots.ravel(),
        weights=np.ones(lots.size, np.float32),
        times=random.integers(1, 9, lots.size).astype(np.int32),
        last_day=(LAST_DAY - random.integers(0, 365, lots.size)).astype(np.int32),
    )


def _fallback(products: int) -> Fallback:
    first = np.arange(100, dtype=np.int32) % products
    chance = np.linspace(0.2, 0.01, 100, dtype=np.float32)
    return Fallback(
        popular=first,
        popular_chance=chance,
        segments=TextColumn.of(f"trade {number:02}" for number in range(SEGMENTS)),
        segment_starts=_starts(SEGMENTS, 100),
        segment_products=np.tile(first, SEGMENTS),
        segment_chance=np.tile(chance, SEGMENTS),
    )


def _also_bought(products: int) -> AlsoBought:
    others = (np.arange(products)[:, None] + np.arange(1, 11)) % products
    counts = np.full(others.size, 50, np.int32)
    return AlsoBought(
        starts=_starts(products, 10),
        products=others.astype(np.int32).ravel(),
        customers_both=counts,
        together=counts // 2,
        similarity=np.tile(np.linspace(0.5, 0.1, 10, dtype=np.float32), products),
    )


def _foretold(random: np.random.Generator, customers: int) -> dict[str, object]:
    entries = customers * CATEGORIES
    actual = random.lognormal(5, 1, entries)
    expected = actual * random.lognormal(0, 0.5, entries)
    rhythms = CustomerRhythms(
        usual_days=random.integers(5, 90, customers).astype(np.float32),
        last_day=(LAST_DAY - random.integers(0, 365, customers)).astype(np.int32),
        lateness=random.random(customers).astype(np.float32),
        chance_silent=random.random(customers).astype(np.float32),
        warned=random.random(customers) < 0.1,
    )
    potential = Potential(
        starts=_starts(customers, CATEGORIES),
        categories=np.tile(np.arange(CATEGORIES, dtype=np.int32), customers),
        actual=actual,
        expected=expected,
        low=expected * 0.8,
        high=expected * 1.2,
        peers_buying=np.full(entries, 20, np.int32),
    )
    size = np.add.reduceat(actual, np.arange(0, entries, CATEGORIES))
    sizes = Sizes(size, np.full(customers, PEERS, np.int32))
    return {"customer_rhythms": rhythms, "potential": potential, "sizes": sizes}
