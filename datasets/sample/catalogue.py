"""The 400 products: families spelled out, then thinned, renewed and partly sold out."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from random import Random

from brands import Brand
from days import HORIZON, LAST_DAY
from draws import lognormal, stream
from families import Family

PRODUCTS = 400
NEW, OLD, SOLD_OUT = 12, 8, 16
MARGIN = {"premium": 0.36, "standard": 0.33, "budget": 0.27}
NEWCOMERS = ("Grimmzahn", "Sägerich", "Kammgrat", "Schleifauer", "Ölgams", "Zirbzahn")
"""The brands that bring out new products this autumn."""


@dataclass(frozen=True, eq=False)
class Product:
    """One product, with what the generator knows beyond the table."""

    product_id: str
    name: str
    family: Family
    size: int
    brand: Brand
    price: float
    """List price in EUR today."""
    cost: float
    listed_day: int
    in_stock: bool = True
    last_day: int = HORIZON
    """The last day on which it was sold."""

    def sold_on(self, day: float) -> bool:
        """Whether it could be bought on that day."""
        return self.listed_day <= day <= self.last_day


@dataclass(frozen=True)
class Catalogue:
    """All products and families, with the choice a buyer has in one size of a family."""

    families: dict[str, Family]
    products: tuple[Product, ...]
    _choices: dict[tuple[str, int], list[Product]] = field(
        init=False, repr=False, default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        for product in self.products:
            self._choices[product.family.key, product.size].append(product)

    def choice(self, family: Family, size: int, day: float) -> list[Product]:
        """The brands to choose from in this size on this day."""
        options = self._choices[family.key, size]
        return [product for product in options if product.sold_on(day)]


def build_catalogue(seed: int, families: dict[str, Family]) -> Catalogue:
    """The whole catalogue, the same for the same seed."""
    rng = stream(seed, "catalogue")
    products = _spelled_out(rng, families)
    _thin(rng, products)
    _age(rng, products)
    return Catalogue(families, tuple(products))


def _spelled_out(rng: Random, families: dict[str, Family]) -> list[Product]:
    categories = list(dict.fromkeys(family.category for family in families.values()))
    counters = dict.fromkeys(categories, 100)
    products = []
    for family in families.values():
        for size in range(len(family.sizes)):
            for brand in family.brands:
                counters[family.category] += 1
                letter = "E" if family.is_part else "0"
                number = f"{categories.index(family.category) + 1:02d}{letter}"
                number += str(counters[family.category])
                products.append(_product(rng, number, family, size, brand))
    return products


def _product(rng: Random, number: str, family: Family, size: int, brand: Brand) -> Product:
    price = family.price * family.step**size * brand.price * lognormal(rng, 0.02)
    price = _rounded(price)
    margin = MARGIN[brand.level] * (0.6 if family.is_machine else 1.0) * lognormal(rng, 0.08)
    name = family.title(family.sizes[size], brand)
    listed_day = -rng.randrange(200, 3600)
    return Product(
        number, name, family, size, brand, price, round(price * (1 - margin), 2), listed_day
    )


def _rounded(price: float) -> float:
    return float(round(price / 10) * 10) if price >= 1000 else round(price * 10) / 10


def _thin(rng: Random, products: list[Product]) -> None:
    """Takes out single sizes of single brands, as no brand offers every size."""
    while len(products) > PRODUCTS:
        victim = rng.choice(products)
        siblings = [p for p in products if p.family == victim.family and p.size == victim.size]
        if len(siblings) > 2:
            products.remove(victim)


def _age(rng: Random, products: list[Product]) -> None:
    """Makes some products new, some no longer sold, some out of stock today."""
    usual = [i for i, product in enumerate(products) if product.family.share >= 0.5]
    young = _one_a_family(rng, products, [i for i in usual if _may_be_new(products[i])], NEW)
    old = _one_a_family(rng, products, [i for i in usual if i not in young], OLD)
    for i in young:
        products[i] = replace(products[i], listed_day=LAST_DAY - rng.randrange(14, 58))
    for i in old:
        products[i] = replace(products[i], last_day=rng.randrange(120, 420), in_stock=False)
    taken = young | old
    rest = [i for i, p in enumerate(products) if i not in taken and not p.family.is_machine]
    for i in rng.sample(rest, SOLD_OUT):
        products[i] = replace(products[i], in_stock=False, last_day=LAST_DAY - rng.randrange(2, 25))


def _may_be_new(product: Product) -> bool:
    return product.brand.name in NEWCOMERS and not product.family.is_part


def _one_a_family(rng: Random, products: list[Product], among: list[int], n: int) -> set[int]:
    chosen: dict[str, int] = {}
    for i in rng.sample(among, len(among)):
        if len(chosen) < n:
            chosen.setdefault(products[i].family.key, i)
    return set(chosen.values())
