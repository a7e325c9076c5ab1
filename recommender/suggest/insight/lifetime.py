"""What a customer is worth within the horizon of a release."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from recommender.release.opening import Release


@dataclass(frozen=True)
class LifetimeValue:
    horizon_days: int
    chance_alive: float | None
    """None where the likeliest story is that nobody leaves: then it is the same for all."""
    orders: float
    """Days with an order."""
    revenue: float | None
    """None where no price is known."""
    margin: float | None
    """None where the cost of most that it bought is unknown."""

    @property
    def value(self) -> float | None:
        """Margin where cost is known, else revenue."""
        return self.revenue if self.margin is None else self.margin


def lifetime_of(release: Release, row: int) -> LifetimeValue | None:
    """None for one that never bought, and where the release tells nobody's."""
    part, about = release.contents.lifetime, _about(release)
    orders = float(part.orders[row])
    if math.isnan(orders):
        return None
    return LifetimeValue(
        horizon_days=about["horizon_days"],
        chance_alive=float(part.chance_alive[row]) if about["sees_leaving"] else None,
        orders=orders,
        revenue=_known(float(part.revenue[row])),
        margin=_known(float(part.margin[row])),
    )


def lifetime_withheld(release: Release) -> str | None:
    """Why nobody's is told; None where it is, and in a release of before it was."""
    reason: str | None = _about(release).get("withheld")
    return reason


def _about(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = release.manifest.settings.get("insight", {}).get("lifetime", {})
    return found


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
