"""What the files of a folder are likely to be: which table, and which column is which."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from recommender.tables.guessing.config_text import no_purchases, render_config
from recommender.tables.guessing.guessed import Guess, TableGuess
from recommender.tables.guessing.headings import Shape, find_shapes, foreign_files
from recommender.tables.guessing.synonyms import REQUIRED, SYNONYMS, is_complete, match_columns

__all__ = ["Guess", "TableGuess", "guess_tables", "no_purchases", "render_config"]

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
    used = {shape.name for shape in best.values()}
    unused = {s.name: _why(s, best) for s in shapes if s.name not in used}
    unused |= dict.fromkeys(foreign_files(folder), "not a kind of file that is read")
    tables = {table: _guess(table, shape) for table, shape in best.items()}
    return Guess(tables, dict(sorted(unused.items())))


def _guess(table: str, shape: Shape) -> TableGuess:
    columns = match_columns(table, shape.headings)
    return TableGuess(shape.source, columns, shape.headings, shape.sheet)


def _why(shape: Shape, best: dict[str, Shape]) -> str:
    """What keeps it from being the table that is looked for most: purchases."""
    if not shape.headings:
        return "cannot be read, or has no cells"
    table = max(SYNONYMS, key=lambda t: _score(t, shape))
    if _score(table, shape) > 0:
        return f"the {table} are taken from {best[table].name}"
    found = match_columns("purchases", shape.headings)
    missing = ", ".join(name for name in REQUIRED["purchases"] if name not in found)
    shown = ", ".join(repr(h[:40]) for h in shape.headings[:4])
    return f"no {missing}; the first row reads {shown}" if missing else f"read as no table: {shown}"


def _score(table: str, shape: Shape) -> float:
    """How well the headings and the name fit a table; 0 where a required column is missing."""
    found = match_columns(table, shape.headings)
    if not is_complete(table, shape.headings):
        return 0
    if table in ("products", "customers") and _is_log(shape):
        return 0
    score = len(found) + (2 if re.search(_NAMES[table], shape.source.casefold()) else 0)
    if table in ("products", "customers"):
        # A list of things begins with its key; a log of what happened has several keys.
        key = next(iter(REQUIRED[table]))
        return score - (0 if found[key] == shape.headings[0] else 1)
    return score + 1


def _is_log(shape: Shape) -> bool:
    """Whether a row is a purchase although not all of its columns are there."""
    return {"purchased_at", "quantity"} <= match_columns("purchases", shape.headings).keys()
