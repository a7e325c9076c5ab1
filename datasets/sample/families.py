"""Reads families.txt: what the supplier sells, in families of like products."""

import re
from dataclasses import dataclass
from pathlib import Path

from brands import BRANDS, LEVELS, Brand


@dataclass(frozen=True, eq=False)
class Family:
    """Like products: sizes times brands, and how customers come to need them."""

    key: str
    category: str
    name: str
    sizes: tuple[str, ...]
    measure: str
    """What the size tells: d diameter in mm, l length in m, p pieces in a pack, - nothing."""
    price: float
    step: float
    brands: tuple[Brand, ...]
    grades: tuple[str, ...]
    fits: tuple[str, ...]
    share: float
    every_days: float
    quantity: float
    companions: tuple[str, ...]

    @property
    def is_machine(self) -> bool:
        """Machines are bought once in years, not by rhythm."""
        return self.every_days == 0

    @property
    def is_part(self) -> bool:
        """Spare parts come in kinds rather than sizes: an owner needs each of them."""
        return self.category == "Sharpening machine spare parts"

    def title(self, size: str, brand: Brand) -> str:
        """The product's name on a page."""
        grade = self.grades[LEVELS.index(brand.level)] if len(self.grades) == len(LEVELS) else ""
        return f"{brand.name} {self.name.format(size=size, grade=grade)}"

    def measured(self, size: str) -> float:
        """The number the size tells: the last one of a length or a pack, else the first."""
        numbers = re.findall(r"\d+(?:\.\d+)?", size)
        return float(numbers[0] if self.measure == "d" else numbers[-1])


def read_families(path: Path) -> dict[str, Family]:
    """All families by key, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    families = [_family(line) for line in lines if line and not line.startswith("#")]
    return {family.key: family for family in families}


def _family(line: str) -> Family:
    key, category, name, sizes, measure, price, step, brands, grades, *use = (
        cell.strip() for cell in line.split("|")
    )
    fits, share, every_days, quantity, companions = use
    return Family(
        key,
        category,
        name,
        _listed(sizes, ";"),
        measure,
        float(price),
        float(step),
        tuple(BRANDS[brand] for brand in _listed(brands)),
        _listed(grades, " / "),
        _listed(fits),
        float(share),
        float(every_days),
        float(quantity),
        _listed(companions),
    )


def _listed(text: str, separator: str = ",") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())
