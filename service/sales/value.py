"""What a customer is worth, whether it is falling silent, and what it could buy."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from recommender.insight.potential.told import Told
from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from recommender.suggest.insight.lifetime import LifetimeValue, lifetime_of, lifetime_withheld
from recommender.suggest.insight.potential import (
    CategoryPotential,
    CustomerPotential,
    potential_of,
    potential_withheld,
)
from recommender.suggest.insight.rhythm import CustomerRhythm, customer_rhythm_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Value:
    """Each None where nothing may be looked at, or nothing is known."""

    lifetime: LifetimeValue | None
    lifetime_withheld: str | None
    rhythm: CustomerRhythm | None
    potential: CustomerPotential | None
    potential_withheld: str | None


NOT_LOOKED_AT = Value(None, "no_permission", None, None, "no_permission")


def value_of(release: Release, row: int, facts: Facts, today: date) -> Value:
    """As the release tells it; an order of after the training ends a silence at once."""
    potential = potential_of(release, row)
    return Value(
        lifetime=lifetime_of(release, row),
        lifetime_withheld=lifetime_withheld(release),
        rhythm=_with_fresh(customer_rhythm_of(release, row, today), facts, today),
        potential=potential,
        potential_withheld=potential_withheld(release) if potential is None else _why(potential),
    )


def value_answer(value: Value) -> Json:
    lifetime, rhythm = value.lifetime, value.rhythm
    told = None if lifetime is None else asdict(lifetime) | {"value": lifetime.value}
    return {
        "lifetime": None if told is None else {k: _cents(v) for k, v in told.items()},
        "lifetime_withheld": value.lifetime_withheld,
        "rhythm": None
        if rhythm is None
        else asdict(rhythm) | {"last_on": rhythm.last_on.isoformat()},
    }


def potential_answer(value: Value) -> Json:
    """The widest gaps that there is reason to speak of first, then by what it buys."""
    found = value.potential
    shown = () if found is None else sorted(found.categories, key=_first)
    return {
        "size": None if found is None else round(found.size, 2),
        "peers": 0 if found is None else found.peers,
        "withheld": value.potential_withheld,
        "categories": [_category(category) for category in shown],
    }


def _first(found: CategoryPotential) -> tuple[bool, float, float, str]:
    is_told = found.has_gap
    return not is_told, -found.gap if is_told else 0.0, -found.actual, found.category


def _category(found: CategoryPotential) -> Json:
    expected = found.expected
    return {
        "category": found.category,
        "actual": round(found.actual, 2),
        "expected": None if expected is None else round(expected.middle, 2),
        "low": None if expected is None else round(expected.low, 2),
        "high": None if expected is None else round(expected.high, 2),
        "peers_buying": None if expected is None else expected.peers_buying,
        "gap": round(found.gap, 2),
        "has_gap": found.has_gap,
        "withheld": Told.FEW_BUY.name.lower() if expected is None else None,
    }


def _why(found: CustomerPotential) -> str | None:
    return None if found.told == Told.YES else found.told.name.lower()


def _with_fresh(rhythm: CustomerRhythm | None, facts: Facts, today: date) -> CustomerRhythm | None:
    days = [bought.at.date() for bought in facts.purchases if bought.quantity > 0]
    if rhythm is None or not days or max(days) <= rhythm.last_on:
        return rhythm
    last = max(days)
    return replace(rhythm, last_on=last, days_since=(today - last).days, is_warned=False)


def _cents(number: Any) -> Any:
    return round(number, 4) if isinstance(number, float) else number
