"""Numbers as price lists and ERP programs dress them: `46,78 €`, `EUR 5`, `5-`, `#N/A`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from recommender.tables.cells.texts import spread
from recommender.tables.chunk import Column, Mask
from recommender.tables.journal import Journal

ERRORS = frozenset(
    {
        *("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!"),
    }
)
"""What a spreadsheet shows where a formula has no result, in English and German."""
EXCEL_FAULT = "is an error of Excel; mend the formula"
_UNKNOWN = ERRORS | {"N/A"}
_SIGN = "(?:[€$£]|EUR|USD|GBP|CHF)"
_CURRENCY = re.compile(rf"^\s*{_SIGN}\s*(?=[\d.,+-])|(?<=[\d.,-])\s*{_SIGN}\s*$", re.IGNORECASE)
_HAS_SIGN = re.compile(_SIGN, re.IGNORECASE)
_MINUS_AFTER = re.compile(r"[\d.,'’ \u00a0\u202f]*\d[.,]?\s*-")


def undressed(column: Column, name: str, journal: Journal) -> Column:
    """Without currencies beside numbers, and with each minus before its number; both counted."""
    column = _changed(
        column,
        _without_currency,
        lambda rows, example: journal.count(
            f"{name} cells name a currency, which is left out", rows, example
        ),
    )
    return _changed(
        column,
        _minus_first,
        lambda rows, example: journal.count(
            f"{name} cells end in a minus and are read as negative", rows, example
        ),
    )


def without_errors(column: Column, name: str, journal: Journal) -> Column:
    """Cells that say that a spreadsheet did not know are empty, and counted."""
    changed = _changed(
        column,
        lambda text: None if text.strip().upper() in _UNKNOWN else text,
        lambda rows, example: journal.count(
            f"{name} cells say that there is no value and are read as unknown", rows, example
        ),
    )
    return replace(changed, faults=tuple(f for f in column.faults if f.reason != EXCEL_FAULT))


def plain(text: str) -> str:
    """One cell as `undressed` would leave it."""
    return text if _is_bare(text) else _minus_first(_without_currency(text))


def _is_bare(text: str) -> bool:
    """Most cells begin and end with a digit; a quick look saves them the patterns."""
    return text[:1].isdigit() and text[-1:].isdigit()


def _without_currency(text: str) -> str:
    return _CURRENCY.sub("", text, count=1).strip() if _HAS_SIGN.search(text) else text


def _minus_first(text: str) -> str:
    bare = text.strip()
    return f"-{bare[:-1].rstrip()}" if _MINUS_AFTER.fullmatch(bare) else text


def _changed(
    column: Column, change: Callable[[str], str | None], tell: Callable[[int, str], None]
) -> Column:
    if not column.is_text:
        return column
    before = column.values.dictionary.to_pylist()
    after = [text if not text or _is_bare(text) else change(text) for text in before]
    changed: Mask = np.array([a != b for a, b in zip(after, before, strict=True)], np.bool_)
    if not changed.any():
        return column
    tell(int(spread(changed, column.values).sum()), repr(before[int(np.argmax(changed))]))
    texts = pa.array(after, pa.string()).take(column.values.indices)
    return replace(column, values=texts.dictionary_encode())
