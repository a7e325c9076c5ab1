"""What a release holds about one customer, and what was derived from that."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

import numpy as np

from recommender.release.contents import Numbers, Starts
from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.answers import customer_also_bought_answer, suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.insight.lifetime import lifetime_of
from recommender.suggest.insight.observed import observed_of
from recommender.suggest.insight.potential import potential_of
from recommender.suggest.insight.rhythm import customer_rhythm_of, product_rhythms_of
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Wish
from service.sales.describing import day_of
from service.sales.portrait import portrait

Json = dict[str, Any]


def known_of(release: Release, row: int) -> Json:
    """What the company's own tables say, as the release keeps it."""
    customers = release.customers
    return {
        "release": release.name,
        "data_through": release.manifest.data_through,
        "name": customers.name[row] or None,
        "segment": customers.segment[row] or None,
        "region": customers.region[row] or None,
        "rep": customers.rep[row] or None,
        "portrait": portrait(release, row, ()),
        "purchases": _purchases(release, row),
        "returned": _products(release, _row(release.returned.starts, row), release.returned),
        "bought_earlier": _products(release, _row(release.earlier.starts, row), release.earlier),
    }


def derived_of(release: Release, row: int, facts: Facts) -> Json:
    """What the model makes of it; others are counted, never named."""
    customer_id = release.customers.ids[row]
    if not facts.consent.may_personalise(customer_id):
        return {"withheld": "no permission to personalise: nothing is derived from what it does"}
    found = suggest(release, customer_id, Wish(n=MOST), facts=facts)
    also = customer_also_bought(release, customer_id, MOST, facts=facts)
    return _insight(release, row, facts.today or release.as_of.date()) | {
        "suggestions": suggestions_answer(release, found),
        "also_bought": customer_also_bought_answer(release, also),
        "customers_alike": int((release.alike.peers[row] >= 0).sum()),
        "candidates": _chances(release, row, release.candidates),
        "bought_again": _chances(release, row, release.again),
        "factors": [float(f) for f in release.model.customer_factors[row]],
    }


def _insight(release: Release, row: int, today: date) -> Json:
    """What was observed, and what it is expected to do and to be worth."""
    rhythms = product_rhythms_of(release, row, today)
    found = {
        "observed": observed_of(release, row),
        "lifetime": lifetime_of(release, row),
        "rhythm": customer_rhythm_of(release, row, today),
        "potential": potential_of(release, row),
    }
    columns = np.array([rhythm.product for rhythm in rhythms], np.int32)
    due = [
        named | {name: value for name, value in _plain(rhythm).items() if name != "product"}
        for named, rhythm in zip(_named(release, columns), rhythms, strict=True)
    ]
    return {name: _plain(part) for name, part in found.items()} | {"product_rhythms": due}


def _plain(part: Any) -> Any:
    """As JSON: fields by name, days in ISO 8601, states by name."""
    match part:
        case Enum():
            return part.name.lower()
        case date():
            return part.isoformat()
        case list() | tuple():
            return [_plain(one) for one in part]
        case _ if is_dataclass(part):
            return {field.name: _plain(getattr(part, field.name)) for field in fields(part)}
    return part


def _row(starts: Starts, row: int) -> slice:
    return slice(int(starts[row]), int(starts[row + 1]))


def _purchases(release: Release, row: int) -> list[Json]:
    bought, cut = release.bought, _row(release.bought.starts, row)
    columns = (bought.times[cut], bought.last_day[cut], bought.weights[cut])
    return [
        product
        | {
            "times": int(times),
            "last_bought_on": day_of(int(day)).isoformat(),
            "weight": float(weight),
        }
        for product, times, day, weight in zip(
            _named(release, bought.products[cut]), *columns, strict=True
        )
    ]


def _products(release: Release, cut: slice, part: Any) -> list[Json]:
    return _named(release, part.products[cut])


def _chances(release: Release, row: int, part: Any) -> list[Json]:
    cut = _row(part.starts, row)
    named = _named(release, part.products[cut])
    return [p | {"chance": float(c)} for p, c in zip(named, part.chance[cut], strict=True)]


def _named(release: Release, products: Numbers) -> list[Json]:
    columns = np.asarray(products).tolist()
    catalogue = release.products
    return [{"product_id": catalogue.ids[c], "name": catalogue.name[c] or None} for c in columns]
