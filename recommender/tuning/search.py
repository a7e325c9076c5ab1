"""A longer search for settings, by Optuna. The one file that talks to that library.

Akiba et al., Optuna: A Next-generation Hyperparameter Optimization Framework, 2019. Its own files
of trials are not used: a killed process leaves them locked or half-written, and a search resumed
from them goes on differently from one that was never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.trial import create_trial

from recommender.tuning.trials_file import Tried

SPACE: dict[str, BaseDistribution] = {
    "half_life_days": FloatDistribution(3, 1500, log=True),
    "alpha": FloatDistribution(0.25, 32, log=True),
    "regularization": FloatDistribution(0.3, 100, log=True),
    "factors": IntDistribution(16, 256, log=True),
}
"""Wide: past either end the figures fall on every data set we have."""

Values = dict[str, float]
Attempt = Callable[[Values], Tried]


def search(
    names: Sequence[str],
    first: Sequence[Values],
    done: Iterable[Tried],
    attempt: Attempt,
    seed: int,
) -> Iterator[Tried]:
    """Goes on after what is done, without end; each trial follows from the seed and those before.

    The values of `first` come first. What one process begins, another may go on with: the next
    values are the same either way.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {name: SPACE[name] for name in names}
    study = optuna.create_study(direction="maximize")
    for tried in done:
        study.add_trial(_known(tried, space))
    while True:
        number = len(study.trials)
        values = first[number] if number < len(first) else _next(study, space, seed + number)
        tried = attempt(values)
        study.add_trial(_known(tried, space))
        yield tried


def _next(study: optuna.Study, space: dict[str, BaseDistribution], seed: int) -> Values:
    """Of three significant digits: what is tried is what is printed and written."""
    asking = optuna.create_study(direction="maximize", sampler=TPESampler(seed=seed))
    asking.add_trials(study.trials)
    values = asking.ask(space).params
    return {
        name: value if isinstance(value, int) else float(f"{value:.3g}")
        for name, value in values.items()
    }


def _known(tried: Tried, space: dict[str, BaseDistribution]) -> optuna.trial.FrozenTrial:
    values = {name: tried.values[name] for name in space}
    return create_trial(params=values, distributions=space, value=tried.gain.value)
