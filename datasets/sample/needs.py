"""What each customer needs again and again: a family in a size, and the rhythm of it."""

from dataclasses import dataclass
from random import Random

from customers import Customer
from days import HORIZON, LAST_DAY
from draws import happens, lognormal, stream
from families import Family
from machines import STORY, STORY_ROLES

BUSY = 0.8
"""One dial for the number of purchases: how much faster all rhythms are than in families.txt."""
GAP = 0.08
"""How much of its usual share a category keeps that the customer buys elsewhere."""


@dataclass(frozen=True, eq=False)
class Need:
    """A need of one customer, which it fills with one brand or another."""

    family: Family
    size: int
    every_days: float
    quantity: float
    start_day: float
    stop_day: float
    maker: str = ""
    """The one brand that fits, where the machine decides it."""


def needs_of(seed: int, customer: Customer, families: dict[str, Family]) -> list[Need]:
    """All needs of a customer, the ones that will only come up after the last day included."""
    rng = stream(seed, "needs", customer.customer_id)
    leaning = {f.category: 1.2 * lognormal(rng, 0.35) for f in families.values()}
    scale = {name: _place(rng, customer) for name in sorted(customer.tags)}
    needs = []
    for family in families.values():
        share = family.share * leaning[family.category] * _openness(customer, family)
        if not family.is_machine and customer.tags & {*family.fits}:
            needs += _in_sizes(rng, customer, family, min(share, 1.0), scale)
    return needs


def _place(rng: Random, customer: Customer) -> float:
    """Where a machine stands between the smallest (0) and the largest (1) of its kind."""
    place: float = 0.3 * customer.volume**0.7 + rng.gauss(0.1, 0.22)
    return min(0.999, max(0.0, place))


def _openness(customer: Customer, family: Family) -> float:
    if customer.role in STORY_ROLES and STORY in family.fits:
        return 2.0
    return GAP if family.category in customer.gaps else 1.0


def _in_sizes(
    rng: Random, customer: Customer, family: Family, share: float, scale: dict[str, float]
) -> list[Need]:
    if family.is_part or customer.is_dealer:
        chosen = [size for size in range(len(family.sizes)) if happens(rng, share * 0.85)]
        return [_need(rng, customer, family, size) for size in chosen]
    if not happens(rng, share):
        return []
    machine = next(name for name in (*family.fits, "any") if name in customer.tags)
    own = int(scale[machine] * len(family.sizes))
    also = (own + 1) % len(family.sizes)
    sizes = [own, also] if also != own and happens(rng, 0.45) else [own]
    return [_need(rng, customer, family, size) for size in sizes]


def _need(rng: Random, customer: Customer, family: Family, size: int) -> Need:
    speed = BUSY * customer.volume**0.5
    large = customer.volume**0.5 * (2.0 if customer.is_dealer else 1.0)
    start = _start(rng, customer, family)
    return Need(
        family,
        size,
        max(6.0, family.every_days / speed * lognormal(rng, 0.3)),
        family.quantity * large * lognormal(rng, 0.3),
        start,
        _stop(rng, customer, start),
        _maker(customer, family),
    )


def _start(rng: Random, customer: Customer, family: Family) -> float:
    """Most needs were always there; some come with a new machine, some are won over time."""
    since = min(customer.equipment.get(name, 0) for name in customer.tags & {*family.fits})
    if since > customer.first_day:
        return since + rng.expovariate(1 / 25)
    if happens(rng, 0.58):
        return customer.first_day - 1.0
    return rng.uniform(customer.first_day, HORIZON)


def _stop(rng: Random, customer: Customer, start: float) -> float:
    """Now and then a customer stays but stops buying one thing."""
    if start < 150 and happens(rng, 0.02):
        return LAST_DAY - rng.uniform(90, 270)
    return float(customer.stop_day)


def _maker(customer: Customer, family: Family) -> str:
    """Spare parts come from the maker of the machine."""
    makers = {m.equipment: m.brand for m in customer.machines} if family.is_part else {}
    return next((makers[name] for name in family.fits if name in makers), "")
