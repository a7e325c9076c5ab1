"""How often a customer will order: BG/NBD.

Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005). While it
stays, a customer orders at random with a rate of its own, and after each order leaves for good with
a chance of its own. Rates are gamma distributed (r, alpha), chances beta distributed (a, b).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln

from recommender.insight.lifetime.histories import Histories
from recommender.insight.lifetime.likeliest import likeliest

Floats = npt.NDArray[np.float64]
STARTS = ((1.0, 1.0, 1.0, 1.0), (0.25, 4.0, 0.8, 2.5), (1.0, 10.0, 0.1, 3.0), (3.0, 3.0, 0.3, 10.0))
NEGLIGIBLE = 1e-10
"""Of an order; the terms fall at least as fast as those of a geometric series."""


@dataclass(frozen=True)
class BgNbd:
    """Weeks are its unit of time."""

    r: float
    alpha: float
    a: float
    b: float

    @property
    def chance_to_leave(self) -> float:
        """Mean over customers, after each order."""
        return self.a / (self.a + self.b)

    def log_likelihood(self, histories: Histories) -> Floats:
        """(customers,) of each history."""
        return self._of_orders(histories) + np.logaddexp(*self._stayed_or_left(histories))

    def chance_alive(self, histories: Histories) -> Floats:
        """(customers,) chance that it has not left; 1 for those that never came back.

        It can only leave after a repeated order: that is how the model is made.
        """
        stayed, left = self._stayed_or_left(histories)
        return expit(stayed - left)

    def expected_orders(self, histories: Histories, weeks: float) -> Floats:
        """(customers,) days with an order that each will have in the next `weeks`.

        Equation 10 of the paper, written as a sum of positive terms: were it to stay, a customer
        would order more than k times with a chance that is negative binomial, and it gets so far
        with the product of its chances to stay. The published form with 2F1 is the same number, but
        overflows for frequent customers and divides by a - 1.
        """
        expected, going = np.zeros(len(histories)), np.arange(len(histories))
        passed = weeks / (self.alpha + histories.weeks + weeks)
        exactly = (self.r + histories.repeats) * np.log1p(-passed)
        ones = np.ones(len(histories))
        state, k = np.array([histories.repeats, passed, exactly, ones, ones]), 0
        while len(going):
            x, passed, exactly, more, stays = state
            more -= np.exp(exactly)
            terms = stays * more
            expected[going] += terms
            stays *= (self.b + x + k) / (self.a + self.b + x + k)
            exactly += np.log((self.r + x + k) / (k + 1) * passed)
            going, state = going[terms > NEGLIGIBLE], state[:, terms > NEGLIGIBLE]
            k += 1
        return self.chance_alive(histories) * expected

    def gradient(self, histories: Histories, counts: Floats) -> Floats:
        """(4,) of the log-likelihood by r, alpha, a and b, histories counted `counts` times."""
        x, alive = histories.repeats, self.chance_alive(histories)
        left = 1 - alive
        since_all, since_last = self.alpha + histories.weeks, self.alpha + histories.last_week
        clock = alive * np.log(since_all) + left * np.log(since_last)
        pace = alive / since_all + left / since_last
        chances = digamma(self.a + self.b) - _of_counts(digamma, self.a + self.b, x)
        stays = _of_counts(digamma, self.b, x) - digamma(self.b)
        by = (
            _of_counts(digamma, self.r, x) - digamma(self.r) + np.log(self.alpha) - clock,
            self.r / self.alpha - (self.r + x) * pace,
            chances + left / self.a,
            chances + stays - left / (self.b + np.maximum(x - 1, 0)),
        )
        return np.array([counts @ part for part in by])

    def _of_orders(self, histories: Histories) -> Floats:
        """What both endings share: the rate of orders, and staying after each."""
        x, a, b = histories.repeats, self.a, self.b
        rate = _of_counts(gammaln, self.r, x) - gammaln(self.r) + self.r * np.log(self.alpha)
        stays = _of_counts(gammaln, b, x) - _of_counts(gammaln, a + b, x)
        return np.asarray(rate + stays - gammaln(b) + gammaln(a + b))

    def _stayed_or_left(self, histories: Histories) -> tuple[Floats, Floats]:
        """Logarithms: no order since the last although it stayed, or because it left."""
        x = histories.repeats
        stayed = -(self.r + x) * np.log(self.alpha + histories.weeks)
        left = -(self.r + x) * np.log(self.alpha + histories.last_week)
        left += np.log(self.a) - np.log(self.b + np.maximum(x - 1, 0))
        return stayed, np.where(x > 0, left, -np.inf)


def _of_counts(function: Callable[[Floats], Floats], plus: float, counts: Floats) -> Floats:
    """Of each count and `plus`; asked once a count, for many customers share one."""
    table = function(plus + np.arange(counts.max(initial=0.0) + 1))
    return np.asarray(table[counts.astype(np.intp)])


def fit_bg_nbd(histories: Histories) -> BgNbd | None:
    """By maximum likelihood from several starts; None where no search ended."""
    distinct, counts = histories.distinct()

    def objective(parameters: Floats) -> tuple[float, Floats]:
        model = BgNbd(*parameters)
        return float(counts @ model.log_likelihood(distinct)), model.gradient(distinct, counts)

    found = likeliest(objective, STARTS)
    return None if found is None else BgNbd(*map(float, found))
