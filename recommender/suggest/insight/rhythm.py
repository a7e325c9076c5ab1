"""What a customer's rhythm says on a given day: what is due, what stopped, whether it is silent.

The service answers from the columns of a release alone; learning them is `recommender.insight`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from recommender.insight.rhythm.state import State, due_days, states
from recommender.release.opening import Release

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class ProductRhythm:
    product: int
    """Position in `products.ids`."""
    days: int
    """On which it was bought."""
    gap_days: float
    """Usual days from one to the next."""
    quantity: float
    """Usual quantity of such a day."""
    last_on: date
    due_on: date
    days_late: int
    """Below 0 while it is not due."""
    state: State


@dataclass(frozen=True)
class CustomerRhythm:
    usual_days: float | None
    """From one order to the next; None below three days with an order."""
    last_on: date
    days_since: int
    """Since the last order that the release knows."""
    lateness: float
    """Of waits like it, the share that was shorter; as of the training."""
    chance_silent: float
    """That no order comes in the 90 days after the training."""
    is_warned: bool
    """Silent for longer than usual, and likelier to stay so than one in three."""


def product_rhythms_of(release: Release, row: int, today: date) -> tuple[ProductRhythm, ...]:
    """In the order of products; `today` may be later than the release, never earlier."""
    part, day = release.contents.product_rhythms, (today - EPOCH).days
    entries = slice(*part.starts[row : row + 2].tolist())
    last, gaps = part.last_day[entries], part.gap_days[entries]
    due, state = due_days(last, gaps), states(day - last, gaps)
    return tuple(
        ProductRhythm(
            product=int(part.products[entries][i]),
            days=int(part.days[entries][i]),
            gap_days=float(gaps[i]),
            quantity=float(part.quantity[entries][i]),
            last_on=_on(int(last[i])),
            due_on=_on(int(due[i])),
            days_late=day - int(due[i]),
            state=State(int(state[i])),
        )
        for i in range(len(last))
    )


def customer_rhythm_of(release: Release, row: int, today: date) -> CustomerRhythm | None:
    """None for one that never bought, or in a release that foretells nothing."""
    part = release.contents.customer_rhythms
    last, usual = int(part.last_day[row]), float(part.usual_days[row])
    if last < 0:
        return None
    return CustomerRhythm(
        usual_days=None if math.isnan(usual) else usual,
        last_on=_on(last),
        days_since=(today - EPOCH).days - last,
        lateness=float(part.lateness[row]),
        chance_silent=float(part.chance_silent[row]),
        is_warned=bool(part.warned[row]),
    )


def _on(day: int) -> date:
    return date.fromordinal(EPOCH.toordinal() + day)
