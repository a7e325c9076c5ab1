"""What everyone's orders show: favourites, prices, rhythm, channels, last orders."""

from __future__ import annotations

from typing import Any

from recommender.assembly.channels import order_channels
from recommender.assembly.favourites import favourite_values, favourites
from recommender.assembly.habits import habits, last_orders
from recommender.assembly.lines import Lines
from recommender.matrix.returns import Netted
from recommender.release.attributes import Attributes
from recommender.release.contents import Products


def observed_parts(netted: Netted, products: Products, attributes: Attributes) -> dict[str, Any]:
    """The parts of a release named in `OBSERVED` and `OBSERVED_LATER`."""
    lines = Lines.kept(netted)
    return {
        "favourite_categories": favourites(lines, products.category),
        "favourite_brands": favourites(lines, products.brand),
        "habits": habits(lines, products),
        "last_orders": last_orders(lines),
        "favourite_values": favourite_values(lines, attributes),
        "order_channels": order_channels(lines),
    }
