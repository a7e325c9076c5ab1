"""Whether a training may go live: not when what is live, or what anyone would pick, is better.

Noise is the bootstrap's: worse counts only where the whole 95 % interval says so. Too little data
to tell is no reason to refuse, or a small company could never begin; the verdict says it instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from recommender.judging.baselines import FREQUENCY, POPULARITY, RECENT_POPULARITY
from recommender.judging.bootstrap import Interval
from recommender.judging.comparison import FEW_CUSTOMERS, Comparison
from recommender.judging.judged_window import OURS
from recommender.judging.judgement import RULER, Judgement
from recommender.judging.metrics import METRICS

METRIC = METRICS[1]
"""nDCG@10: what a person sees of a list, by its place."""
DULL = (POPULARITY, RECENT_POPULARITY)
YARDSTICKS = {"new": DULL, "again": (FREQUENCY,)}
"""Baselines that say how hard the windows of two judgements were."""
ALIKE = 2.0
"""Times as many customers at most: past it the data are not of the same family."""


@dataclass(frozen=True)
class Refusal:
    reason: str
    """One line for people: what is worse than what, by how much."""

    def __str__(self) -> str:
        return self.reason


def gate(judgement: Judgement, live: Mapping[str, Any] | None = None) -> Refusal | None:
    """The first reason not to publish. `live` is the judgement in the live release's report.json.

    The live one was judged on other windows, perhaps of another season. Its figures are compared
    only where the baselines found both about as hard; `comparable` says when.
    """
    if judgement.new is None:
        return None
    found = judgement.new.all
    if found.customers == 0:
        return None
    missing = _not_measured(judgement, found)
    if missing:
        return Refusal(missing)
    if found.is_too_small:
        return None
    return next(_worse_than_dull(found), None) or next(_worse_than_live(judgement, live), None)


def comparable(question: str, ours: Comparison, live: Mapping[str, Any]) -> bool:
    """Whether two judgements measured the same: customers about as many, windows about as hard.

    About as hard: what needs no model (best-sellers, or what the customer always buys) scored the
    same within noise.
    """
    customers = live.get("customers", 0)
    if min(customers, ours.customers) < FEW_CUSTOMERS:
        return False
    if max(customers, ours.customers) > ALIKE * min(customers, ours.customers):
        return False
    return all(_as_hard(name, ours, live) for name in YARDSTICKS[question])


def _not_measured(judgement: Judgement, found: Comparison) -> str | None:
    """What is missing from the judging, as a reason."""
    absent = [name for name in (OURS, *DULL) if name not in found.figures]
    if absent:
        return f"the judging gave no figures for {', '.join(absent)}; nothing is known"
    figures = [f for name in (OURS, *DULL) for f in found.figures[name].values()]
    if not all(figure.is_finite for figure in figures):
        return "the judging gave figures that are not numbers; the model is broken"
    if not all(isfinite(reliability.error) for reliability in judgement.reliability.values()):
        return "some chances are not numbers; the model is broken"
    return None


def _worse_than_dull(found: Comparison) -> Iterator[Refusal]:
    for name in DULL:
        lead = found.lead[name][METRIC]
        if lead.high < 0:
            ours, theirs = found.figures[OURS][METRIC].value, found.figures[name][METRIC].value
            yield Refusal(
                f"the lists are worse than {name}: nDCG@10 {ours:.4f} against {theirs:.4f} on "
                f"{found.customers:,} customers (difference {lead.low:.4f} to {lead.high:.4f})"
            )


def _worse_than_live(judgement: Judgement, live: Mapping[str, Any] | None) -> Iterator[Refusal]:
    for question, ours, theirs in _both(judgement, live):
        now, then = ours.figures[OURS][METRIC], _recorded(theirs, OURS)
        if then and comparable(question, ours, theirs) and now.high < then.low:
            yield Refusal(
                f"the lists ({question}) are worse than the live release's: nDCG@10 "
                f"{now.value:.4f} ({now.low:.4f} to {now.high:.4f}) against "
                f"{then.value:.4f} ({then.low:.4f} to {then.high:.4f})"
            )


def _both(
    judgement: Judgement, live: Mapping[str, Any] | None
) -> Iterator[tuple[str, Comparison, Mapping[str, Any]]]:
    """Each question that both judged by the same ruler."""
    if not live or live.get("ruler") != RULER:
        return
    for question, ours in (("new", judgement.new), ("again", judgement.again)):
        theirs = live.get(question)
        if ours and isinstance(theirs, Mapping) and isinstance(theirs.get("all"), Mapping):
            yield question, ours.all, theirs["all"]


def _as_hard(name: str, ours: Comparison, live: Mapping[str, Any]) -> bool:
    now, then = ours.figures.get(name, {}).get(METRIC), _recorded(live, name)
    return now is not None and then is not None and now.overlaps(then)


def _recorded(live: Mapping[str, Any], name: str) -> Interval | None:
    """nDCG@10 of one set of lists in a recorded comparison, None where it is not there."""
    recorded = live.get("lists", {}).get(name, {}).get(METRIC)
    return None if recorded is None else Interval(**recorded)
