"""A release on disk: it answers as it did in memory, or it is broken and says so."""

from __future__ import annotations

import io
import json
import os
import pickle
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.errors import BrokenReleaseError, UnknownReleaseError
from recommender.models.engine import Engine
from recommender.release import publish as publishing
from recommender.release.attributes import no_attributes
from recommender.release.columns import build, flatten, names
from recommender.release.contents import Contents, Model
from recommender.release.evidence import no_evidence
from recommender.release.insight import nothing_foretold
from recommender.release.manifest import FORMAT, MANIFEST, sha256_of
from recommender.release.observed import nothing_observed
from recommender.release.opening import open_release
from recommender.release.regular import nothing_regular
from recommender.release.shelf import CURRENT
from recommender.release.stakes import nothing_at_stake
from recommender.suggest.also_bought import customer_also_bought, product_also_bought
from recommender.suggest.suggest import suggest
from recommender.text import Ids
from tests.made_up_release import (
    in_memory,
    published,
    random_contents,
    shop_contents,
    shop_release,
)

PRICES = "products.price.npy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of the live release."""
    return tmp_path / published(tmp_path, shop_contents())


def same_arrays(one: Contents, other: Contents) -> bool:
    pairs = zip(flatten(one), flatten(other), strict=True)
    return all(
        a == b and x.dtype == y.dtype and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        for (a, x), (b, y) in pairs
    )


def test_every_column_comes_back_as_it_was(engine: Engine, tmp_path: Path) -> None:
    published(tmp_path, shop_contents(engine))
    assert same_arrays(open_release(tmp_path).contents, shop_contents(engine))


def test_columns_are_named_as_they_are_nested() -> None:
    assert [name for name, _ in flatten(shop_contents())] == list(names(Contents))
    assert {"products.price", "customers.ids.ends", "fallback.segments.content"} <= set(
        names(Contents)
    )
    again = build(Contents, dict(flatten(shop_contents())))
    assert same_arrays(again, shop_contents())


def test_a_release_answers_from_disk_as_it_did_in_memory(engine: Engine, tmp_path: Path) -> None:
    opened = open_release(tmp_path, published(tmp_path, shop_contents(engine)))
    before = in_memory(shop_contents(engine), opened.name)
    for customer in [*before.customers.ids, "nobody"]:
        assert suggest(opened, customer) == suggest(before, customer)
        assert customer_also_bought(opened, customer) == customer_also_bought(before, customer)
    for product in before.products.ids:
        assert product_also_bought(opened, product) == product_also_bought(before, product)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_release_answers_from_disk_as_it_did_in_memory(tmp_path: Path, seed: int) -> None:
    opened = open_release(tmp_path, published(tmp_path, random_contents(seed), keep=1))
    before = in_memory(random_contents(seed), opened.name)
    for customer in before.customers.ids:
        assert suggest(opened, customer) == suggest(before, customer)


def test_an_unverified_release_answers_the_same(folder: Path) -> None:
    checked, quick = open_release(folder.parent), open_release(folder.parent, verified=False)
    assert suggest(checked, "C000") == suggest(quick, "C000")


def test_a_release_says_its_size(folder: Path) -> None:
    opened = open_release(folder.parent)
    assert repr(opened) == f"Release({folder.name}, 62 customers x 21 products)"


def test_a_release_cannot_be_written_to(folder: Path) -> None:
    opened = open_release(folder.parent)
    with pytest.raises(ValueError, match="read-only"):
        opened.products.price[0] = 1.0


def test_what_left_the_catalogue_or_the_stock_is_known() -> None:
    release = shop_release()
    assert [release.products.ids[int(p)] for p in release.gone] == ["B0"]
    assert [release.products.ids[int(p)] for p in release.out_of_stock] == ["A9"]


def test_products_of_a_category_are_found_by_its_name() -> None:
    release = shop_release()
    found = [release.products.ids[int(p)] for p in release.products_of_category("A")]
    assert found == [f"A{i}" for i in range(10)]
    assert len(release.products_of_category("never heard of")) == 0
    assert len(release.products_of_category("")) == 0


def described(folder: Path, file_name: str) -> None:
    """Makes the manifest believe in a file as it is now, so that only its content is wrong."""
    manifest = json.loads((folder / MANIFEST).read_text())
    path = folder / file_name
    manifest["files"][file_name] |= {"sha256": sha256_of(path), "bytes": path.stat().st_size}
    (folder / MANIFEST).write_text(json.dumps(manifest))


