"""The few marks that our plots are made of, as SVG text; colours come from the page's classes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10, sqrt

WIDTH = 760
LABEL_ROOM = 42


@dataclass(frozen=True)
class Axis:
    """From figures to positions on the paper, with round numbers along it."""

    low: float
    high: float
    first: float
    """Where `low` is drawn."""
    last: float
    """Where `high` is drawn."""

    @classmethod
    def over(cls, values: list[float], first: float, last: float) -> Axis:
        """From 0, or below where a value is, to the next round number."""
        step = _step(max([*values, 0.0]) - min([*values, 0.0]))
        low = floor(min([*values, 0.0]) / step) * step
        return cls(low, max(ceil(max([*values, 0.0]) / step) * step, low + step), first, last)

    def at(self, value: float) -> float:
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)

    @property
    def ticks(self) -> list[float]:
        step = _step(self.high - self.low)
        return [self.low + i * step for i in range(round((self.high - self.low) / step) + 1)]


@dataclass(frozen=True)
class RootAxis:
    """From 0, by square roots: small chances, which are most of them, do not lie on a heap."""

    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        return self.first + sqrt(value / self.high) * (self.last - self.first)

    @property
    def ticks(self) -> list[float]:
        """Round shares, as far apart as their labels need."""
        ticks = [0.0]
        for tick in (m * 10.0**power for power in range(-4, 0) for m in (1, 2, 5)):
            if tick <= self.high and abs(self.at(tick) - self.at(ticks[-1])) >= LABEL_ROOM:
                ticks.append(tick)
        return ticks


def percent(share: float, digits: int = 1) -> str:
    """With a narrow no-break space, and no -0.0."""
    return f"{100 * share + 0.0:.{digits}f}\u202f%"


def tick_label(tick: float) -> str:
    return f"{round(100 * tick, 6) + 0.0:g}\u202f%"


def figure(title: str, description: str, height: float, marks: list[str]) -> str:
    """One drawing with what it shows in words, for those who cannot see it."""
    return (
        f'<div class="plot" tabindex="0"><svg viewBox="0 0 {WIDTH} {height:g}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"{''.join(marks)}</svg></div>"
    )


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def line(start: tuple[float, float], end: tuple[float, float], css: str) -> str:
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'class="{css}"/>'
    )


def dot(x: float, y: float, css: str, radius: float = 5) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{css}"/>'


def bar(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" '
        'rx="2" class="bar"/>'
    )


def _step(span: float) -> float:
    """1, 2 or 5 times a power of ten: about five of them in the span."""
    if span <= 0:
        return 0.01
    power = 10.0 ** floor(log10(span / 5))
    return next(m * power for m in (1, 2, 5, 10) if span / (m * power) <= 5.5)
