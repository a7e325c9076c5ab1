"""How a customer buys one of its products: how often, how regularly, how much, and when last."""

from __future__ import annotations

import numpy as np

from recommender.ranking.again.frequency import visit_counts
from recommender.ranking.again.visits import Column, Visits, ratio

WINDOWS_DAYS = (28, 56, 91, 182)
HALF_LIVES_DAYS = (7, 20, 60, 180)


def rhythm(visits: Visits) -> dict[str, Column]:
    """Features of pairs, each (pairs,)."""
    return {**_counts(visits), **_gaps(visits), **_amounts(visits)}


def fading_count(visits: Visits, half_life_days: float) -> Column:
    """(pairs,) visits, each counting half at the age of a half-life."""
    return visits.sums(np.exp2(-visits.ages / half_life_days))


def gaps_before(visits: Visits) -> Column:
    """(visits,) days since the visit before, 0 for the first of a pair."""
    gaps = -np.diff(visits.ages, prepend=visits.ages[:1])
    gaps[visits.firsts] = 0.0
    return gaps


def _counts(visits: Visits) -> dict[str, Column]:
    counts = {"visits": visit_counts(visits)}
    counts |= {f"visits_{days}": visits.within(days) for days in WINDOWS_DAYS}
    fading = {f"fading_{days}": fading_count(visits, days) for days in HALF_LIVES_DAYS}
    return {**counts, **fading}


def _gaps(visits: Visits) -> dict[str, Column]:
    """Gap is the usual time between two visits; due is 1 when as much has passed."""
    first, last = visits.ages[visits.firsts], visits.ages[visits.lasts]
    count = visit_counts(visits)
    gaps = gaps_before(visits)
    gap, median = ratio(first - last, count - 1), _median_gap(visits, gaps)
    spread = np.sqrt(np.maximum(ratio(visits.sums(gaps**2), count - 1) - gap**2, 0))
    return {
        "since_last": last,
        "since_first": first,
        "gap": gap,
        "gap_median": median,
        "gap_spread": spread,
        "gap_longest": np.where(count > 1, np.maximum.reduceat(gaps, visits.firsts), np.nan),
        "gap_last": np.where(count > 1, gaps[visits.lasts], np.nan),
        "due": ratio(last, gap),
        "due_median": ratio(last, median),
        "overdue_days": last - gap,
    }


def _amounts(visits: Visits) -> dict[str, Column]:
    count = visit_counts(visits)
    total, newest = visits.sums(visits.quantity), visits.quantity[visits.lasts]
    first, last = visits.ages[visits.firsts], visits.ages[visits.lasts]
    return {
        "quantity": total / count,
        "quantity_last": newest,
        "quantity_last_to_usual": newest * count / total,
        # at the pace of the visits before, the last quantity lasts that much longer
        "days_in_stock": ratio(newest * (first - last), total - newest) - last,
        "spent": np.log1p(visits.sums(visits.quantity * np.nan_to_num(visits.price))),
    }


def _median_gap(visits: Visits, gaps: Column) -> Column:
    """(pairs,) the lower median, NaN for a single visit."""
    # pairs far above gaps in one key: a plain sort is several times faster than two keys
    ordered = np.sort(visits.pairs * 1024.0 + gaps) - visits.pairs * 1024.0
    count = visit_counts(visits)
    middle = visits.firsts + count.astype(np.intp) // 2
    # the 0 of the first visit is the smallest of its pair, so the gaps begin one further
    return np.where(count > 1, ordered[middle], np.nan)
