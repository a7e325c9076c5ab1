"""Opening a release: memory-mapped, verified, immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recommender.errors import BrokenReleaseError
from recommender.formats.formats import Formats, formats_of
from recommender.formats.locales import ENGLISH
from recommender.release.attributes import ATTRIBUTES, no_attributes, products_by_attribute
from recommender.release.catalogue import Catalogue
from recommender.release.columns import build, flatten, names
from recommender.release.contents import (
    Again,
    Alike,
    AlsoBought,
    Bought,
    Candidates,
    Contents,
    Customers,
    Earlier,
    Fallback,
    Model,
    Numbers,
    Products,
    Returned,
)
from recommender.release.evidence import EVIDENCE, no_evidence
from recommender.release.insight import INSIGHT, nothing_foretold
from recommender.release.list_columns import ListColumns
from recommender.release.manifest import Manifest, read_manifest
from recommender.release.mapped import REMEDY, mapped, verify_extras
from recommender.release.observed import OBSERVED, OBSERVED_LATER, nothing_observed
from recommender.release.once import once_a_release
from recommender.release.regular import REGULAR, nothing_regular
from recommender.release.shelf import Shelf
from recommender.release.soundness import check_soundness
from recommender.release.stakes import STAKES, nothing_at_stake
from recommender.text import TextColumn


@dataclass(frozen=True, repr=False)
class Release:
    """One published training result; every column lies on disk and is mapped when touched."""

    folder: Path
    manifest: Manifest
    contents: Contents
    locale: str = ENGLISH
    """Of who reads: not of the release on disk, but of the config it was opened with."""
    inactive: Numbers = field(default_factory=lambda: np.zeros(0, np.int32))
    """Products that are not to be offered to anyone for now, ascending."""
    unchanged: Release | None = None
    """As it was published, where its products were changed since; None where it is that itself."""

    def __repr__(self) -> str:
        customers, products = len(self.customers.ids), len(self.products.ids)
        return f"Release({self.name}, {customers:,} customers x {products:,} products)"

    @property
    def name(self) -> str:
        return self.manifest.name

    @once_a_release
    def as_of(self) -> datetime:
        """The moment ages are counted from; nothing later is known."""
        return datetime.fromisoformat(self.manifest.as_of)

    @property
    def formats(self) -> Formats:
        """For sentences, the same on page, terminal and in the file."""
        return formats_of(self.locale)

    @property
    def customers(self) -> Customers:
        return self.contents.customers

    @property
    def products(self) -> Products:
        return self.contents.products

    @property
    def as_trained(self) -> Products:
        """As the training read them, whatever was told since."""
        return (self.unchanged or self).products

    @property
    def bought(self) -> Bought:
        return self.contents.bought

    @property
    def returned(self) -> Returned:
        return self.contents.returned

    @property
    def earlier(self) -> Earlier:
        return self.contents.earlier

    @property
    def model(self) -> Model:
        return self.contents.model

    @property
    def candidates(self) -> Candidates:
        return self.contents.candidates

    @property
    def again(self) -> Again:
        return self.contents.again

    @property
    def fallback(self) -> Fallback:
        return self.contents.fallback

    @property
    def alike(self) -> Alike:
        return self.contents.alike

    @property
    def also_bought(self) -> AlsoBought:
        return self.contents.also_bought

    @once_a_release
    def catalogue(self) -> Catalogue:
        """Ids, names and categories for answers."""
        return Catalogue.of(self.products)

    @once_a_release
    def gram(self) -> npt.NDArray[np.float64]:
        """(factors, factors) Y'Y of the product factors, the constant part of every fold-in."""
        factors = self.model.product_factors.astype(np.float64)
        return np.asarray(factors.T @ factors)

    @once_a_release
    def system(self) -> npt.NDArray[np.float64]:
        """(factors, factors) `gram` with the regularization: what is solved for who bought nothing.

        Later purchases only add to it.
        """
        regularization = float(self.manifest.settings["regularization"])
        return np.asarray(self.gram + regularization * np.eye(len(self.gram)))

    @once_a_release
    def solved_gram(self) -> npt.NDArray[np.float64]:
        """(factors, factors) the inverse of `system`."""
        return np.asarray(np.linalg.inv(self.system))

    @once_a_release
    def gone(self) -> Numbers:
        """Products that left the catalogue, ascending."""
        return np.flatnonzero(~self.products.in_catalogue).astype(np.int32)

    @cached_property
    def out_of_stock(self) -> Numbers:
        """Of what is in the catalogue and may be offered, ascending."""
        products = self.products
        out = products.in_catalogue & ~products.in_stock
        out[self.inactive] = False
        return np.flatnonzero(out).astype(np.int32)

    @cached_property
    def not_offered(self) -> Numbers:
        """Of what is in the catalogue, what is inactive, ascending."""
        return self.inactive[self.products.in_catalogue[self.inactive]]

    @property
    def held_for_all(self) -> tuple[Numbers, Numbers, Numbers]:
        """What nobody is offered: gone, inactive, out of stock; none stands under two."""
        return self.gone, self.not_offered, self.out_of_stock

    @cached_property
    def why_held_for_all(self) -> npt.NDArray[np.uint8]:
        """(products,) 0 for what may be offered, else 1 + the position in `held_for_all`."""
        why = np.zeros(len(self.products.ids), np.uint8)
        for position, products in enumerate(self.held_for_all):
            why[products] = position + 1
        return why

    @cached_property
    def list_columns(self) -> ListColumns:
        """What the usual list is read off."""
        held = self.why_held_for_all, self.held_for_all
        return ListColumns.of(self.contents, self.as_trained, *held)

    def products_of_category(self, category: str) -> Numbers:
        """Ascending; empty for a category nobody has heard of."""
        number = self._category_numbers.get(category)
        if number is None:
            return np.zeros(0, np.int32)
        return np.flatnonzero(self.products.category_number == number).astype(np.int32)

    @once_a_release
    def categories(self) -> dict[str, Numbers]:
        """Category in small letters -> its products, ascending."""
        return _grouped(self.products.category)

    @once_a_release
    def brands(self) -> dict[str, Numbers]:
        """Brand in small letters -> its products, ascending."""
        return _grouped(self.products.brand)

    @once_a_release
    def having_attribute(self) -> dict[tuple[str, str], Numbers]:
        """Name and value of an attribute in small letters -> products that have it, ascending."""
        return products_by_attribute(self.contents.attributes)

    @once_a_release
    def active_customers(self) -> int:
        """Customers with a purchase that stayed."""
        return int(np.count_nonzero(np.diff(self.bought.starts)))

    @once_a_release
    def category_names(self) -> dict[int, str]:
        """Number of a category -> its name."""
        return {number: name for name, number in self._category_numbers.items()}

    @once_a_release
    def _category_numbers(self) -> dict[str, int]:
        numbers, first = np.unique(self.products.category_number, return_index=True)
        return {
            self.products.category[int(product)]: int(number)
            for number, product in zip(numbers, first, strict=True)
            if number >= 0
        }


