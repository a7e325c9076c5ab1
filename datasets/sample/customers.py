"""The 600 customers as the generator knows them, hidden traits included."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from brands import BRANDS, LEVELS, liking
from days import HORIZON, LAST_DAY
from draws import happens, lognormal, pick, some, stream
from firms import REGION_SHARES, branch_name, firm_name, surname
from machines import STORY_ROLES, Machine, own_machines
from trades import SHARPENERS, TRADES, Trade

CUSTOMERS = 600
ROLES = {"prospect": 25, "lapsed": 32, "second machine": 40, "due": 12}
"""How many play which part; all others are usual customers, and the last ones are new."""
NEW_CUSTOMERS = 26
GROUPS = 8
PRICE_LEVELS = dict(zip(LEVELS, (30.0, 44.0, 26.0), strict=True))
SUPPLIERS = {
    "Schmierhof Voralpen": ("Oils and lubricants",),
    "Arbeitsschutz Gamser": ("Safety gear",),
    "Lagerkontor Ried": ("Belts and bearings",),
    "Fräskontor Moos": ("Router and moulding tools", "Planer knives and heads"),
    "Kettenhof Arbing": ("Chain saw parts",),
    "Sägenmarkt Direkt": ("Circular saw blades", "Measuring tools"),
    "Schleifband Torfing": ("Sanding belts and discs",),
}
"""Invented competitors, and what a customer of theirs rarely buys here."""


@dataclass(frozen=True, eq=False)
class Customer:
    """One customer with the traits that drive what it buys."""

    customer_id: str
    name: str
    family_name: str
    trade: Trade
    region: str
    role: str
    volume: float
    """Size against the usual customer of its trade: 1 is usual, the largest are near 10."""
    growth: float
    """Factor by which its needs grow over the two years."""
    price_level: str
    tastes: dict[str, float]
    """Liking of each brand by name."""
    equipment: dict[str, int]
    """Machines it runs, with the day since when; 0 or less is before the purchases begin."""
    machines: tuple[Machine, ...]
    suppliers: tuple[str, ...]
    first_day: int
    stop_day: int
    online: bool
    keen: bool
    """Takes up new products early."""
    parent_id: str = ""

    @property
    def segment(self) -> str:
        """Its segment in the table."""
        return self.trade.segment

    @property
    def is_dealer(self) -> bool:
        """Buys to sell on, so in several sizes and brands."""
        return self.segment == "hardware wholesaler"

    @property
    def tags(self) -> frozenset[str]:
        """What a family may fit to be of use here."""
        return frozenset(self.equipment) | {self.segment, "any"}

    @property
    def gaps(self) -> frozenset[str]:
        """Categories it buys elsewhere."""
        return frozenset(c for supplier in self.suppliers for c in SUPPLIERS[supplier])


def build_customers(seed: int) -> list[Customer]:
    """All customers ordered by customer_id; the newest have the highest numbers."""
    rng = stream(seed, "customers")
    numbers = sorted(rng.sample(range(112, 24800), CUSTOMERS))
    roles = _roles(rng)
    customers = [
        _draw(stream(seed, "customer", i), f"{number:05d}", roles[i])
        for i, number in enumerate(numbers)
    ]
    return _grouped(rng, _renamed(rng, customers))


def _roles(rng: Random) -> list[str]:
    roles = ["usual"] * (CUSTOMERS - NEW_CUSTOMERS)
    free = rng.sample(range(len(roles)), sum(ROLES.values()))
    for role, n in ROLES.items():
        for _ in range(n):
            roles[free.pop()] = role
    return roles + ["new"] * NEW_CUSTOMERS


def _draw(rng: Random, customer_id: str, role: str) -> Customer:
    trade = _trade(rng, role)
    family_name = surname(rng)
    price_level = pick(rng, PRICE_LEVELS)
    volume = _volume(rng, role)
    equipment = _equipment(rng, trade, role)
    tastes = {b.name: liking(b, price_level) * lognormal(rng, 0.9) for b in BRANDS.values()}
    machines = own_machines(rng, equipment, role, volume, tastes)
    equipment |= {m.equipment: m.day for m in reversed(machines)}
    first_day, stop_day = _life(rng, role)
    return Customer(
        customer_id,
        firm_name(rng, rng.choice(trade.firm), family_name),
        family_name,
        trade,
        pick(rng, REGION_SHARES),
        role,
        volume,
        _growth(rng, role),
        price_level,
        tastes,
        equipment,
        machines,
        tuple(some(rng, list(SUPPLIERS), 0.13)),
        first_day,
        stop_day,
        happens(rng, 0.7),
        happens(rng, 0.25),
    )


def _trade(rng: Random, role: str) -> Trade:
    if role in STORY_ROLES:
        return TRADES[0] if happens(rng, 0.75) else TRADES[2]
    return rng.choices(TRADES, [trade.share for trade in TRADES])[0]


def _volume(rng: Random, role: str) -> float:
    if role in STORY_ROLES:
        return 2.6 * lognormal(rng, 0.22)
    return min(0.85 * lognormal(rng, 0.8), 10.0)


def _equipment(rng: Random, trade: Trade, role: str) -> dict[str, int]:
    """Machines run today; one in eight was bought within the two years."""
    running = [name for name, chance in trade.equipment.items() if happens(rng, chance)]
    running = running or [next(iter(trade.equipment))]
    if role in STORY_ROLES:
        running = sorted({*running, "log band saw", "band saw sharpener"})
    bought = {name: happens(rng, 0.3 if name in SHARPENERS else 0.12) for name in running}
    since = {name: rng.randrange(20, HORIZON) if bought[name] else 0 for name in running}
    return since | {"log band saw": 0} if role in STORY_ROLES else since


def _growth(rng: Random, role: str) -> float:
    if role in STORY_ROLES:
        return 1.5 + 0.5 * rng.random()
    return 1.4 + 0.4 * rng.random() if happens(rng, 0.14) else 0.85 + 0.25 * rng.random()


def _life(rng: Random, role: str) -> tuple[int, int]:
    if role == "new":
        return LAST_DAY - rng.randrange(20, 100), HORIZON
    if role == "lapsed":
        return 0, LAST_DAY - rng.randrange(122, 304)
    return (rng.randrange(30, 560) if happens(rng, 0.18) else 0), HORIZON


def _renamed(rng: Random, customers: Sequence[Customer]) -> list[Customer]:
    """No two customers have the same name: the later one is told apart by its place."""
    seen: set[str] = set()
    unique = []
    for customer in customers:
        name = customer.name
        while name in seen:
            name = branch_name(rng, rng.choice(customer.trade.firm), customer.family_name)
        seen.add(name)
        unique.append(replace(customer, name=name))
    return unique


def _grouped(rng: Random, customers: list[Customer]) -> list[Customer]:
    """Puts a few customers into groups: same name, same region, same liking of brands."""
    heads = rng.sample([c for c in customers if c.role == "usual"], GROUPS)
    by_id = {customer.customer_id: customer for customer in customers}
    for head in heads:
        like = [
            c
            for c in by_id.values()
            if c.trade == head.trade and c.role == "usual" and not c.parent_id and c not in heads
        ]
        for child in rng.sample(like, rng.randrange(2, 5)):
            by_id[child.customer_id] = _adopted(rng, child, head)
    return list(by_id.values())


def _adopted(rng: Random, child: Customer, head: Customer) -> Customer:
    return replace(
        child,
        name=branch_name(rng, rng.choice(child.trade.firm), head.family_name),
        family_name=head.family_name,
        region=head.region,
        price_level=head.price_level,
        tastes=head.tastes,
        parent_id=head.customer_id,
    )
