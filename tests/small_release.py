"""A release small enough to know by heart, for tests that need one without a training.

Two trades: customers of the saw mills buy blades, those of the joineries buy sandpaper and glue,
everyone all but one or two products of its trade. So every answer is obvious, and each oddity
stands once: ids with spaces, slashes and umlauts, names with HTML, a product without a price, one
out of stock, one that left the catalogue, a prospect with a segment and one without.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

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
from recommender.release.insight import nothing_foretold
from recommender.release.observed import nothing_observed
from recommender.release.publish import publish, training_lock
from recommender.release.regular import nothing_regular
from recommender.release.stakes import nothing_at_stake
from recommender.text import Ids, TextColumn

ODD_CUSTOMER = "A 1/ü&50%"
HTML_CUSTOMER = "H<b>1"
HTML_NAME = "<script>alert('x')</script> & Söhne"
PROSPECT = "P1"
STRANGER = "P2"
ODD_PRODUCT = 'B/2 "fine"'
OUT_OF_STOCK = "B5"
GONE = "B6"
WITHOUT_PRICE = "G2"
DATA_THROUGH = date(2026, 11, 19)
TODAY = (DATA_THROUGH - date(1970, 1, 1)).days

# product_id, name, category, price
CATALOGUE = [
    ("B1", "Band saw blade 4 m", "Blades", 40.0),
    (ODD_PRODUCT, "Band saw blade <i>fine</i>", "Blades", 44.0),
    ("B3", "Circular saw blade 300 mm", "Blades", 60.0),
    ("B4", "Circular saw blade 300 mm, diamond", "Blades", 180.0),
    (OUT_OF_STOCK, "Jigsaw blade, pack of 5", "Blades", 12.5),
    (GONE, "Gang saw blade", "Blades", 75.0),
    ("G1", "Wood glue 1 kg", "Glue", 9.9),
    (WITHOUT_PRICE, "Hide glue", "Glue", float("nan")),
    ("S1", "Sandpaper P80", "Sandpaper", 18.0),
    ("S2", "Sandpaper P120", "Sandpaper", 18.0),
    ("S3", "Sandpaper P240", "Sandpaper", 19.0),
    ("S4", "Abrasive net P240", "Sandpaper", 34.0),
]
SEGMENTS = {"joinery": 0, "sawmill": 1}
TRADES = {"sawmill": [row[0] for row in CATALOGUE[:6]], "joinery": [r[0] for r in CATALOGUE[6:]]}


def small_contents() -> Contents:
    """12 products, 30 customers; the same bytes at every call."""
    customers, products = _customers(), _products()
    bought = _bought(customers, products)
    counts = np.bincount(bought.products, minlength=len(products.ids)).astype(np.int32)
    contents = Contents(
        customers=customers,
        products=replace(products, buyers=counts, recent_buyers=counts // 2),
        bought=bought,
        returned=_returned(customers, products),
        earlier=_earlier(customers),
        model=_model(customers, products),
        candidates=_candidates(customers, products, bought),
        again=_again(bought),
        fallback=_fallback(products),
        alike=_alike(customers),
        also_bought=_also_bought(products, bought),
        **nothing_observed(len(customers.ids)),
        **nothing_foretold(len(customers.ids)),
        **nothing_at_stake(len(customers.ids)),
        **no_evidence(len(customers.ids)),
        **no_attributes(len(products.ids)),
        **nothing_regular(len(customers.ids)),
    )
    return replace(contents, stakes=stakes_of(contents, np.zeros(len(customers.ids))))


def publish_small_release(
    directory: Path,
    contents: Contents | None = None,
    keep: int = 5,
    settings: dict[str, Any] | None = None,
) -> str:
    """Makes it the live release of the folder; gives its name."""
    found = contents or small_contents()
    counts = {"customers": len(found.customers.ids), "products": len(found.products.ids)}
    about: dict[str, Any] = {
        "data_through": DATA_THROUGH.isoformat(),
        "as_of": "2026-11-20T00:00:00+00:00",
        "currency": "EUR",
        "settings": {"alpha": 1.0, "regularization": 0.1, "factors": 2, "seed": 0}
        | (settings or {}),
        "gate": {"refusal": None, "forced": None},
        "data": {"purchases": {"read": len(found.bought.products), "sha256": "0" * 64}},
        "counts": counts | {"pairs": len(found.bought.products)},
        "versions": {"recommender": "test"},
    }
    with training_lock(directory):
        return publish(directory, found, about, {}, keep)


def with_names(contents: Contents, ending: str) -> Contents:
    """The same release with other product names, to tell two releases apart."""
    named = TextColumn.of(f"{name}{ending}" for name in contents.products.name)
    return replace(contents, products=replace(contents.products, name=named))


def _customers() -> Customers:
    ids = Ids.of(
        [ODD_CUSTOMER, HTML_CUSTOMER, PROSPECT, STRANGER, "NA", "00123"]
        + [f"C{number:02}" for number in range(24)]
    )
    segments = ["" if key == STRANGER else _trade(row) for row, key in enumerate(ids)]
    return Customers(
        ids=ids,
        name=TextColumn.of(HTML_NAME if k == HTML_CUSTOMER else f"Müller {k}" for k in ids),
        segment=TextColumn.of(segments),
        region=TextColumn.of("Tyrol" if row % 3 else "" for row in range(len(ids))),
        rep=TextColumn.of(
            "Theresa Roßauer" if row % 4 else "Jonas Moos" for row in range(len(ids))
        ),
        portrait=TextColumn.of(_portrait(row) for row in range(len(ids))),
        segment_number=np.array([SEGMENTS.get(s, -1) for s in segments], np.int32),
    )


def _trade(row: int) -> str:
    return "sawmill" if row % 2 else "joinery"


def _portrait(row: int) -> str:
    fields = {"floor_space_m2": 400 + 10 * row, "brands_stocked": "Sägerich;Bretthold"}
    return json.dumps(fields if row % 5 else {"employees": 12, "last_visit_on": "2026-10-02"})


def _products() -> Products:
    catalogue = {row[0]: row for row in CATALOGUE}
    ids = Ids.of(catalogue)
    rows = [catalogue[key] for key in ids]
    categories = sorted({row[2] for row in rows})
    prices = np.array([row[3] for row in rows])
    empty = np.zeros(len(ids), np.int32)
    return Products(
        ids=ids,
        name=TextColumn.of(row[1] for row in rows),
        category=TextColumn.of(row[2] for row in rows),
        brand=TextColumn.of("Sägerich" if row[2] == "Blades" else "" for row in rows),
        category_number=np.array([categories.index(row[2]) for row in rows], np.int32),
        price=prices,
        in_stock=np.array([key != OUT_OF_STOCK for key in ids]),
        in_catalogue=np.array([key != GONE for key in ids]),
        spend=prices * 2,
        buyers=empty,
        recent_buyers=empty,
    )


def _bought(customers: Customers, products: Products) -> Bought:
    """Each leaves out one product of its trade, every third customer the next one too."""
    rows = [_basket(customers.ids[r], r, products) for r in range(len(customers.ids))]
    columns = np.array([column for row in rows for column in row], np.int32)
    places = np.arange(len(columns))
    return Bought(
        starts=_starts(rows),
        products=columns,
        weights=(1.0 + places % 3).astype(np.float32),
        times=(1 + places % 7).astype(np.int32),
        last_day=(TODAY - places % 90).astype(np.int32),
    )


def _basket(customer_id: str, row: int, products: Products) -> list[int]:
    if customer_id in (PROSPECT, STRANGER):
        return []
    trade = TRADES[_trade(row)]
    left_out = {(row // 2 + step) % 6 for step in ((0, 1) if row % 3 == 0 else (0,))}
    return sorted(_column(products, key) for i, key in enumerate(trade) if i not in left_out)


def _column(products: Products, product_id: str) -> int:
    column = products.ids.position(product_id)
    assert column is not None
    return column


def _returned(customers: Customers, products: Products) -> Returned:
    nothing: list[list[int]] = [[] for _ in range(len(customers.ids))]
    return Returned(starts=_starts(nothing), products=np.zeros(0, np.int32))


def _earlier(customers: Customers) -> Earlier:
    return Earlier(np.zeros(len(customers.ids) + 1, np.int64), np.zeros(0, np.int32))


def _model(customers: Customers, products: Products) -> Model:
    """Two factors, one a trade."""
    mills = np.arange(len(customers.ids)) % 2
    blades = products.category_number == products.category_number[_column(products, "B1")]
    return Model(
        customer_factors=np.stack([mills, 1 - mills], 1).astype(np.float32),
        product_factors=np.stack([blades, ~blades], 1).astype(np.float32),
    )


def _candidates(customers: Customers, products: Products, bought: Bought) -> Candidates:
    """All unbought products of the own trade, then those of the other one."""
    rows = []
    for row, key in enumerate(customers.ids):
        own = [_column(products, p) for p in TRADES[_trade(row)]]
        others = [c for c in range(len(products.ids)) if c not in own]
        has = set(bought.products[bought.starts[row] : bought.starts[row + 1]].tolist())
        known = key not in (PROSPECT, STRANGER)
        rows.append([c for c in own + others if c not in has] if known else [])
    chances = [0.4 / (1 + place) for row in rows for place in range(len(row))]
    columns = [column for row in rows for column in row]
    return Candidates(_starts(rows), np.array(columns, np.int32), np.array(chances, np.float32))


def _again(bought: Bought) -> Again:
    """All that was bought, in the order of the catalogue."""
    place = np.arange(len(bought.products)) - np.repeat(bought.starts[:-1], np.diff(bought.starts))
    return Again(bought.starts, bought.products, (0.5 / (1 + place)).astype(np.float32))


def _fallback(products: Products) -> Fallback:
    joinery = [_column(products, p) for p in TRADES["joinery"]]
    sawmill = [_column(products, p) for p in TRADES["sawmill"]]
    chances = np.linspace(0.3, 0.05, 6, dtype=np.float32)
    popular = [column for pair in zip(joinery, sawmill, strict=True) for column in pair]
    return Fallback(
        popular=np.array(popular, np.int32),
        popular_chance=np.linspace(0.25, 0.01, 12, dtype=np.float32),
        segments=TextColumn.of(["joinery", "sawmill"]),
        segment_starts=np.array([0, 6, 12]),
        segment_products=np.array(joinery + sawmill, np.int32),
        segment_chance=np.concatenate([chances, chances]),
    )


def _alike(customers: Customers) -> Alike:
    """Ten others of the same trade."""
    rows = range(len(customers.ids))
    same = [[other for other in rows if other % 2 == r % 2 and other != r][:10] for r in rows]
    return Alike(np.array(same, np.int32))


def _also_bought(products: Products, bought: Bought) -> AlsoBought:
    """Counted as it is defined: pairs in the baskets of the same customers."""
    size = len(products.ids)
    both = np.zeros((size, size), np.int32)
    for first, end in zip(bought.starts[:-1], bought.starts[1:], strict=True):
        both[np.ix_(bought.products[first:end], bought.products[first:end])] += 1
    np.fill_diagonal(both, 0)
    rows = [
        sorted(np.flatnonzero(both[c] >= 5).tolist(), key=lambda o: (-both[c, o], o))
        for c in range(size)
    ]
    counts = np.array([both[c, o] for c, row in enumerate(rows) for o in row], np.int32)
    return AlsoBought(
        starts=_starts(rows),
        products=np.array([o for row in rows for o in row], np.int32),
        customers_both=counts,
        together=counts // 2,
        similarity=(counts / 15).astype(np.float32),
    )


def _starts(rows: list[list[int]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([0, *np.cumsum([len(row) for row in rows])], np.int64)
