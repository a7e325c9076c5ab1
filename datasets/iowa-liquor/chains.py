"""Which chain a shop belongs to, read off its name."""

from __future__ import annotations

import re

import pandas as pd

INDEPENDENT = "INDEPENDENT"
SMALLEST_CHAIN = 5
"""Shops; below it a shared name is more often chance (MINI MART) than a chain."""

FAMILIES = {
    "CASEYS": "CASEY'S",
    "CVS": "CVS PHARMACY",
    "DYNOS": "DYNO'S",
    "FAREWAY": "FAREWAY",
    "HY VEE": "HY-VEE",
    "KUM & GO": "KUM & GO",
    "SAMS CLUB": "SAM'S CLUB",
    "SMOKIN JOES": "SMOKIN JOE'S",
    "SUPER TARGET": "TARGET",
    "TARGET": "TARGET",
    "WAL MART": "WAL-MART",
    "WALGREENS": "WALGREENS",
    "YESWAY": "YESWAY",
}
"""Chains whose shops carry several names (HY-VEE GAS, HY-VEE DRUGSTORE), by how these begin."""

BRANCH = re.compile(r"[/#]|\s-|-\s")
"""What separates the name from the branch: `#1025`, ` / DES MOINES`, ` - ADEL`."""
COMPANY_FORM = re.compile(r"\s(INC|LLC|LTD)$")
BRANCH_NUMBER = re.compile(r"\s\d+$")


def chains(shops: pd.DataFrame) -> pd.Series:
    """Per shop its chain, `INDEPENDENT` where fewer than five shops share the name."""
    pairs = zip(shops["Name"], shops["City"].fillna(""), strict=True)
    stems = pd.Series([stem(name, city) for name, city in pairs], index=shops.index, dtype="str")
    shared = stems.map(stems.value_counts()) >= SMALLEST_CHAIN
    return stems.where(shared, INDEPENDENT)


def stem(name: str, city: str) -> str:
    """`HY-VEE WINE AND SPIRITS #2 / AMES` gives `HY-VEE`, `CUBBY'S ONAWA` in Onawa `CUBBYS`."""
    words = _plain(BRANCH.split(name.upper(), maxsplit=1)[0])
    words = COMPANY_FORM.sub("", words.removesuffix(" " + _plain(city.upper())))
    words = BRANCH_NUMBER.sub("", words)
    return next((family for start, family in FAMILIES.items() if _begins(words, start)), words)


def _plain(text: str) -> str:
    """Letters, digits and `&`, one space between words, apostrophes closed up."""
    return " ".join(re.sub(r"[^A-Z0-9& ]", " ", text.replace("'", "")).split())


def _begins(words: str, start: str) -> bool:
    return words == start or words.startswith(start + " ")
