"""The keys that `demo` shows: one to sign in with as a rep, one for the shop."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

from recommender.config import Config
from recommender.release.opening import open_release
from service.records.issuing import replace_key
from service.records.migrate import open_records

REP_KEY, SHOP_KEY = "demo-rep", "demo-shop"


def say_demo_keys(config: Config) -> None:
    """New ones each time, because a key that was shown cannot be shown again."""
    rep = _busiest_rep(config)
    with closing(open_records(config)) as database, database.writing() as connection:
        person = replace_key(connection, REP_KEY, "rep" if rep else "manager", rep)
        shop = replace_key(connection, SHOP_KEY, "shop", None)
    print(f"sign in as {f'the rep {rep}' if rep else 'manager'}: {person.shown}")
    print(f"key of the shop: {shop.shown}", flush=True)


def _busiest_rep(config: Config) -> str | None:
    """The one with most customers; None where the customers table names no reps."""
    release = open_release(config.releases_directory, verified=False)
    counts = Counter(rep for rep in release.customers.rep if rep)
    return min(counts, key=lambda rep: (-counts[rep], rep), default=None)
