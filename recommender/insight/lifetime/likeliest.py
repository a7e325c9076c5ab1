"""The parameters under which what was seen is likeliest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood and its gradient."""
LEAST, MOST = np.log(1e-4), np.log(1e6)


def likeliest(objective: Objective, starts: Sequence[Sequence[float]]) -> Floats | None:
    """Parameters above 0, the best found from several starts; None where no search ended.

    They are searched as logarithms, which keeps them above 0 and their steps alike.
    """
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        found = [_search(objective, np.log(start)) for start in starts]
    ended = [(value, place) for value, place in found if np.isfinite(value)]
    return np.exp(max(ended, key=lambda one: one[0])[1]) if ended else None


def _search(objective: Objective, start: Floats) -> tuple[float, Floats]:
    def falling(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, gradient = objective(parameters)
        return -value, -gradient * parameters

    done = minimize(
        falling,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST, MOST)] * len(start),
        options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-7},
    )
    return -float(done.fun), np.asarray(done.x)
