"""The plots of the report: figures with intervals, reliability, what carries the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.judging.bootstrap import Interval
from recommender.judging.reliability import Reliability
from recommender.svg import (
    WIDTH,
    Axis,
    RootAxis,
    bar,
    dot,
    figure,
    line,
    percent,
    text,
    tick_label,
)

LEFT = 200
"""Room for the labels of rows."""
RIGHT = 170
"""Room for the figures in words."""
LINE = 22
GAP = 14
SQUARE = 340
LONGEST = 27
"""Characters of a label; the table beneath has all of it."""


@dataclass(frozen=True)
class Point:
    series: str
    value: Interval
    css: str
    """`ours`, `best` or `other`."""


@dataclass(frozen=True)
class Row:
    label: str
    detail: str
    """Small print beside the label."""
    points: tuple[Point, ...]


def dots(title: str, description: str, rows: Sequence[Row], *, legend: bool = False) -> str:
    """A row each for what is compared; a dot for the figure, a whisker for its interval."""
    top = 26 if legend else 6
    heights = [LINE * len(row.points) + GAP for row in rows]
    bottom = top + sum(heights)
    ends = [end for row in rows for p in row.points for end in (p.value.low, p.value.high)]
    axis = Axis.over(ends, LEFT, WIDTH - RIGHT)
    marks = _grid(axis, top, bottom)
    if legend:
        marks += _legend(rows[0].points)
    for i, row in enumerate(rows):
        marks += _row(row, axis, top + sum(heights[:i]), heights[i])
    return figure(title, description, bottom + 24, marks)


def reliability_plot(title: str, found: Reliability) -> str:
    """Said across, happened upwards; on the diagonal both are the same."""
    most = max(max(b.chance, b.high) for b in found.bins)
    across = RootAxis(1.05 * most, 70, 70 + SQUARE)
    upwards = RootAxis(1.05 * most, 20 + SQUARE, 20)
    marks = _grid(across, 20, 20 + SQUARE)
    for tick in upwards.ticks:
        marks.append(line((70, upwards.at(tick)), (70 + SQUARE, upwards.at(tick)), "grid"))
        marks.append(text(62, upwards.at(tick) + 4, tick_label(tick), "tick", "end"))
    corner = (across.at(across.high), upwards.at(upwards.high))
    marks.append(line((across.at(0), upwards.at(0)), corner, "diagonal"))
    for b in found.bins:
        x = across.at(b.chance)
        marks.append(line((x, upwards.at(b.low)), (x, upwards.at(b.high)), "whisker ours"))
        marks.append(dot(x, upwards.at(b.bought), "ours"))
    marks.append(text(70 + SQUARE / 2, SQUARE + 62, "chance that was said", "axis", "middle"))
    marks.append(text(70, 12, "share that was bought", "axis"))
    marks += _margin_notes(found)
    said = f"Expected calibration error {percent(found.error, 2)}; on the diagonal it would be 0."
    return figure(title, said, SQUARE + 72, marks)


def bars(title: str, description: str, shares: Mapping[str, float]) -> str:
    """Largest first, in percent of all."""
    total = sum(shares.values()) or 1.0
    rows = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    axis = Axis(0, max(max(shares.values()) / total, 1e-9), LEFT, WIDTH - 80)
    marks = []
    for i, (name, share) in enumerate(rows):
        y = 6 + i * LINE
        marks.append(text(LEFT - 10, y + 13, name.replace("_", " "), "label", "end"))
        marks.append(bar(LEFT, y + 2, axis.at(share / total) - LEFT, 14))
        marks.append(text(axis.at(share / total) + 8, y + 13, percent(share / total), "figure"))
    return figure(title, description, 12 + len(rows) * LINE, marks)


def _grid(axis: Axis | RootAxis, top: float, bottom: float) -> list[str]:
    marks = []
    for tick in axis.ticks:
        marks.append(line((axis.at(tick), top), (axis.at(tick), bottom), "grid"))
        marks.append(text(axis.at(tick), bottom + 17, tick_label(tick), "tick", "middle"))
    return marks


def _row(row: Row, axis: Axis, top: float, height: float) -> list[str]:
    middle = top + height / 2
    emphasis = "label strong" if row.label == "our lists" else "label"
    marks = [text(LEFT - 14, middle + (0 if row.detail else 4), _short(row.label), emphasis, "end")]
    if row.detail:
        marks.append(text(LEFT - 14, middle + 14, row.detail, "tick", "end"))
    for i, point in enumerate(row.points):
        marks += _point(point, axis, top + GAP / 2 + LINE * (i + 0.5))
    return marks


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"


def _point(point: Point, axis: Axis, y: float) -> list[str]:
    value = point.value
    said = f"{percent(value.value)}  ({100 * value.low:.1f} to {100 * value.high:.1f})"
    return [
        line((axis.at(value.low), y), (axis.at(value.high), y), f"whisker {point.css}"),
        dot(axis.at(value.value), y, point.css, 6 if point.css == "ours" else 4.5),
        text(WIDTH - RIGHT + 12, y + 4, said, f"figure {point.css}-figure"),
    ]


def _legend(points: Sequence[Point]) -> list[str]:
    marks, x = [], float(LEFT)
    for point in points:
        marks.append(dot(x + 5, 9, point.css, 5))
        marks.append(text(x + 16, 13, point.series, "tick"))
        x += 34 + 7 * len(point.series)
    return marks


def _margin_notes(found: Reliability) -> list[str]:
    """What to look for, beside the square."""
    top, x = found.bins[-1], 70 + SQUARE + 40
    words = [
        ("Each dot is a tenth of the suggestions.", "axis"),
        ("On the dashed line, what was said came true.", "axis"),
        ("Above it we promised too little, below too much.", "axis"),
        (f"Off by {percent(found.error, 2)} on average.", "label strong"),
        (f"Likeliest tenth: said {percent(top.chance)},", "axis"),
        (f"bought {percent(top.bought)}.", "axis"),
    ]
    return [text(x, 60 + 22 * i, said, css) for i, (said, css) in enumerate(words)]
