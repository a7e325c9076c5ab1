"""What suggestions lead to: said by people, and seen in what was bought afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from recommender.release.opening import Release
from recommender.suggest.facts import OutcomeName
from service.records.events import purchases_since
from service.records.outcomes import RecordedOutcome, outcomes_since

CREDIT_DAYS = 28
"""How long after it was shown a purchase is taken for its doing."""
EPOCH = date(1970, 1, 1)
ACCEPTED: set[OutcomeName] = {"accepted", "adjusted", "won"}


@dataclass
class Suggested:
    """One product of one list, and all that was said about it."""

    first: RecordedOutcome
    said: set[OutcomeName] = field(default_factory=set)
    was_bought: bool = False

    @property
    def pair(self) -> tuple[str | None, str]:
        return self.first.customer_id, self.first.product_id

    def groups(self) -> dict[str, str]:
        """What it counts under, by each way to group."""
        year, week, _ = self.first.recorded_at.isocalendar()
        return {
            "by_kind": self.first.kind or "none",
            "by_source": self.first.source,
            "by_rep": self.first.rep or "none",
            "by_week": f"{year}-W{week:02}",
            "by_release": self.first.release,
        }


def summary(
    connection: sa.Connection, release: Release, since: date, rep: str | None
) -> dict[str, Any]:
    """The tally of all, and of each group; with `rep`, of the customers it looked after then."""
    moment = datetime.combine(since, time(), UTC)
    found = _suggested(outcomes_since(connection, moment, rep))
    bought = purchases_since(connection, moment)
    for each in found:
        each.was_bought = _in_events(each, bought) or _in_release(each, release)
    groups: dict[str, dict[str, list[Suggested]]] = {
        by: defaultdict(list) for by in ("by_kind", "by_source", "by_rep", "by_week", "by_release")
    }
    for each in found:
        for by, name in each.groups().items():
            groups[by][name].append(each)
    tallies = {by: {n: tally(g[n]) for n in sorted(g)} for by, g in groups.items()}
    return {"total": tally(found), **tallies}


def tally(suggested: Iterable[Suggested]) -> dict[str, Any]:
    """Each suggestion counts once, however often it was shown."""
    found = list(suggested)
    shown, won = len(found), sum("won" in s.said for s in found)
    accepted = sum(bool(s.said & ACCEPTED) for s in found)
    credited = sum(s.was_bought and "won" not in s.said for s in found)
    return {
        "shown": shown,
        "accepted": accepted,
        "rejected": sum("rejected" in s.said for s in found),
        "snoozed": sum("snoozed" in s.said for s in found),
        "lost": sum("lost" in s.said for s in found),
        "won": won,
        "credited": credited,
        "acceptance": round(accepted / shown, 4) if shown else None,
        "conversion": round((won + credited) / shown, 4) if shown else None,
    }


def _suggested(outcomes: Iterable[RecordedOutcome]) -> list[Suggested]:
    """Oldest first."""
    found: dict[tuple[str, str], Suggested] = {}
    for outcome in outcomes:
        key = outcome.recommendation_id, outcome.product_id
        found.setdefault(key, Suggested(outcome)).said.add(outcome.outcome)
    return list(found.values())


def _in_events(each: Suggested, bought: dict[tuple[str | None, str], list[datetime]]) -> bool:
    """Posted as a purchase within the days that count."""
    began = each.first.recorded_at
    until = began + timedelta(CREDIT_DAYS)
    return any(began <= moment <= until for moment in bought.get(each.pair, ()))


def _in_release(each: Suggested, release: Release) -> bool:
    """In the purchases the release learned from, on a later day.

    It knows only the last day of each pair, so a later purchase counts however late it was.
    """
    customer_id, product_id = each.pair
    row = release.customers.ids.position(customer_id) if customer_id is not None else None
    column = release.catalogue.columns.get(product_id)
    if row is None or column is None:
        return False
    first, end = release.bought.starts[row : row + 2]
    place = first + int(release.bought.products[first:end].searchsorted(column))
    if place >= end or release.bought.products[place] != column:
        return False
    return int(release.bought.last_day[place]) > (each.first.recorded_at.date() - EPOCH).days
