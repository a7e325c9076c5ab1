"""When customers last bought a product, drawn as bars."""

from __future__ import annotations

from markupsafe import Markup

from recommender.svg import Axis, bar, figure, line, text
from service.pages.formats import count, day
from service.sales.product import Selling

LEFT, RIGHT, TOP, BOTTOM = 84.0, 752.0, 26.0, 300.0
HEIGHT = 352
FILLED = 0.72
"""Of the room each bar has."""


def selling_chart(selling: Selling) -> Markup:
    """An SVG with a title and a description; the numbers stand in the table beside it."""
    counts = [float(period.customers) for period in selling.periods]
    up = Axis(0.0, _top(max(counts)), BOTTOM, TOP)
    room = (RIGHT - LEFT) / len(counts)
    marks = [*_grid(up)]
    for place, customers in enumerate(counts):
        x = LEFT + (place + (1 - FILLED) / 2) * room
        if customers:
            marks.append(bar(x, up.at(customers), room * FILLED, BOTTOM - up.at(customers)))
    first, last = selling.periods[0].first_on, selling.periods[-1].last_on
    marks += [
        text(LEFT, BOTTOM + 42, day(first), "tick"),
        text(RIGHT, BOTTOM + 42, day(last), "tick", "end"),
    ]
    said = (
        f"{count(selling.year)} customers in 52 weeks, by four weeks; "
        f"the last four: {count(counts[-1])}."
    )
    # every word in it is escaped where it is drawn
    return Markup(figure("When its customers last bought it", said, HEIGHT, marks))  # noqa: S704


def _top(most: float) -> float:
    """A number of customers that two steps divide evenly."""
    return 2.0 * max(-(-most // 2), 1)


def _grid(up: Axis) -> list[str]:
    marks = []
    for share in (0.0, 0.5, 1.0):
        customers = up.high * share
        marks.append(line((LEFT, up.at(customers)), (RIGHT, up.at(customers)), "grid"))
        marks.append(text(LEFT - 14, up.at(customers) + 10, count(customers), "tick", "end"))
    return marks
