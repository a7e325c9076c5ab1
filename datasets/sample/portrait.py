"""The customers table: what a rep wrote down about each customer, with the usual holes."""

from random import Random

from brands import LEVELS
from customers import Customer
from days import LAST_DAY, on
from draws import happens, lognormal, stream
from firms import REPS

GROWTH_PLANS = {
    "sawmill": (
        "second shift from spring",
        "new sawing line in 2027",
        "doubling the log yard",
        "own planing mill planned",
    ),
    "joinery": ("moving to a larger hall", "second CNC router planned", "hiring two joiners"),
    "hardware wholesaler": ("second shop planned", "web shop in preparation"),
}
STEADY = ("none", "none", "handing over to the next generation", "keeping the size")
FLOOR_M2 = {"sawmill": 2600.0, "joinery": 480.0, "hardware wholesaler": 620.0}
OUTPUT_M3 = {"sawmill": 950.0, "joinery": 14.0}
"""Timber sawn or worked in a month by a customer of usual size; dealers have none."""
M2_PER_EMPLOYEE = {"sawmill": 210.0, "joinery": 62.0, "hardware wholesaler": 85.0}
SHARPENING_BRANDS = ("Schleifauer", "Wetzgrund")
MISSING = {
    "floor_space_m2": 0.22,
    "monthly_output_m3": 0.18,
    "employees": 0.12,
    "price_level": 0.1,
    "brands_stocked": 0.25,
    "equipment": 0.2,
    "growth_plans": 0.4,
    "other_suppliers": 0.45,
    "last_visit_on": 0.08,
}


def customer_row(seed: int, customer: Customer) -> dict[str, str]:
    """One row of the customers table."""
    rng = stream(seed, "portrait", customer.customer_id)
    row = {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "segment": customer.segment,
        "region": customer.region,
        "rep": REPS[customer.region],
        "parent_id": customer.parent_id,
    }
    return row | _with_holes(rng, customer, _portrait(rng, customer))


def _portrait(rng: Random, customer: Customer) -> dict[str, str]:
    floor = FLOOR_M2[customer.segment] * customer.volume**0.8 * lognormal(rng, 0.25)
    output = OUTPUT_M3.get(customer.segment, 0.0) * customer.volume * lognormal(rng, 0.2)
    employees = max(1, round(floor / M2_PER_EMPLOYEE[customer.segment] * lognormal(rng, 0.25)))
    return {
        "floor_space_m2": _two_digits(floor),
        "monthly_output_m3": _two_digits(output) if output else "",
        "employees": str(employees),
        "price_level": _said_level(rng, customer.price_level),
        "brands_stocked": ";".join(_brands(customer)),
        "equipment": ";".join(_seen_equipment(customer)),
        "growth_plans": _plans(rng, customer),
        "other_suppliers": ";".join(customer.suppliers) or "none",
        "last_visit_on": on(LAST_DAY - int(rng.expovariate(1 / 130))).isoformat(),
    }


def _with_holes(rng: Random, customer: Customer, portrait: dict[str, str]) -> dict[str, str]:
    """A field is missing more often where the rep has not been for long, or is yet to go."""
    more = 1.5 if customer.role in ("prospect", "new") else 1.0
    return {k: "" if happens(rng, MISSING[k] * more) else v for k, v in portrait.items()}


def _two_digits(value: float) -> str:
    """Rounded as people say it: 2600 rather than 2587."""
    return f"{float(f'{value:.2g}'):.0f}"


def _said_level(rng: Random, level: str) -> str:
    """What the rep believes: right nine times in ten."""
    return level if happens(rng, 0.9) else rng.choice(LEVELS)


def _brands(customer: Customer) -> list[str]:
    """Its best liked ones; who sharpens nothing has no brand for that."""
    best = sorted(customer.tastes, key=lambda name: -customer.tastes[name])
    if not customer.machines:
        best = [name for name in best if name not in SHARPENING_BRANDS]
    return best[: 5 if customer.is_dealer else 3]


def _seen_equipment(customer: Customer) -> list[str]:
    """Machines it runs today; a dealer runs its sharpening machines, the rest it only sells."""
    running = [name for name, since in customer.equipment.items() if since <= LAST_DAY]
    return [n for n in running if "sharpener" in n or "grinder" in n or not customer.is_dealer]


def _plans(rng: Random, customer: Customer) -> str:
    plans = GROWTH_PLANS[customer.segment] if customer.growth > 1.3 else STEADY
    return rng.choice(plans)
