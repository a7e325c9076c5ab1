"""The words of the catalogue, to hold what people tell us against."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.release.opening import Release

MOST_COMPARED = 2000
"""Past it no near word is looked for: it would take longer than a person waits."""


@dataclass(frozen=True, repr=False)
class Catalogue:
    """Categories and brands, sorted; built once a release."""

    categories: tuple[str, ...]
    brands: tuple[str, ...]

    @classmethod
    def of(cls, release: Release) -> Catalogue:
        return cls(_different(release.products.category), _different(release.products.brand))


def _different(column: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(column) - {""}))


def near_words(word: str, known: Sequence[str]) -> list[str]:
    """Up to three that look alike, the nearest first."""
    folded = {name.casefold(): name for name in known[:MOST_COMPARED]}
    found = difflib.get_close_matches(word.casefold(), folded, 3)
    return [folded[name] for name in found]
