"""Plays one customer through the two years, order day by order day."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from catalogue import Catalogue, Product
from customers import Customer
from days import HORIZON, LAST_DAY, open_day, season
from draws import count, happens, lognormal, pick, stream
from needs import Need

STAY = 0.94
"""The chance to take the same product as last time; dealers change twice as readily."""
TOGETHER = 0.5
"""The chance that what goes well with a line is ordered along when it is due before long."""
TRY = 0.035
"""The chance that an order holds something the customer just wants to try."""


@dataclass(frozen=True)
class Line:
    """One line of an order, before it has a price and a number."""

    customer: Customer
    product: Product
    day: int
    minute: int
    quantity: int


class Buyer:
    """One customer's state while it is played: what is due when, and the usual choice."""

    def __init__(
        self, seed: int, customer: Customer, needs: list[Need], catalogue: Catalogue
    ) -> None:
        self.rng: Random = stream(seed, "orders", customer.customer_id)
        self.customer = customer
        self.catalogue = catalogue
        self.due = {need: self._first_due(need) for need in needs}
        self.usual: dict[Need, Product] = {}

    def lines(self) -> Iterator[Line]:
        """All lines in time, machines in orders of their own."""
        yield from self._machine_lines()
        every = max(4.0, 15.0 / self.customer.volume**0.5) * lognormal(self.rng, 0.25)
        day = self.customer.first_day + (
            0 if self.customer.first_day else self.rng.uniform(0, every)
        )
        while day < min(HORIZON, self.customer.stop_day):
            web = self.customer.online and happens(self.rng, 0.2)
            yield from self._order(open_day(int(day), web), every)
            day += max(1.0, every * lognormal(self.rng, 0.3))

    def _first_due(self, need: Need) -> float:
        """At once for a need that comes up; some time in its rhythm for one long there."""
        if need.start_day > self.customer.first_day:
            return need.start_day
        untried = self.customer.first_day > 0 and happens(self.rng, 0.5)
        wait = 0.0 if untried else self.rng.random()
        return need.start_day + wait * self._pause(need, need.start_day)

    def _order(self, day: int, every: float) -> Iterator[Line]:
        wanted = [need for need, due in self.due.items() if due <= day + every / 3]
        wanted = [need for need in wanted if need.start_day <= day < need.stop_day]
        wanted += self._along(wanted, day)
        minute = self._minute()
        taken: set[Product] = set()
        for need in dict.fromkeys(wanted):
            product = self._choose(need, day)
            self.due[need] = day + self._pause(need, day)
            if product:
                taken.add(product)
                yield Line(self.customer, product, day, minute, count(self.rng, need.quantity))
        if taken and happens(self.rng, TRY):
            yield Line(self.customer, self._tried(day, taken), day, minute, 1)

    def _along(self, wanted: list[Need], day: int) -> list[Need]:
        """What goes well with the wanted and would be due before long anyway."""
        companions = {key for need in wanted for key in need.family.companions}
        return [
            need
            for need, due in self.due.items()
            if need.family.key in companions
            and need.start_day <= day < need.stop_day
            and due - day < 0.6 * need.every_days
            and happens(self.rng, TOGETHER)
        ]

    def _pause(self, need: Need, day: float) -> float:
        progress = max(0.0, day) / LAST_DAY
        speed: float = self.customer.growth**progress
        speed *= season(max(0.0, day), self.customer.segment, need.family.fits)
        return need.every_days / speed * lognormal(self.rng, 0.24)

    def _choose(self, need: Need, day: int) -> Product | None:
        """The usual product as long as it is there, else or at times another brand of its size."""
        usual = self.usual.get(need)
        options = self.catalogue.choice(need.family, need.size, day)
        options = [o for o in options if need.maker in ("", o.brand.name)]
        if not options:
            return None
        fresh = [o for o in options if day - o.listed_day < 60 and self._likes_new(o)]
        if usual not in options or fresh or not self._stays(usual, day):
            self.usual[need] = usual = pick(self.rng, self._weights(fresh or options, day))
        return usual

    def _stays(self, usual: Product | None, day: int) -> bool:
        """Whether the usual product is taken again; a brand in decline holds its buyers less."""
        if usual is None:
            return False
        hold = 0.7 + 0.3 * min(1.0, usual.brand.weight(day / LAST_DAY))
        return happens(self.rng, (2 * STAY - 1 if self.customer.is_dealer else STAY) * hold)

    def _likes_new(self, product: Product) -> bool:
        chance = 0.85 if self.customer.keen else 0.15
        return happens(self.rng, chance * min(1.0, 3 * self.customer.tastes[product.brand.name]))

    def _weights(self, options: list[Product], day: int) -> dict[Product, float]:
        tastes = self.customer.tastes
        return {o: tastes[o.brand.name] * o.brand.weight(day / LAST_DAY) for o in options}

    def _tried(self, day: int, taken: set[Product]) -> Product:
        """Something off the beaten track, more often than not of some use here."""
        products = [p for p in self.catalogue.products if p.sold_on(day) and p.price < 150]
        products = [p for p in products if p not in taken]
        fitting = [p for p in products if self.customer.tags & {*p.family.fits}]
        return self.rng.choice(fitting if happens(self.rng, 0.7) else products)

    def _machine_lines(self) -> Iterator[Line]:
        for machine in self.customer.machines:
            day = open_day(machine.day, weekends_too=False)
            if self.customer.first_day < machine.day and day < self.customer.stop_day:
                family = self.catalogue.families[machine.family_key]
                options = self.catalogue.choice(family, machine.size, day)
                product = next((o for o in options if o.brand.name == machine.brand), options[0])
                yield Line(self.customer, product, day, self._minute(), 1)

    def _minute(self) -> int:
        """Minute of the day within business hours."""
        return min(17 * 60 + 29, max(7 * 60, int(self.rng.gauss(10.8, 2.3) * 60)))
