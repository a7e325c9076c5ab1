"""What the judging found, in words for someone who never read a metric."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.judging.baselines import FREQUENCY, POPULARITY
from recommender.judging.comparison import FEW_CUSTOMERS, RECALL, Comparison
from recommender.judging.judged_window import OURS
from recommender.judging.reliability import Reliability

DEAR = 0.02
"""Calibration error past which `chance` is not to be taken at its word."""


def verdict_of(
    windows: int,
    new: Comparison | None,
    again: Comparison | None,
    reliability: Mapping[str, Reliability],
) -> tuple[str, ...]:
    """Lines, the most important one first."""
    if new is None:
        return (
            "Not judged: the purchases do not reach back far enough to set 28 days aside and "
            "learn from the time before. Nothing is known about how good the lists are.",
        )
    if new.is_too_small:
        return (*_too_small(new), *_of_again(again))
    return (
        _against_best_sellers(windows, new),
        *_against_best(new),
        *_of_again(again),
        *_of_chance(reliability),
    )


def _too_small(new: Comparison) -> tuple[str, ...]:
    return (
        f"Too little data to judge: {new.customers} customers bought something new in the windows "
        f"set aside, fewer than {FEW_CUSTOMERS}. The lists may be good or bad; "
        "nothing here shows which.",
    )


def _against_best_sellers(windows: int, new: Comparison) -> str:
    ours, theirs = new.figures[OURS][RECALL].value, new.figures[POPULARITY][RECALL].value
    where = "1 window" if windows == 1 else f"{windows} windows"
    return (
        f"On {where} the future of which the models did not see, the lists hold "
        f"{_percent(ours)} of what customers newly bought within 28 days in their first 20 "
        f"places; best-sellers {_percent(theirs)}: {_how_much(new, POPULARITY)}."
    )


def _against_best(new: Comparison) -> tuple[str, ...]:
    """Against the strongest baseline, where that is another one than best-sellers."""
    best = strongest(new)
    if best == POPULARITY:
        return ()
    theirs = new.figures[best][RECALL].value
    return (
        f"The strongest alternative, {best}, holds {_percent(theirs)}: {_how_much(new, best)}.",
    )


def strongest(comparison: Comparison) -> str:
    """The baseline with the highest recall20."""
    return max(comparison.baselines, key=lambda name: comparison.figures[name][RECALL].value)


def _of_again(again: Comparison | None) -> tuple[str, ...]:
    if again is None or again.is_too_small:
        return ()
    ours, theirs = again.figures[OURS][RECALL].value, again.figures[FREQUENCY][RECALL].value
    return (
        f"Of what they bought again the lists hold {_percent(ours)}, what each customer buys "
        f"most often {_percent(theirs)}: {_how_much(again, FREQUENCY)}.",
    )


def _of_chance(reliability: Mapping[str, Reliability]) -> tuple[str, ...]:
    found = reliability.get("new, first 20 places")
    if found is None:
        return ()
    top = found.bins[-1]
    trust = "can be taken at its word" if found.error <= DEAR else "is NOT to be taken at its word"
    return (
        f"`chance` {trust}: it is off by {100 * found.error:.1f} points on average over the first "
        f"20 places; where it says {_percent(top.chance)}, {_percent(top.bought)} bought.",
    )


def _how_much(comparison: Comparison, baseline: str) -> str:
    """How ours compares, never claiming more than the interval allows."""
    times = comparison.times.get(baseline)
    if times is None:
        return "they found nothing at all"
    digits = 1 if times.value > 1.95 else 2
    value, low, high = (f"{ratio:.{digits}f}" for ratio in (times.value, times.low, times.high))
    between = f"{value} times as many (interval {low} to {high})"
    if times.low > 1:
        return between
    if times.high < 1:
        return f"ours are WORSE, {between}"
    return f"no difference that chance could not make, {between}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
