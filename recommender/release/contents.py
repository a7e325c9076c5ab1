"""What a release holds: plain columns, every one of them a file that can be memory-mapped.

The nesting of these classes is the layout on disk: `products.price` lies in `products.price.npy`.
A customer's number is its position in `customers.ids`, a product's its position in `products.ids`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.attributes import Attributes
from recommender.release.evidence import Evidence
from recommender.release.insight import (
    CustomerRhythms,
    Lifetime,
    Potential,
    ProductRhythms,
    Sizes,
)
from recommender.release.observed import (
    Favourites,
    FavouriteValues,
    Habits,
    LastOrders,
    OrderChannels,
)
from recommender.release.regular import Regular
from recommender.release.stakes import Stakes
from recommender.text import Ids, TextColumn

Starts = npt.NDArray[np.int64]
"""(n + 1,) the entries of row i are `starts[i]` up to `starts[i + 1]`."""
Numbers = npt.NDArray[np.int32]
"""Positions of customers or products."""
Floats = npt.NDArray[np.float32]
Money = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Customers:
    """Who buys, and prospects."""

    ids: Ids
    name: TextColumn
    segment: TextColumn
    region: TextColumn
    rep: TextColumn
    portrait: TextColumn
    """One JSON object a customer: every other column that has a value."""
    segment_number: Numbers
    """(customers,) position in `fallback.segments`, -1 where none is known."""


@dataclass(frozen=True)
class Products:
    """The catalogue, and products that were sold but have left it."""

    ids: Ids
    name: TextColumn
    category: TextColumn
    brand: TextColumn
    category_number: Numbers
    """(products,) equal for products of one category, -1 where none is known."""
    price: Money
    """(products,) of the products table, else the usual price paid; NaN where not known."""
    in_stock: Flags
    in_catalogue: Flags
    """False for what was sold once but is missing in the products table."""
    spend: Money
    """(products,) what a buyer usually spends on it within 28 days; NaN without prices."""
    buyers: Numbers
    """(products,) customers that bought it and kept it."""
    recent_buyers: Numbers
    """(products,) of these, in the last 28 days."""


@dataclass(frozen=True)
class Bought:
    """What each customer bought and kept, products ascending."""

    starts: Starts
    products: Numbers
    weights: Floats
    """As the model saw them."""
    times: Numbers
    """Purchases behind each pair."""
    last_day: Numbers
    """Days since 1970-01-01 UTC."""


@dataclass(frozen=True)
class Returned:
    """What each customer bought and gave back entirely, products ascending."""

    starts: Starts
    products: Numbers


@dataclass(frozen=True)
class Earlier:
    """What each customer bought before the history that was learned from, products ascending."""

    starts: Starts
    products: Numbers


@dataclass(frozen=True)
class Model:
    """ALS: a customer's liking of a product is the dot product of their factors."""

    customer_factors: Floats
    """(customers, factors), solved exactly against `product_factors`."""
    product_factors: Floats
    """(products, factors)."""


@dataclass(frozen=True)
class Candidates:
    """Products each customer has never bought, most likely first."""

    starts: Starts
    products: Numbers
    chance: Floats
    """Calibrated chance that the customer buys it within 28 days."""


@dataclass(frozen=True)
class Again:
    """Products each customer bought in the year before, likeliest to be bought again first."""

    starts: Starts
    products: Numbers
    chance: Floats
    """Calibrated chance that the customer buys it within 28 days."""


@dataclass(frozen=True)
class Fallback:
    """The lists for those of whom we know no purchase, most likely first."""

    popular: Numbers
    """(m,) products, for everyone."""
    popular_chance: Floats
    segments: TextColumn
    """Segments with enough customers to have a list of their own."""
    segment_starts: Starts
    segment_products: Numbers
    segment_chance: Floats


@dataclass(frozen=True)
class Alike:
    """Customers alike, by their factors."""

    peers: Numbers
    """(customers, peers) nearest first, -1 where there are fewer."""


@dataclass(frozen=True)
class AlsoBought:
    """Products bought by the same customers, nearest first; at least five stand behind each."""

    starts: Starts
    products: Numbers
    customers_both: Numbers
    """Customers that bought both."""
    together: Numbers
    """Of these, in one order; 0 where orders are not known."""
    similarity: Floats


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything the engine answers from."""

    customers: Customers
    products: Products
    bought: Bought
    returned: Returned
    earlier: Earlier
    model: Model
    candidates: Candidates
    again: Again
    fallback: Fallback
    alike: Alike
    also_bought: AlsoBought
    favourite_categories: Favourites
    favourite_brands: Favourites
    habits: Habits
    last_orders: LastOrders
    favourite_values: FavouriteValues
    order_channels: OrderChannels
    product_rhythms: ProductRhythms
    regular: Regular
    customer_rhythms: CustomerRhythms
    potential: Potential
    sizes: Sizes
    lifetime: Lifetime
    attributes: Attributes
    stakes: Stakes
    evidence: Evidence
