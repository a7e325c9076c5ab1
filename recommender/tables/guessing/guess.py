"""What the files of a folder are likely to be: which table, and which column is which."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from recommender.tables.guessing.config_text import render_config
from recommender.tables.guessing.guessed import Guess, TableGuess
from recommender.tables.guessing.headings import Shape, find_shapes
from recommender.tables.guessing.synonyms import SYNONYMS, match_columns

__all__ = ["Guess", "TableGuess", "guess_tables", "render_config"]

_REQUIRED = {
    "purchases": {"customer_id", "product_id", "purchased_at"},
    "events": {"customer_id", "product_id", "event", "happened_at"},
    "products": {"product_id"},
    "customers": {"customer_id"},
}
_NAMES = {
    "purchases": r"purchas|sale|order|invoice|transact|umsatz|verk|bestell|rechnung|auftr|beleg",
    "products": r"product|article|item|catalog|sku|artikel|produkt|sortiment|material",
    "customers": r"customer|client|account|store|shop|kund|debitor|filial",
    "events": r"event|view|click|quote|visit|angebot|klick",
}


def guess_tables(folder: Path) -> Guess:
    """Looks at the headings of the files in the folder and one level below; changes nothing."""
    shapes = find_shapes(folder)
    found: dict[str, list[tuple[float, Shape]]] = defaultdict(list)
    for shape in shapes:
        scores = {table: _score(table, shape) for table in SYNONYMS}
        table = max(scores, key=lambda t: scores[t])
        if scores[table] > 0:
            found[table].append((scores[table], shape))
    best = {t: min(found[t], key=lambda f: (-f[0], f[1].source))[1] for t in SYNONYMS if t in found}
    used = {shape.source for shape in best.values()}
    others = sorted(shape.source for shape in shapes if shape.source not in used)
    return Guess({table: _guess(table, shape) for table, shape in best.items()}, tuple(others))


def _guess(table: str, shape: Shape) -> TableGuess:
    return TableGuess(shape.source, match_columns(table, shape.headings), shape.headings)


def _score(table: str, shape: Shape) -> float:
    """How well the headings and the name fit a table; 0 where a required column is missing."""
    found = match_columns(table, shape.headings)
    if not _REQUIRED[table] <= found.keys():
        return 0
    if table in ("products", "customers") and _is_log(shape):
        return 0
    score = len(found) + (2 if re.search(_NAMES[table], shape.source.casefold()) else 0)
    if table in ("products", "customers"):
        # A list of things begins with its key; a log of what happened has several keys.
        key = next(iter(_REQUIRED[table]))
        return score - (0 if found[key] == shape.headings[0] else 1)
    return score + 1


def _is_log(shape: Shape) -> bool:
    """Whether a row is a purchase although not all of its columns are there."""
    return {"purchased_at", "quantity"} <= match_columns("purchases", shape.headings).keys()
