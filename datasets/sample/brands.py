"""The invented brands and where each stands in price."""

from dataclasses import dataclass

LEVELS = ("budget", "standard", "premium")


@dataclass(frozen=True)
class Brand:
    """A brand: its price position, and how its sales drift over the two years."""

    name: str
    level: str
    price: float
    """Price factor against the family's usual price."""
    drift: tuple[float, float] = (1.0, 1.0)
    """Weight in new decisions on the first and on the last day."""

    def weight(self, progress: float) -> float:
        """Weight in a new decision, with progress from 0 (first day) to 1 (last day)."""
        start, end = self.drift
        return start + (end - start) * min(progress, 1.0)


BRANDS = {
    brand.name: brand
    for brand in (
        Brand("Sägerich", "premium", 1.45),
        Brand("Kammgrat", "premium", 1.34),
        Brand("Schleifauer", "premium", 1.32),
        Brand("Ölgams", "premium", 1.28),
        Brand("Schutzhirsch", "premium", 1.25),
        Brand("Zirbzahn", "standard", 1.04),
        Brand("Tannfels", "standard", 1.0, drift=(1.9, 0.35)),
        Brand("Grimmzahn", "standard", 0.96, drift=(0.3, 2.4)),
        Brand("Kornschliff", "standard", 1.0),
        Brand("Harzlos", "standard", 0.97),
        Brand("Bretthold", "budget", 0.7),
        Brand("Wetzgrund", "budget", 0.66),
    )
}

LIKING = {0: 1.0, 1: 0.22, 2: 0.03}
"""How well a brand suits a customer whose price level is so many steps away."""


def liking(brand: Brand, price_level: str) -> float:
    """How well a brand suits a customer of this price level, from 0 to 1."""
    return LIKING[abs(LEVELS.index(brand.level) - LEVELS.index(price_level))]
