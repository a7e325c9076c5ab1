"""The exams that settings are chosen on: windows older than all that teach or judge the ranking."""

from __future__ import annotations

import numpy as np

from recommender.matrix.returns import pair_starts
from recommender.models.settings import Settings
from recommender.ranking.windows import LEAST_PAST_DAYS, LENGTH, MOST
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tuning.budget import WORK_OF_ONE, work_of_fit
from recommender.tuning.exam import Exam, set_exam

NEWEST = MOST + 1
"""Windows before now; all newer ones teach the ranking or judge it."""
MOST_EXAMS = 13
"""A year of windows: every season and every change of the catalogue counts once."""
LEAST_CUSTOMERS = 20
"""Of an exam: fewer tell nothing."""
LEAST_DAYS = NEWEST * LENGTH // SECONDS_PER_DAY + LEAST_PAST_DAYS
"""Of purchases, for the first exam."""


def exam_moments(purchases: Purchases, now: int) -> list[int]:
    """When the windows begin that settings may be chosen on, newest first; maybe none."""
    if not len(purchases):
        return []
    begins = int(purchases.purchased_at.min())
    moments = [now - LENGTH * k for k in range(NEWEST, NEWEST + MOST_EXAMS)]
    return [at for at in moments if at - begins >= LEAST_PAST_DAYS * SECONDS_PER_DAY]


def set_exams(purchases: Purchases, settings: Settings, now: int) -> tuple[Exam, ...]:
    """Newest first, as many as the budget of one setting holds, two if there are.

    Where even two are too much, a sample of customers sits them.
    """
    moments = exam_moments(purchases, now)
    if not moments:
        return ()
    some = _affordable(purchases, settings, moments[0])
    exams: list[Exam] = []
    work = 0.0
    for at in moments:
        exam = set_exam(some, at, settings.history_days)
        work += _work(exam.netted.purchases, settings)
        if len(exams) >= 2 and work > WORK_OF_ONE:
            break
        if len(exam.customers) >= LEAST_CUSTOMERS:
            exams.append(exam)
    return tuple(exams)


def _affordable(purchases: Purchases, settings: Settings, newest: int) -> Purchases:
    """All purchases of as many customers as two exams may take, drawn by the seed."""
    share = WORK_OF_ONE / 2 / max(_work(purchases.before(newest), settings), 1.0)
    if share >= 1:
        return purchases
    customers = np.unique(purchases.customer_rows)
    count = max(int(share * len(customers)), min(len(customers), LEAST_CUSTOMERS))
    random = np.random.default_rng(settings.als.seed)
    drawn = random.choice(customers, count, replace=False)
    return purchases.take(np.isin(purchases.customer_rows, drawn))


def _work(past: Purchases, settings: Settings) -> float:
    rows = len(np.unique(past.customer_rows)) + len(np.unique(past.product_columns))
    return work_of_fit(len(pair_starts(past)) - 1, rows, settings)
