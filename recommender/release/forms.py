"""Whether each column of a release, looked at alone, has the form its place wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from recommender.release.columns import Array, dtypes, flatten
from recommender.release.contents import Contents
from recommender.text import TextColumn

MAY_BE_UNKNOWN = (
    "products.price",
    "products.spend",
    "habits.price_low",
    "habits.price_middle",
    "habits.price_high",
    "habits.usual_days",
    "customer_rhythms.usual_days",
    "customer_rhythms.lateness",
    "customer_rhythms.chance_silent",
    "potential.expected",
    "potential.low",
    "potential.high",
    "regular.chance",
    "lifetime.chance_alive",
    "lifetime.orders",
    "lifetime.revenue",
    "lifetime.margin",
    "stakes.offer_value",
    "stakes.churn_value",
)
TWO_DIMENSIONS = ("model.customer_factors", "model.product_factors", "alike.peers")
CHANCES = (
    "candidates.chance",
    "again.chance",
    "fallback.popular_chance",
    "fallback.segment_chance",
    "customer_rhythms.lateness",
    "customer_rhythms.chance_silent",
    "regular.chance",
    "lifetime.chance_alive",
    "stakes.first_chance",
)


def check_forms(contents: Contents) -> None:
    """Raises ValueError that names the column at fault."""
    wanted = dict(dtypes(Contents))
    for name, array in flatten(contents):
        _has_type(name, array, wanted[name])
        if array.dtype.kind == "f" and name not in MAY_BE_UNKNOWN:
            _is_finite(name, array)
        if name in CHANCES and _leaves_0_to_1(array):
            raise ValueError(f"{name}: {array.min()}..{array.max()} outside 0..1")
    for name, texts in _text_columns(contents):
        _is_whole_text(name, texts)


def _has_type(name: str, array: Array, dtype: np.dtype[np.generic]) -> None:
    dimensions = 2 if name in TWO_DIMENSIONS else 1
    if array.dtype != dtype or array.ndim != dimensions:
        raise ValueError(
            f"{name}: is {array.dtype} in {array.ndim} dimensions, not {dtype} in {dimensions}"
        )


def _is_finite(name: str, array: Array) -> None:
    # either takes any NaN there is, and neither a byte for every number
    if array.size and not np.isfinite([array.min(), array.max()]).all():
        raise ValueError(f"{name}: holds numbers that are not finite")


def _leaves_0_to_1(array: Array) -> bool:
    """What is not known does not."""
    lowest, highest = np.fmin.reduce(array, initial=0.0), np.fmax.reduce(array, initial=1.0)
    return bool(lowest < 0 or highest > 1)


def _text_columns(contents: Contents) -> Iterator[tuple[str, TextColumn]]:
    for part in fields(contents):
        for name, column in vars(getattr(contents, part.name)).items():
            if isinstance(column, TextColumn):
                yield f"{part.name}.{name}", column


def _is_whole_text(name: str, texts: TextColumn) -> None:
    """No text runs backwards, and none begins or ends within a character."""
    lengths = np.diff(texts.ends)
    if (lengths < 0).any():
        raise ValueError(f"{name}: a text ends before it starts")
    try:
        texts.content.tobytes().decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: is not UTF-8") from error
    begins = texts.content[texts.ends[:-1][lengths > 0]]
    if (begins & 0b1100_0000 == 0b1000_0000).any():
        raise ValueError(f"{name}: a text begins within a character")
