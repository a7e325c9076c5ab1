"""A `recommender.toml` with comments, as far as it could be guessed."""

from __future__ import annotations

import json
from pathlib import Path

from recommender.tables.guessing.guessed import Guess, TableGuess
from recommender.tables.reading.sources import ENDINGS

MOST_NAMED = 6

_HEAD = """\
# What to read, how to learn, where to publish. Paths are relative to this file.
# What was guessed is filled in: look it over, then run `recommender check`.
"""
_SOURCES = {
    "purchases": "The one table that is required.",
    "products": "Optional. Columns that are not named below are kept as attributes.",
    "customers": "Optional. Customers without purchases are welcome: they are prospects.\n"
    "# Columns that are not named below belong to the portrait.",
    "events": "Optional: interest without a purchase.",
}
_COLUMNS = {
    "purchases": {
        "customer_id": "who buys",
        "product_id": "what is sold",
        "purchased_at": "day or time",
        "quantity": "optional, 1 if absent; negative is a return",
        "unit_price": "optional",
        "order_id": "optional; equal lines of one order are merged",
        "channel": "optional: web, phone, visit",
    },
    "products": {
        "product_id": "as in the purchases",
        "name": "",
        "category": "",
        "brand": "",
        "price": "list price",
        "cost": "what it costs you",
        "in_stock": "true or false, or how many there are",
        "listed_at": "on offer since",
    },
    "customers": {
        "customer_id": "as in the purchases",
        "name": "",
        "segment": "",
        "region": "",
        "rep": "who looks after it",
        "parent_id": "the customer it belongs to",
    },
    "events": {
        "customer_id": "as in the purchases",
        "product_id": "as in the purchases",
        "event": "view, cart or quote",
        "happened_at": "day or time",
    },
}
_OTHER_SOURCE = """\
# url = "env:SHOP_DB"        # a database instead of source,
# query = "select ..."       # with its query
# encoding = "auto"          # utf-8, cp1252, ...
# separator = "auto"         # , ; | or a tab
# decimal = "auto"           # . or ,
# date_format = "auto"       # such as "%d.%m.%Y %H:%M"
# time_zone = "UTC"          # of times that name none, such as Europe/Berlin
# max_rejected = 0.2         # the run stops when more of the rows are bad
"""
_TAIL = """\
[train]                      # every key optional
# "auto" takes values that did well on two wholesale data sets
# history_days = 730
# factors = "auto"
# regularization = "auto"
# alpha = "auto"
# half_life_days = "auto"
# seed = 0
# diversity = 0.0            # 0 to 1: how far lists are spread over categories
# keep_ranker_days = 0       # nights in which the ranker is kept: faster, judged again after them

[releases]
# directory = "releases"
# keep = 5

[service]
# database = "sqlite:///recommender.db"   # or postgresql://...
# currency = "EUR"
# locale = "en"                           # of numbers and dates: en-GB, de-CH, fr, ja, sv, ...
# hosts = ["sales.example.com"]           # names that callers from other machines use
# origins = ["https://shop.example"]      # of the web shop's pages, for a key of the role widget
"""


def render_config(guess: Guess) -> str:
    """TOML that `load_config` takes, if there are purchases; else they are commented out."""
    sections = (_section(table, guess.tables.get(table)) for table in _COLUMNS)
    return "\n".join([_HEAD + _unused(guess), *sections, _TAIL])


def no_purchases(folder: Path, guess: Guess) -> str:
    """What was looked at and why none of it is a table of purchases."""
    looked = {t.source: f"read as {table}" for table, t in guess.tables.items()} | guess.unused
    shown = "; ".join(f"{name} ({why})" for name, why in list(looked.items())[:MOST_NAMED])
    more = f"; and {len(looked) - MOST_NAMED} more" if len(looked) > MOST_NAMED else ""
    found = f"looked at: {shown}{more}" if looked else f"it holds no {', '.join(ENDINGS)}"
    return (
        f"{folder}: no table of purchases found, so nothing is written; each of its rows names a "
        f"customer, a product and a date\n{found}"
    )


def _unused(guess: Guess) -> str:
    told = (f"not used: {name} ({why})" for name, why in guess.unused.items())
    return "".join(f"# {''.join(c if c.isprintable() else '?' for c in t)}\n" for t in told)


def _section(table: str, guess: TableGuess | None) -> str:
    off = "" if guess else "# "
    source = guess.source if guess else f"{table}.csv"
    lines = [
        f"# {_SOURCES[table]}",
        f"{off}[{table}]",
        f"{off}source = {_quoted(source)}",
        *_sheet(table, guess),
        *(_OTHER_SOURCE.splitlines() if table == "purchases" else ()),
        f"{off}[{table}.columns]        # ours = theirs; leave out what is already named so",
        *(_column(name, note, guess) for name, note in _COLUMNS[table].items()),
        *_rest(guess),
    ]
    return "\n".join(lines) + "\n"


def _sheet(table: str, guess: TableGuess | None) -> list[str]:
    if guess and guess.sheet:
        return [f"sheet = {_quoted(guess.sheet)}"]
    told = '# sheet = "Sheet1"           # of a workbook; if left out, the first with the columns'
    return [told] if table == "purchases" else []


def _column(name: str, note: str, guess: TableGuess | None) -> str:
    theirs = guess.columns.get(name) if guess else None
    line = f"{name} = {_quoted(theirs or name)}"
    off = "" if theirs not in (None, name) else "# "
    found = "" if theirs or not guess else "not found; "
    return f"{off}{line}" + (f"   # {found}{note}".rstrip("; ") if found or note else "")


def _rest(guess: TableGuess | None) -> list[str]:
    rest = [h for h in guess.headings if h not in guess.columns.values()] if guess else []
    return [f"# its other columns: {', '.join(map(_quoted, rest))}"] if rest else []


def _quoted(text: str) -> str:
    """As a TOML string: JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
