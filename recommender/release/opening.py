"""Opening a release: memory-mapped, verified, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from recommender.errors import BrokenReleaseError
from recommender.formats.formats import Formats, formats_of
from recommender.formats.locales import ENGLISH
from recommender.release.attributes import ATTRIBUTES, no_attributes, products_by_attribute
from recommender.release.catalogue import Catalogue
from recommender.release.columns import Array, build, flatten, names
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
from recommender.release.manifest import Manifest, ReleaseFile, read_manifest, sha256_of
from recommender.release.observed import OBSERVED, OBSERVED_LATER, nothing_observed
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

    def __repr__(self) -> str:
        customers, products = len(self.customers.ids), len(self.products.ids)
        return f"Release({self.name}, {customers:,} customers x {products:,} products)"

    @property
    def name(self) -> str:
        return self.manifest.name

    @cached_property
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

    @cached_property
    def catalogue(self) -> Catalogue:
        """Ids, names, categories and prices for answers."""
        return Catalogue.of(self.products)

    @cached_property
    def gram(self) -> npt.NDArray[np.float64]:
        """(factors, factors) Y'Y of the product factors, the constant part of every fold-in."""
        factors = self.model.product_factors.astype(np.float64)
        return np.asarray(factors.T @ factors)

    @cached_property
    def system(self) -> npt.NDArray[np.float64]:
        """(factors, factors) `gram` with the regularization: what is solved for who bought nothing.

        Later purchases only add to it.
        """
        regularization = float(self.manifest.settings["regularization"])
        return np.asarray(self.gram + regularization * np.eye(len(self.gram)))

    @cached_property
    def solved_gram(self) -> npt.NDArray[np.float64]:
        """(factors, factors) the inverse of `system`."""
        return np.asarray(np.linalg.inv(self.system))

    @cached_property
    def gone(self) -> Numbers:
        """Products that left the catalogue, ascending."""
        return np.flatnonzero(~self.products.in_catalogue).astype(np.int32)

    @cached_property
    def out_of_stock(self) -> Numbers:
        """Ascending."""
        return np.flatnonzero(~self.products.in_stock).astype(np.int32)

    def products_of_category(self, category: str) -> Numbers:
        """Ascending; empty for a category nobody has heard of."""
        number = self._category_numbers.get(category)
        if number is None:
            return np.zeros(0, np.int32)
        return np.flatnonzero(self.products.category_number == number).astype(np.int32)

    @cached_property
    def categories(self) -> dict[str, Numbers]:
        """Category in small letters -> its products, ascending."""
        return _grouped(self.products.category)

    @cached_property
    def brands(self) -> dict[str, Numbers]:
        """Brand in small letters -> its products, ascending."""
        return _grouped(self.products.brand)

    @cached_property
    def having_attribute(self) -> dict[tuple[str, str], Numbers]:
        """Name and value of an attribute in small letters -> products that have it, ascending."""
        return products_by_attribute(self.contents.attributes)

    @cached_property
    def active_customers(self) -> int:
        """Customers with a purchase that stayed."""
        return int(np.count_nonzero(np.diff(self.bought.starts)))

    @cached_property
    def category_names(self) -> dict[int, str]:
        """Number of a category -> its name."""
        return {number: name for name, number in self._category_numbers.items()}

    @cached_property
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
    arrays = {column: _mapped(folder, column, manifest, verified) for column in columns}
    if verified:
        _verify_extras(folder, manifest)
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


REMEDY = "roll back with `recommender releases rollback` or train again"


def _parts_it_is_older_than(manifest: Manifest) -> tuple[str, ...]:
    """A release has all parts of a group, or was made before there was any of it."""
    parts = {file_name.split(".")[0] for file_name in manifest.files}
    groups = (OBSERVED, OBSERVED_LATER, INSIGHT, ATTRIBUTES, REGULAR, STAKES, EVIDENCE)
    lacking = [group for group in groups if not parts.intersection(group)]
    return tuple(part for group in lacking for part in group)


def _mapped(folder: Path, column: str, manifest: Manifest, verified: bool) -> Array:
    file_name = f"{column}.npy"
    described = manifest.files.get(file_name)
    if described is None:
        raise BrokenReleaseError(f"{folder}: the manifest lacks {file_name}; {REMEDY}")
    _verify(folder / file_name, described, with_hash=verified)
    try:
        array: Array = _open(folder / file_name, described)
    except Exception as error:  # NumPy has many words for a file that is not its own
        raise BrokenReleaseError(f"{folder / file_name}: {error}; {REMEDY}") from error
    found = (array.shape, array.dtype.str)
    if found != (described.shape, described.dtype):
        raise BrokenReleaseError(
            f"{folder / file_name}: holds {found}, "
            f"the manifest says {(described.shape, described.dtype)}; {REMEDY}"
        )
    return array


def _open(path: Path, described: ReleaseFile) -> Any:
    """An empty array cannot be mapped; it is read instead. The view drops memmap's slow class."""
    if described.shape and 0 in described.shape:
        with path.open("rb") as file:
            return npy.read_array(file, allow_pickle=False)
    return npy.open_memmap(path, mode="r").view(np.ndarray)


def _verify(path: Path, described: ReleaseFile, *, with_hash: bool) -> None:
    if not path.is_file():
        raise BrokenReleaseError(f"{path}: is missing; {REMEDY}")
    size = path.stat().st_size
    if size != described.bytes:
        raise BrokenReleaseError(
            f"{path}: has {size} bytes, the manifest says {described.bytes}; {REMEDY}"
        )
    if with_hash and sha256_of(path) != described.sha256:
        raise BrokenReleaseError(f"{path}: its content is not what was published; {REMEDY}")


def _verify_extras(folder: Path, manifest: Manifest) -> None:
    for name, described in manifest.files.items():
        if not name.endswith(".npy"):
            _verify(folder / name, described, with_hash=True)
