"""A release holds what is foretold of each customer, and says what the pure functions say."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.assembly.insight import insight_parts
from recommender.assembly.numbering import number_purchases
from recommender.assembly.products import category_numbers, costs_of
from recommender.config import Config
from recommender.errors import BrokenReleaseError
from recommender.insight.insight import Own, learn_own
from recommender.insight.lifetime.lifetime import Lifetime
from recommender.insight.potential.potential import Potential, find_potential
from recommender.insight.potential.spend import spend_by_category
from recommender.insight.potential.told import LEAST_PEERS, Told
from recommender.insight.rhythm.products import product_rhythms
from recommender.insight.rhythm.state import State
from recommender.matrix.returns import Netted, net_returns
from recommender.release.contents import Contents
from recommender.release.insight import INSIGHT
from recommender.release.manifest import MANIFEST
from recommender.release.opening import Release, open_release
from recommender.release.regular import REGULAR
from recommender.release.rewriting import without_customer
from recommender.release.soundness import check_soundness
from recommender.suggest.insight.lifetime import lifetime_of, lifetime_withheld
from recommender.suggest.insight.potential import potential_of, potential_withheld
from recommender.suggest.insight.rhythm import customer_rhythm_of, product_rhythms_of
from recommender.suggest.suggest import suggest
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.tables import Tables, read_tables
from tests.conftest import copy_sample
from tests.made_up_release import insight_of, learned_onto, published, shop_contents, shop_tables
from tests.made_up_told import MadeUpBook, MadeUpTold, Refusing
from tests.shop_files import write_shop
from tests.test_permitted import columns_of, trained, with_blank_portraits, without_rows

EPOCH = date(1970, 1, 1)


class Sample:
    """What the release of the sample was made from."""

    def __init__(self, config: Config, release: Release) -> None:
        self.release = release
        self.tables: Tables = read_tables(config)
        self.now = self.tables.purchases.last_at + 1
        purchases = number_purchases(self.tables, self.now, config.train.history_days)
        self.netted: Netted = net_returns(purchases)
        self.recent = self.netted.since(self.now - config.train.history_days * SECONDS_PER_DAY)
        products = self.tables.products
        self.categories = category_numbers(purchases.products, products)
        self.own: Own = learn_own(self.netted, self.now, costs_of(purchases.products, products))

    @property
    def today(self) -> date:
        return datetime.fromtimestamp(self.now - 1, UTC).date()


@pytest.fixture(scope="module")
def sample(sample_config: Config, sample_release: Release) -> Sample:
    return Sample(sample_config, sample_release)


@pytest.mark.parametrize("later", [0, 1, 40, 400])
def test_what_is_due_is_read_as_it_would_be_learned_that_day(sample: Sample, later: int) -> None:
    learned = product_rhythms(sample.netted, sample.now - 1 + later * SECONDS_PER_DAY)
    today, seen = sample.today + timedelta(days=later), []
    for row in range(len(sample.release.customers.ids)):
        seen += [(row, rhythm) for rhythm in product_rhythms_of(sample.release, row, today)]
    assert len(seen) == len(learned) > 1000
    assert [row for row, _ in seen] == learned.customers.tolist()
    rhythms = [rhythm for _, rhythm in seen]
    for name, column in (
        ("product", learned.products),
        ("days", learned.days),
        ("gap_days", learned.gap_days),
        ("quantity", learned.quantity),
        ("days_late", learned.days_late),
        ("state", learned.state),
    ):
        assert [getattr(rhythm, name) for rhythm in rhythms] == column.tolist(), name
    assert [(r.last_on - EPOCH).days for r in rhythms] == learned.last_day.tolist()
    assert [(r.due_on - EPOCH).days for r in rhythms] == learned.due_day.tolist()
    assert {State.REORDER, State.LAPSED} <= {rhythm.state for rhythm in rhythms}


def test_a_customers_silence_is_read_as_it_was_learned(sample: Sample) -> None:
    learned, warned = sample.own.customers, 0
    for row in range(len(sample.release.customers.ids)):
        read = customer_rhythm_of(sample.release, row, sample.today)
        if read is None:
            assert np.isnan(learned.days_since[row])
            continue
        assert read.days_since == learned.days_since[row]
        assert (read.usual_days or np.nan) == pytest.approx(learned.usual_days[row], nan_ok=True)
        assert read.lateness == pytest.approx(learned.lateness[row])
        assert read.chance_silent == pytest.approx(learned.chance_silent[row])
        assert read.is_warned == learned.warned[row]
        warned += read.is_warned
    assert warned > 5


def test_potential_is_read_as_it_was_learned(sample: Sample) -> None:
    release = sample.release
    spend = spend_by_category(sample.recent, sample.categories, sample.now)
    learned = find_potential(spend, release.alike.peers)
    assert isinstance(learned, Potential)
    names, reasons = release.category_names, set()
    for row in range(len(release.customers.ids)):
        read = potential_of(release, row)
        assert read is not None
        assert (read.size, read.peers, read.told) == (
            learned.size[row],
            learned.peers[row],
            learned.told[row],
        )
        reasons.add(read.told)
        entries = range(learned.starts[row], learned.starts[row + 1])
        assert len(entries) == len(read.categories)
        for entry, category in zip(entries, read.categories, strict=True):
            assert category.category == names[int(learned.categories[entry])]
            assert category.actual == learned.actual[entry]
            assert category.has_gap == learned.has_gap[entry]
            assert (category.expected is None) == np.isnan(learned.expected[entry])
            if category.expected is not None:
                assert category.gap == learned.gap[entry]
                assert category.expected.high == learned.high[entry]
                assert category.expected.peers_buying >= 0.4 * read.peers >= 0.4 * LEAST_PEERS
    assert {Told.YES, Told.NO_SIZE} <= reasons
    assert potential_withheld(release) is None


def test_value_is_read_as_it_was_learned(sample: Sample) -> None:
    learned = sample.own.lifetime
    assert isinstance(learned, Lifetime)
    told = 0
    for row in range(len(sample.release.customers.ids)):
        read = lifetime_of(sample.release, row)
        if read is None:
            assert np.isnan(learned.orders[row])
            continue
        assert read.horizon_days == 365
        assert read.orders == pytest.approx(learned.orders[row])
        assert read.value == pytest.approx(learned.value[row], nan_ok=True)
        assert (read.chance_alive is not None) == learned.sees_leaving
        told += read.margin is not None
    assert told > 400, "costs are known in the sample"


def test_the_manifest_says_the_parameters(sample: Sample) -> None:
    about = sample.release.manifest.settings["insight"]
    learned = sample.own.lifetime
    assert isinstance(learned, Lifetime)
    assert about["lifetime"]["orders_model"]["r"] == pytest.approx(learned.orders_model.r, rel=1e-5)
    assert about["lifetime"]["trust"]["retention"] == learned.trust.retention
    assert json.loads(json.dumps(about, allow_nan=False)) == about


def test_of_thin_data_the_release_says_why_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = trained(write_shop(tmp_path), None, monkeypatch)
    assert lifetime_withheld(release) == "only 60 customers bought; lifetime value needs 100"
    assert lifetime_of(release, 0) is None
    assert len(release.contents.product_rhythms.products) > 20
    assert customer_rhythm_of(release, 0, release.as_of.date()) is not None


def test_every_part_loses_the_rows_of_one_that_is_taken_out() -> None:
    contents = shop_contents()
    left = without_customer(contents, 3)
    check_soundness(left)
    others = [row for row in range(len(contents.customers.ids)) if row != 3]
    for name in INSIGHT:
        before, after = rows_of(contents, name), rows_of(left, name)
        assert repr([before[row] for row in others]) == repr(after), name
    assert len(rows_of(contents, "product_rhythms")[3]) > 0


def rows_of(contents: Contents, name: str) -> list[Any]:
    """What a part says of each customer."""
    part = getattr(contents, name)
    columns = [getattr(part, field.name) for field in fields(part) if field.name != "starts"]
    starts = getattr(part, "starts", np.arange(len(contents.customers.ids) + 1))
    return [
        list(zip(*(column[first:end].tolist() for column in columns), strict=True))
        for first, end in pairwise(starts)
    ]


def test_a_release_of_before_still_answers_and_foretells_nothing(tmp_path: Path) -> None:
    name = published(tmp_path, shop_contents())
    with_them = open_release(tmp_path)
    today = with_them.as_of.date()
    assert customer_rhythm_of(with_them, 0, today) is not None
    manifest = json.loads((tmp_path / name / MANIFEST).read_text())
    for file in [file for file in manifest["files"] if file.split(".")[0] in (*INSIGHT, *REGULAR)]:
        del manifest["files"][file]
        (tmp_path / name / file).unlink()
    (tmp_path / name / MANIFEST).write_text(json.dumps(manifest))
    older = open_release(tmp_path)
    assert product_rhythms_of(older, 0, today) == ()
    assert customer_rhythm_of(older, 0, today) is None
    assert potential_of(older, 0) is None
    assert lifetime_of(older, 0) is None
    assert lifetime_withheld(older) is potential_withheld(older) is None
    assert older.contents.habits.orders.tolist() == with_them.contents.habits.orders.tolist()
    assert suggest(older, "C000") == suggest(with_them, "C000")


def test_one_file_of_it_missing_breaks_a_release(tmp_path: Path) -> None:
    name = published(tmp_path, shop_contents())
    manifest = json.loads((tmp_path / name / MANIFEST).read_text())
    del manifest["files"]["sizes.peers.npy"]
    (tmp_path / name / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BrokenReleaseError, match=r"the manifest lacks sizes\.peers\.npy"):
        open_release(tmp_path)


def changed(part: str, column: str, wrong: Any) -> Contents:
    contents = shop_contents()
    return replace(contents, **{part: replace(getattr(contents, part), **{column: wrong})})


def test_numbers_that_make_no_sense_are_noticed() -> None:
    contents = shop_contents()
    size = len(contents.customers.ids)
    for part, column, wrong in (
        ("product_rhythms", "products", contents.product_rhythms.products + 99),
        ("product_rhythms", "products", contents.product_rhythms.products * 0),
        ("product_rhythms", "quantity", contents.product_rhythms.quantity * np.nan),
        ("product_rhythms", "days", contents.product_rhythms.days[:-1]),
        ("customer_rhythms", "chance_silent", np.full(size, 1.5, np.float32)),
        ("customer_rhythms", "warned", contents.customer_rhythms.warned[:-1]),
        ("potential", "categories", contents.potential.categories + 99),
        ("potential", "starts", contents.potential.starts[:-1]),
        ("potential", "low", contents.potential.low[:-1]),
        ("sizes", "size", contents.sizes.size[:-1]),
        ("lifetime", "chance_alive", np.full(size, -0.1, np.float32)),
    ):
        with pytest.raises(ValueError, match=part):
            check_soundness(changed(part, column, wrong))


def test_the_same_purchases_give_the_same_columns() -> None:
    tables = shop_tables()
    models = learned_onto(tables)
    one, other = (insight_parts(insight_of(tables, models)) for _ in range(2))
    assert repr(one) == repr(other)
    assert set(one) == set(INSIGHT)


@pytest.mark.slow
def test_of_the_sample_without_some_nothing_is_left_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the same training: one leaves them out, the other never knew of their purchases."""
    ids = ("00120", "18575")
    told = MadeUpTold(MadeUpBook(consent=Refusing(frozenset(ids))))
    whole, cut = copy_sample(tmp_path / "whole"), copy_sample(tmp_path / "cut")
    for table in ("purchases.csv", "events.csv"):
        without_rows(cut.parent / table, ids)
    with_blank_portraits(cut.parent / "customers.csv", ids)
    found, expected = trained(whole, told, monkeypatch), trained(cut, None, monkeypatch)
    assert len(found.contents.potential.categories) > 1000
    assert columns_of(found) == columns_of(expected)
    reports = [(r.folder / "report.json").read_bytes() for r in (found, expected)]
    assert reports[0] == reports[1]
    for customer_id in ids:
        row = found.customers.ids.position(customer_id)
        assert row is not None
        assert lifetime_of(found, row) is None
        assert product_rhythms_of(found, row, found.as_of.date()) == ()
