"""What an order of a customer is worth: Gamma-Gamma.

Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013). Orders of a customer scatter as a
gamma (p, nu) around its own mean, and nu itself is gamma distributed over customers (q, v).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from recommender.insight.lifetime.histories import Spending
from recommender.insight.lifetime.likeliest import likeliest

Floats = npt.NDArray[np.float64]
STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 15.0), (2.0, 3.0, 100.0), (10.0, 1.5, 2.0))


@dataclass(frozen=True)
class GammaGamma:
    p: float
    q: float
    v: float

    def log_likelihood(self, spending: Spending) -> Floats:
        """(customers,)"""
        p, q, v, mean = self.p, self.q, self.v, spending.mean
        shape = p * spending.orders
        shapes = gammaln(shape + q) - gammaln(shape) - gammaln(q)
        scales = q * np.log(v) - np.log(mean) + shape * np.log(spending.orders * mean)
        return np.asarray(shapes + scales - (shape + q) * np.log(v + spending.orders * mean))

    def gradient(self, spending: Spending) -> Floats:
        """(3,) of the whole log-likelihood by p, q and v."""
        orders, total = spending.orders, spending.orders * spending.mean
        shape = self.p * orders
        both = digamma(shape + self.q)
        share = np.log(self.v + total)
        by = (
            orders * (both - digamma(shape) + np.log(total) - share),
            both - digamma(self.q) + np.log(self.v) - share,
            self.q / self.v - (shape + self.q) / (self.v + total),
        )
        return np.array([part.sum() for part in by])

    def expected_money(self, orders: Floats, mean: Floats) -> Floats:
        """(customers,) of one order: between the customer's own mean and that of all.

        The more `orders` a customer has, the more its own counts; with none it is that of all,
        which is infinite where q is at most 1.
        """
        below = self.p * orders + self.q - 1
        return np.where(below > 0, self.p * (self.v + orders * mean) / below, np.inf)


def fit_gamma_gamma(spending: Spending) -> GammaGamma | None:
    """By maximum likelihood from several starts; None where no search ended.

    Money is measured in its own mean while searching, so that no currency is harder than another.
    """
    unit = float(spending.mean.mean())
    scaled = Spending(spending.orders, spending.mean / unit)

    def objective(parameters: Floats) -> tuple[float, Floats]:
        model = GammaGamma(*parameters)
        return float(model.log_likelihood(scaled).sum()), model.gradient(scaled)

    found = likeliest(objective, STARTS)
    if found is None:
        return None
    p, q, v = map(float, found)
    return GammaGamma(p, q, v * unit)