def saved(array: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("x", "y")
    return buffer.getvalue()


def npy_with_header(header: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 168


class Evil:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch /tmp/should-never-exist",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"customer_id,price\nA,1\n",
        saved(np.zeros(21))[:-8],
        saved(np.zeros(21))[:60],
        saved(np.zeros(21))[:7],
        saved(np.zeros(20)),
        saved(np.zeros((21, 1))),
        saved(np.zeros(21, np.float32)),
        saved(np.zeros(21, ">f8")),
        saved(np.array([None] * 21), allow_pickle=True),
        pickle.dumps(Evil()),
        zipped(),
        zipped()[:-10],
        npy_with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (21,"),
        npy_with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-21,), }"),
        npy_with_header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (10**99,), }"),
        npy_with_header(b"__import__('os')"),
        npy_with_header(b"{[]: 1}"),
        npy_with_header(b"((((("),
        npy_with_header(b"\xff\xfe"),
    ],
    ids=range(20),
)
@pytest.mark.parametrize("verified", [True, False])
def test_a_file_that_is_not_the_column_it_should_be_breaks_the_release(
    folder: Path, content: bytes, verified: bool
) -> None:
    """Even where size and hash agree with the manifest."""
    (folder / PRICES).write_bytes(content)
    described(folder, PRICES)
    with pytest.raises(BrokenReleaseError, match=r"products\.price\.npy"):
        open_release(folder.parent, verified=verified)
    assert not Path("/tmp/should-never-exist").exists()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_bytes_changed_anywhere_break_the_release_or_change_nothing(
    shop_on_disk: Path, data: st.DataObject
) -> None:
    """Read past the hash: whatever NumPy thinks of the file, no other error leaves `open`."""
    sound = (shop_on_disk / PRICES).read_bytes()
    place = data.draw(st.integers(0, 127), label="place")
    changed = sound[:place] + data.draw(st.binary(min_size=1, max_size=4)) + sound[place:]
    try:
        (shop_on_disk / PRICES).write_bytes(changed[: len(sound)])
        described(shop_on_disk, PRICES)
        open_release(shop_on_disk.parent)
    except BrokenReleaseError:
        pass
    finally:
        (shop_on_disk / PRICES).write_bytes(sound)


@pytest.fixture(scope="module")
def shop_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    return directory / published(directory, shop_contents())


def test_a_single_flipped_bit_is_noticed(folder: Path) -> None:
    content = bytearray((folder / PRICES).read_bytes())
    content[-1] ^= 1
    (folder / PRICES).write_bytes(content)
    with pytest.raises(BrokenReleaseError, match="its content is not what was published"):
        open_release(folder.parent)


def test_a_missing_file_is_named_with_the_way_out(folder: Path) -> None:
    (folder / PRICES).unlink()
    with pytest.raises(BrokenReleaseError, match=r"price\.npy: is missing; roll back with"):
        open_release(folder.parent, verified=False)


def test_a_folder_in_the_place_of_a_file_is_noticed(folder: Path) -> None:
    (folder / PRICES).unlink()
    (folder / PRICES).mkdir()
    with pytest.raises(BrokenReleaseError, match=r"price\.npy"):
        open_release(folder.parent)


def test_a_changed_extra_file_is_noticed(tmp_path: Path) -> None:
    name = published(tmp_path, shop_contents(), **{"report.json": b"{}"})
    (tmp_path / name / "report.json").write_bytes(b"[]")
    with pytest.raises(BrokenReleaseError, match=r"report\.json"):
        open_release(tmp_path)


def without(*keys: str) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {k: v for k, v in manifest.items() if k not in keys}


def wrong(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: manifest | changes


@pytest.mark.parametrize(
    "change",
    [
        without("files"),
        without("settings"),
        without("format"),
        wrong(format=FORMAT + 1),
        wrong(format="1"),
        wrong(files=[]),
        wrong(files={}),
        wrong(files={"products.price.npy": {"sha256": 1}}),
        wrong(settings={}),
        wrong(settings={"alpha": "2", "regularization": 1.0}),
        wrong(settings={"alpha": 2.0, "regularization": 0.0}),
        wrong(settings={"alpha": True, "regularization": []}),
        wrong(settings={"alpha": 2.0, "regularization": 1.0, "slope_of_liking": "7"}),
        wrong(counts=7),
        wrong(surprise=1),
        lambda _: [],
        lambda _: None,
        lambda _: "text",
    ],
    ids=range(18),
)
def test_a_manifest_that_is_not_one_breaks_the_release(
    folder: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(change(manifest)))
    with pytest.raises(BrokenReleaseError):
        open_release(folder.parent, verified=False)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"format": 2}'])