def open_release(
    directory: Path, name: str | None = None, *, verified: bool = True, locale: str = ENGLISH
) -> Release:
    """The release of that name in the folder of releases, or the live one.

    With `verified`, every byte is read and compared with the manifest once, and every number is
    checked; a further process that opens the same release may leave that out.
    Raises `UnknownReleaseError` or `BrokenReleaseError`.
    """
    folder = Shelf(directory).folder(name)
    manifest = read_manifest(folder)
    older = _parts_it_is_older_than(manifest)
    columns = [column for column in names(Contents) if column.split(".")[0] not in older]
    arrays = {column: mapped(folder, column, manifest, verified=verified) for column in columns}
    if verified:
        verify_extras(folder, manifest)
    try:
        if older:
            customers = len(arrays["customers.ids.ends"]) - 1
            products = len(arrays["products.ids.ends"]) - 1
            nothing = nothing_observed(customers) | nothing_foretold(customers)
            nothing |= no_attributes(products) | nothing_regular(customers)
            nothing |= nothing_at_stake(customers) | no_evidence(customers)
            arrays |= {c: a for part in older for c, a in flatten(nothing[part], part)}
        contents = build(Contents, arrays)
        if verified:
            check_soundness(contents)
    except (ValueError, IndexError) as error:
        raise BrokenReleaseError(f"{folder}: {error}; {REMEDY}") from error
    return Release(folder, manifest, contents, locale)


def _grouped(texts: TextColumn) -> dict[str, Numbers]:
    groups: dict[str, list[int]] = {}
    for product, text in enumerate(texts):
        groups.setdefault(text.strip().casefold(), []).append(product)
    groups.pop("", None)
    return {text: np.array(products, np.int32) for text, products in groups.items()}


def _parts_it_is_older_than(manifest: Manifest) -> tuple[str, ...]:
    """A release has all parts of a group, or was made before there was any of it."""
    parts = {file_name.split(".")[0] for file_name in manifest.files}
    groups = (OBSERVED, OBSERVED_LATER, INSIGHT, ATTRIBUTES, REGULAR, STAKES, EVIDENCE)
    lacking = [group for group in groups if not parts.intersection(group)]
    return tuple(part for group in lacking for part in group)
