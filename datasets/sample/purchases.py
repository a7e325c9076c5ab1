"""Turns played lines into the purchases table: prices, order numbers, returns and some dirt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from days import LAST_DAY, day_of, on, open_day, stamp
from draws import happens, stream
from orders import Line

RETURNS, CANCELLED = 0.015, 0.2
"""Lines that come back; of those, orders cancelled the same day under their own number."""
DIRT = (
    ("quantity", "ca. 5"),
    ("quantity", "2 Stk"),
    ("quantity", "n/a"),
    ("customer_id", ""),
    ("customer_id", ""),
    ("purchased_at", "31.02.2026"),
    ("product_id", ""),
)
DIRTY_ROWS, TWICE = 62, 2
PRICE_STEPS = ((day_of(2025, 1, 1), 0.945), (day_of(2026, 1, 1), 0.97))
"""List prices rose at the turn of each year: until when, and the factor against today."""

Row = dict[str, str]


@dataclass(frozen=True)
class Booking:
    """A line with its order number, quantity as booked: negative when it came back."""

    line: Line
    order_id: str
    quantity: int
    day: int
    minute: int


def purchase_rows(seed: int, lines: Iterable[Line]) -> list[Row]:
    """All rows up to the last day, in order of time."""
    rng = stream(seed, "purchases")
    bookings = _numbered([line for line in lines if line.day <= LAST_DAY])
    bookings += list(_returned(rng, bookings))
    bookings.sort(key=lambda b: (b.day, b.minute, b.order_id))
    rows = [_row(booking) for booking in bookings]
    return _dirtied(rng, rows)


def _numbered(lines: list[Line]) -> list[Booking]:
    lines.sort(key=lambda x: (x.day, x.minute, x.customer.customer_id, x.product.product_id))
    numbers: dict[tuple[int, int, str], int] = {}
    bookings, today = [], -1
    for line in lines:
        if line.day != today:
            numbers, today = {}, line.day
        key = (line.day, line.minute, line.customer.customer_id)
        number = numbers.setdefault(key, len(numbers) + 1)
        order_id = f"{on(line.day):%y%m%d}-{number:03d}"
        bookings.append(Booking(line, order_id, line.quantity, line.day, line.minute))
    return bookings


def _returned(rng: Random, bookings: list[Booking]) -> Iterator[Booking]:
    """Cancelled lines keep their order's number; returns get one of their own. Machines stay."""
    for booking in bookings:
        if not happens(rng, RETURNS) or booking.line.product.family.is_machine:
            continue
        if happens(rng, CANCELLED):
            later = min(booking.minute + rng.randrange(5, 180), 18 * 60 - 1)
            yield replace(booking, quantity=-booking.quantity, minute=later)
            continue
        day = open_day(booking.day + rng.randrange(3, 21), weekends_too=False)
        back = booking.quantity if happens(rng, 0.4) else rng.randint(1, booking.quantity)
        if day <= LAST_DAY:
            minute = rng.randrange(8 * 60, 17 * 60)
            yield replace(
                booking, order_id=f"R{booking.order_id}", quantity=-back, day=day, minute=minute
            )


def _row(booking: Booking) -> Row:
    line = booking.line
    return {
        "order_id": booking.order_id,
        "customer_id": line.customer.customer_id,
        "product_id": line.product.product_id,
        "purchased_at": stamp(booking.day, booking.minute, _second(booking.order_id)),
        "quantity": str(booking.quantity),
        "unit_price": f"{_unit_price(line):.2f}",
    }


def _second(order_id: str) -> int:
    """All lines of an order carry the same second."""
    return sum(map(ord, order_id)) * 7 % 60


def _unit_price(line: Line) -> float:
    """EUR after the customer's discount: the larger the better, dealers best of all."""
    factor = next((f for until, f in PRICE_STEPS if line.day < until), 1.0)
    discount = min(0.12, 0.03 * line.customer.volume) + 0.14 * line.customer.is_dealer
    return line.product.price * factor * (1 - discount)


def _dirtied(rng: Random, rows: list[Row]) -> list[Row]:
    """A handful of rows spoilt as exports are, and two lines that were sent twice."""
    for i in rng.sample(range(len(rows)), DIRTY_ROWS):
        column, value = rng.choice(DIRT)
        rows[i] = rows[i] | {column: value}
    for i in sorted(rng.sample(range(len(rows)), TWICE), reverse=True):
        rows.insert(i, dict(rows[i]))
    return rows