def test_garbage_in_place_of_the_manifest_breaks_the_release(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(BrokenReleaseError, match=r"manifest\.json"):
        open_release(folder.parent)


def test_a_missing_manifest_breaks_the_release(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(BrokenReleaseError, match=r"manifest\.json"):
        open_release(folder.parent)


def unsound() -> list[Contents]:
    contents = shop_contents()
    factors = contents.model.product_factors.copy()
    factors[3, 1] = np.nan
    doubled = Ids(*_ids_with_a_repetition(contents.products.ids))
    return [
        replace(contents, model=Model(contents.model.customer_factors, factors)),
        replace(contents, products=replace(contents.products, ids=doubled)),
    ]


def _ids_with_a_repetition(ids: Ids) -> tuple[Any, Any]:
    """A0 twice in place of A0 and A1."""
    content = ids.content.copy()
    content[3] = ord("0")
    return ids.ends, content


@pytest.mark.parametrize("position", [0, 1])
def test_not_a_number_or_a_repeated_id_breaks_a_release_whose_hashes_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    monkeypatch.setattr(publishing, "check_soundness", lambda _: None)
    published(tmp_path, unsound()[position])
    with pytest.raises(BrokenReleaseError, match=r"roll back"):
        open_release(tmp_path)


def test_an_unknown_release_is_told_from_a_broken_one(folder: Path) -> None:
    with pytest.raises(UnknownReleaseError, match=f"there are: {folder.name}"):
        open_release(folder.parent, "20200101T000000Z-ffff")
    with pytest.raises(UnknownReleaseError, match="there are"):
        open_release(folder.parent, "../../etc")


def test_before_the_first_training_there_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(UnknownReleaseError, match="run `recommender train` first"):
        open_release(tmp_path / "releases")


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"../../etc/passwd", b"x" * 10_000])
def test_garbage_in_current_names_no_release(folder: Path, content: bytes) -> None:
    (folder.parent / CURRENT).write_bytes(content)
    with pytest.raises(UnknownReleaseError):
        open_release(folder.parent)


@pytest.mark.slow
def test_a_large_release_opens_at_once(tmp_path: Path) -> None:
    """100,000 customers by 20,000 products: nothing is read before it is touched."""
    published(tmp_path, _large(100_000, 20_000))
    began = time.perf_counter()
    opened = open_release(tmp_path, verified=False)
    took = time.perf_counter() - began
    assert suggest(opened, "C00077").source == "popular"
    print(f"opened in {took * 1000:.1f} ms")
    assert took < 5, "a second is a lot; this leaves room for a busy machine"


def _large(customers: int, products: int) -> Contents:
    shop = shop_contents()
    none = np.zeros(0, np.int32)
    nobody = np.zeros(customers + 1, np.int64)
    texts = type(shop.customers.name).of([""] * customers)
    labels = type(shop.customers.name).of([""] * products)
    random = np.random.default_rng(0)
    return replace(
        shop,
        **nothing_observed(customers),
        **nothing_foretold(customers),
        **nothing_at_stake(customers),
        **no_evidence(customers),
        **nothing_regular(customers),
        **no_attributes(products),
        customers=replace(
            shop.customers,
            ids=Ids.of(f"C{c:05}" for c in range(customers)),
            name=texts,
            segment=texts,
            region=texts,
            rep=texts,
            portrait=texts,
            segment_number=np.full(customers, -1, np.int32),
        ),
        products=replace(
            shop.products,
            ids=Ids.of(f"P{p:05}" for p in range(products)),
            name=labels,
            category=labels,
            brand=labels,
            category_number=np.full(products, -1, np.int32),
            price=np.ones(products),
            in_stock=np.ones(products, bool),
            in_catalogue=np.ones(products, bool),
            spend=np.ones(products),
            buyers=np.ones(products, np.int32),
            recent_buyers=np.ones(products, np.int32),
        ),
        bought=replace(
            shop.bought,
            starts=nobody,
            products=none,
            weights=np.zeros(0, np.float32),
            times=none,
            last_day=none,
        ),
        returned=replace(shop.returned, starts=nobody, products=none),
        earlier=replace(shop.earlier, starts=nobody, products=none),
        candidates=replace(
            shop.candidates, starts=nobody, products=none, chance=np.zeros(0, np.float32)
        ),
        again=replace(shop.again, starts=nobody, products=none, chance=np.zeros(0, np.float32)),
        model=Model(
            random.random((customers, 64), np.float32), random.random((products, 64), np.float32)
        ),
        alike=replace(shop.alike, peers=np.full((customers, 40), -1, np.int32)),
        also_bought=replace(
            shop.also_bought,
            starts=np.zeros(products + 1, np.int64),
            products=none,
            customers_both=none,
            together=none,
            similarity=np.zeros(0, np.float32),
        ),
    )
