"""Views, carts and quotes of the last 90 days: what was bought, and what nearly was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from catalogue import Catalogue, Product
from customers import Customer
from days import LAST_DAY, stamp
from draws import count, happens, stream
from orders import Line

FIRST_EVENT_DAY = LAST_DAY - 89
ABANDONED = 0.4
"""The share of interest in coming purchases that shows before the last day."""


@dataclass(frozen=True)
class Event:
    """One event, before it becomes a row."""

    customer: Customer
    product: Product
    event: str
    day: int
    minute: int


def event_rows(
    seed: int, customers: Iterable[Customer], lines: Iterable[Line], catalogue: Catalogue
) -> list[dict[str, str]]:
    """All events in order of time."""
    rng = stream(seed, "events")
    recent = [line for line in lines if line.day >= FIRST_EVENT_DAY]
    events = [event for line in recent for event in _before(rng, line, catalogue)]
    for customer in customers:
        events += _browsing(rng, customer, catalogue)
    kept = [e for e in events if FIRST_EVENT_DAY <= e.day <= LAST_DAY]
    kept.sort(key=lambda e: (e.day, e.minute, e.customer.customer_id, e.product.product_id))
    return [_row(event) for event in kept]


def _before(rng: Random, line: Line, catalogue: Catalogue) -> Iterator[Event]:
    """What led to a purchase; of a coming one, only some of it has been seen yet."""
    if line.product.family.is_machine:
        yield from _quoted(rng, line)
    elif line.customer.online and happens(rng, ABANDONED if line.day > LAST_DAY else 0.125):
        lead = int(rng.expovariate(1 / 5)) + max(0, line.day - LAST_DAY)
        yield _event(rng, line.customer, line.product, "view", line.day - lead)
        if happens(rng, 0.4):
            rival = rng.choice(
                catalogue.choice(line.product.family, line.product.size, LAST_DAY) or [line.product]
            )
            yield _event(rng, line.customer, rival, "view", line.day - lead)
        if happens(rng, 0.3):
            yield _event(rng, line.customer, line.product, "cart", line.day - lead)


def _quoted(rng: Random, line: Line) -> Iterator[Event]:
    """A machine is looked at for weeks, and most are quoted before they are bought."""
    day = min(line.day, LAST_DAY) - rng.randrange(4, 30)
    for _ in range(count(rng, 2.0)):
        yield _event(rng, line.customer, line.product, "view", day + rng.randrange(-12, 3))
    if happens(rng, 0.6):
        yield _event(rng, line.customer, line.product, "quote", day)


def _browsing(rng: Random, customer: Customer, catalogue: Catalogue) -> Iterator[Event]:
    """Looking around, mostly among what fits; prospects look before they ever buy."""
    if not customer.online or customer.role == "lapsed":
        return
    shop = [p for p in catalogue.products if p.sold_on(LAST_DAY) and not p.family.is_machine]
    fitting = [p for p in shop if customer.tags & {*p.family.fits}]
    for _ in range(count(rng, 3.0, 0.7)):
        product = rng.choice(fitting if happens(rng, 0.75) else shop)
        day = max(product.listed_day, FIRST_EVENT_DAY + rng.randrange(90))
        kind = "cart" if happens(rng, 0.1) else "quote" if happens(rng, 0.04) else "view"
        yield _event(rng, customer, product, kind, day)


def _event(rng: Random, customer: Customer, product: Product, event: str, day: int) -> Event:
    return Event(customer, product, event, day, rng.randrange(6 * 60 + 30, 21 * 60))


def _row(event: Event) -> dict[str, str]:
    return {
        "customer_id": event.customer.customer_id,
        "product_id": event.product.product_id,
        "event": event.event,
        "happened_at": stamp(event.day, event.minute, event.minute * 13 % 60),
    }
