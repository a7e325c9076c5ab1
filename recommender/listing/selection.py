"""Whose rows a list is to have: of one rep, of who may be contacted, or of everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recommender.errors import ConfigError
from recommender.release.opening import Release
from recommender.suggest.facts import Channel, Facts


@dataclass(frozen=True)
class Selection:
    """Whose lists are wanted."""

    rep: str | None = None
    """Customers of one rep only."""
    also_without_contact: bool = False
    """Also those who may not be contacted."""
    channel: Channel | None = None
    """Customers who may be contacted through it only."""

    def __post_init__(self) -> None:
        if self.also_without_contact and self.channel is not None:
            raise ConfigError(
                f"--all lists also who may not be contacted, --channel {self.channel} only who "
                "may; leave one of them out"
            )

    @property
    def settings(self) -> dict[str, Any]:
        """As the manifest of a list tells them, under the names of the flags."""
        return {"rep": self.rep, "all": self.also_without_contact, "channel": self.channel}

    def lists(self, facts: Facts) -> bool:
        """Whether the customer stands in the list; where nobody was asked, everyone may."""
        if self.also_without_contact or facts.contact is None:
            return True
        return bool(facts.contact) if self.channel is None else self.channel in facts.contact


def chosen_customers(release: Release, selection: Selection) -> Sequence[int]:
    """Positions in `release.customers`; raises `ConfigError` for a rep without customers."""
    everyone = range(len(release.customers.ids))
    if selection.rep is None:
        return everyone
    chosen = [row for row, rep in enumerate(release.customers.rep) if rep == selection.rep]
    if not chosen:
        known = ", ".join(sorted(set(release.customers.rep) - {""})[:10]) or "none"
        raise ConfigError(f"--rep {selection.rep}: no customer has this rep; there are: {known}")
    return chosen
