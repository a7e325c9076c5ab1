"""Products that are none: postage, charges, samples, corrections."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from recommender.tables.purchases import Purchases
from recommender.tables.wording import counted

_CODES = re.compile(
    r"post|postage|dot|m|d|s|c2|b|pads|cruk|manual|adjust\d?|fees?|freight|shipping|samples?|"
    r"versand|porto|fracht|rabatt|discount|muster|geb(ü|ue)hr",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(bank ?charges?|amazon ?fee|postage|carriage|freight|shipping|handling fee|versandkosten|"
    r"versand|portokosten|porto (und|&|u\.)|fracht|gift ?voucher|gutschein|rabatt|discount|"
    r"adjust bad debt|mindermengenzuschlag|bearbeitungsgebühr)\b",
    re.IGNORECASE,
)


def fees(purchases: Purchases, products: pd.DataFrame | None) -> str | None:
    """Names the suspects with their number of lines; they stay in the table."""
    names = (
        {} if products is None else dict(zip(products["product_id"], products["name"], strict=True))
    )
    suspects = [
        (column, key, names.get(key, ""))
        for column, key in enumerate(purchases.products)
        if is_fee(key, names.get(key, ""))
    ]
    if not suspects:
        return None
    lines = np.bincount(purchases.product_columns, minlength=len(purchases.products))
    suspects.sort(key=lambda suspect: (-lines[suspect[0]], suspect[1]))
    shown = ", ".join(_shown(key, name, int(lines[c])) for c, key, name in suspects[:3])
    look = "product looks" if len(suspects) == 1 else "products look"
    return f"{len(suspects):,} {look} like fees, postage or samples: {shown}"


def is_fee(key: str, name: str) -> bool:
    spaced = f"{key} {name}".replace("_", " ")
    return _CODES.fullmatch(key) is not None or _WORDS.search(spaced) is not None


def _shown(key: str, name: str, lines: int) -> str:
    return f"{key!r}{f' ({name})' if name else ''} with {counted(lines, 'line')}"
