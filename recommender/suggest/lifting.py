"""What a customer said it likes or needs, or looked at, moves up and says so.

The chance stays what it was; only the order is by a score:

    score = chance x WIDE[stance] + best x (NAMED[stance] + SHOWN[event])

`best` is the highest chance of the list. WIDE counts for every product of a category or brand that
was named; NAMED for a product that was, and for the likeliest of a category or brand; SHOWN for
what was looked at. Of several statements, or events, about one product the strongest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FreshInterest, Stance, Stated
from recommender.suggest.matching import products_of
from recommender.suggest.reasons import InterestReason, Reason, StatedReason
from recommender.suggest.rules import Rule, first_rules, is_among
from recommender.suggest.shortlist import Scores, Shortlist

NAMED: dict[Stance, float] = {"likes": 0.5, "needs": 1.1}
"""A need, however unlikely, stands before everything nobody spoke of."""
WIDE: dict[Stance, float] = {"likes": 2.0, "needs": 3.0}
SHOWN = {"view": 0.1, "cart": 0.2, "quote": 0.3}
"""A click is less than a word."""
MOST_ADDED = 50
"""Products of a category or brand that become candidates, those bought most lately first."""
INTEREST_DAYS = 56
"""Two spans of a chance: what was looked at before then has been decided."""
NEVER_AGAIN = frozenset({"owned", "returned", "not_in_catalogue"})
"""Rules whose products no word brings back into question."""


@dataclass(frozen=True)
class Wanted:
    """A statement and the products in question that it is about."""

    stated: Stated
    products: Numbers
    """Ascending."""


def lifted(
    release: Release, rules: tuple[Rule, ...], shortlist: Shortlist, facts: Facts
) -> Shortlist:
    """The same list where nothing was said or looked at that concerns it."""
    if not facts.stated and not facts.interest:
        return shortlist
    wanted = _wanted(release, rules, facts)
    longer = _with_candidates(release, shortlist, wanted)
    shown = _shown(release, longer, facts)
    if not wanted and not shown:
        return shortlist
    scored = replace(longer, lifted=_scores(rules, longer, wanted, shown))
    found = scored.take(np.argsort(-scored.score, kind="stable"))
    return replace(found, said=_reasons(wanted, shown))


def _wanted(release: Release, rules: tuple[Rule, ...], facts: Facts) -> list[Wanted]:
    found = []
    for stated in facts.stated:
        if stated.stance in NAMED:
            products = products_of(release, stated)
            held = first_rules(rules, products)
            closed = np.array([i >= 0 and rules[i].name in NEVER_AGAIN for i in held], bool)
            found.append(Wanted(stated, products[~closed]))
    return [wanted for wanted in found if len(wanted.products)]


def _with_candidates(release: Release, shortlist: Shortlist, wanted: list[Wanted]) -> Shortlist:
    """What was no candidate comes in by the share of customers that bought it in the last 28 days.

    That is the chance of the popular list; the customer's own list says it is not above its last.
    """
    recent = release.products.recent_buyers
    missing: list[Numbers] = []
    for want in wanted:
        new = want.products[~np.isin(want.products, shortlist.products)]
        missing.append(new[np.argsort(-recent[new], kind="stable")[:MOST_ADDED]])
    if not any(len(new) for new in missing):
        return shortlist
    products = np.unique(np.concatenate(missing)).astype(np.int32)
    chance = recent[products] / max(release.active_customers, 1)
    least = float(shortlist.chance.min()) if len(shortlist.chance) else 1.0
    return shortlist.extended(release, products, np.minimum(chance, least))


def _shown(release: Release, shortlist: Shortlist, facts: Facts) -> dict[int, FreshInterest]:
    """Candidate -> the strongest and newest that shows interest in it."""
    shown: dict[int, FreshInterest] = {}
    candidates = np.sort(shortlist.products)
    for interest in _lately(facts):
        column = release.catalogue.columns.get(interest.product_id)
        if column is None or not is_among(np.array([column], np.int32), candidates)[0]:
            continue
        if column not in shown or SHOWN[interest.event] > SHOWN[shown[column].event]:
            shown[column] = interest
    return shown


def _lately(facts: Facts) -> Iterator[FreshInterest]:
    """Newest first."""
    for interest in facts.interest:
        oldest = None if facts.today is None else facts.today - timedelta(days=INTEREST_DAYS)
        if oldest is None or interest.at.date() >= oldest:
            yield interest


def _scores(
    rules: tuple[Rule, ...],
    shortlist: Shortlist,
    wanted: list[Wanted],
    shown: dict[int, FreshInterest],
) -> Scores:
    products, chance = shortlist.products, shortlist.chance.astype(np.float64)
    wide, named = np.ones(len(products)), np.zeros(len(products))
    free = first_rules(rules, products) < 0
    for want in wanted:
        concerned, stance = is_among(products, want.products), want.stated.stance
        if want.stated.about != "product":
            wide[concerned] = np.maximum(wide[concerned], WIDE[stance])
            offered = concerned & free if (concerned & free).any() else concerned
            concerned = offered & (np.arange(len(products)) == _likeliest(chance, offered))
        named[concerned] = np.maximum(named[concerned], NAMED[stance])
    looked_at = np.array([SHOWN[shown[p].event] if p in shown else 0 for p in products.tolist()])
    best = chance.max() if len(chance) else 0.0
    return np.asarray(chance * wide + best * (named + looked_at))


def _likeliest(chance: Scores, among: Flags) -> int:
    return int(np.argmax(np.where(among, chance, -1.0)))


def _reasons(
    wanted: Iterable[Wanted], shown: dict[int, FreshInterest]
) -> dict[int, tuple[Reason, ...]]:
    """Words before clicks, and what was said of the product itself before all else."""
    said: dict[int, list[Reason]] = {}
    for want in sorted(wanted, key=lambda want: want.stated.about != "product"):
        s = want.stated
        reason = StatedReason(s.stance, s.about, s.value, s.words, s.said_on)
        for product in want.products.tolist():
            said.setdefault(product, []).append(reason)
    for product, interest in shown.items():
        reason_shown = InterestReason(interest.event, interest.at.date())
        said.setdefault(product, []).append(reason_shown)
    return {product: tuple(reasons) for product, reasons in said.items()}
