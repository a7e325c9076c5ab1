"""The list of all customers, made in blocks: taken up again, by many, in spite of single faults."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recommender.cross_sell import Batch, cross_sell, list_batch
from recommender.erasure.lists import erase_from_list
from recommender.errors import BadDataError, BusyError, ConfigError
from recommender.listing import making
from recommender.listing.effort import Effort, Step
from recommender.listing.selection import Selection, chosen_customers
from recommender.listing.unfinished import PARTS, work_folder, working_on
from recommender.listing.written import WrittenList
from recommender.release.changes import ToldProduct, changed
from recommender.release.opening import Release, open_release
from recommender.suggest.facts import Facts, FactsInBlocks, OpenComplaint
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from tests.made_up_release import published, shop_contents
from tests.made_up_told import MadeUpBook, Refusing

EVERYONE, WISH, TODAY = Selection(), Wish(5), date(2025, 1, 10)
ENDINGS = [".csv", ".parquet", ".xlsx"]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    directory = tmp_path_factory.mktemp("shop")
    return open_release(directory, published(directory, shop_contents()))


def listed(
    release: Release,
    out: Path,
    effort: Effort | None = None,
    book: FactsInBlocks | None = None,
    wish: Wish = WISH,
) -> WrittenList:
    rows = chosen_customers(release, EVERYONE)
    batch = Batch(release, wish, EVERYONE, rows, book or MadeUpBook(today=TODAY))
    return list_batch(batch, out, effort or Effort(block=7))


def files_of(out: Path) -> dict[str, bytes]:
    return {ending: out.with_name(out.name + ending).read_bytes() for ending in PARTS}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Asked:
    """Whom `suggest` was asked about."""

    customers: list[str] = field(default_factory=list)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()

    def counting(release: Release, customer_id: str, *rest: Any) -> Any:
        found.customers.append(customer_id)
        return suggest(release, customer_id, *rest)

    monkeypatch.setattr(making, "suggest", counting)
    return found


def stopping_after(customers: int) -> Effort:
    """Ctrl-C in the block after so many."""

    @contextmanager
    def shown(what: str, length: int) -> Iterator[Step]:
        done = 0

        def step(more: int) -> None:
            nonlocal done
            done += more
            if done >= customers:
                raise KeyboardInterrupt

        yield step

    return Effort(block=7, shown=shown)


def stopped(release: Release, out: Path, **more: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        listed(release, out, stopping_after(21), **more)
    assert work_folder(out).is_dir()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("block", [1, 10, 1000])
def test_the_size_of_blocks_changes_no_byte(
    release: Release, tmp_path: Path, ending: str, block: int
) -> None:
    out = tmp_path / f"list{ending}"
    listed(release, out)
    before = files_of(out)
    out.unlink()
    listed(release, out, Effort(block=block))
    assert files_of(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {f"list{ending}{p}" for p in PARTS}


@pytest.mark.slow
def test_other_processes_know_what_changed_of_products(release: Release, tmp_path: Path) -> None:
    first, second, third = list(release.products.ids)[:3]
    told = [
        ToldProduct(first, price=1.0),
        ToldProduct(second, in_stock=False),
        ToldProduct(third, active=False),
    ]
    now = changed(release, told)
    listed(now, tmp_path / "alone.csv", Effort(1, 10))
    listed(now, tmp_path / "together.csv", Effort(2, 10))
    alone = (tmp_path / "alone.csv").read_bytes()
    assert alone == (tmp_path / "together.csv").read_bytes()
    listed(release, tmp_path / "before.csv", Effort(1, 10))
    assert alone != (tmp_path / "before.csv").read_bytes()


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_no_byte(
    release: Release, tmp_path: Path, workers: int
) -> None:
    book = MadeUpBook({"C002": BROKEN}, Refusing(frozenset({"C005", "C010"})), TODAY)
    listed(release, tmp_path / "list.csv", book=book)
    before = files_of(tmp_path / "list.csv")
    (tmp_path / "list.csv").unlink()
    failed: list[str] = []
    effort = Effort(workers, 10, failed=lambda customer, told: failed.append(f"{customer} {told}"))
    listed(release, tmp_path / "list.csv", effort, book)
    assert files_of(tmp_path / "list.csv") == before
    assert [told.split()[0] for told in failed] == ["C002"]
    assert "Traceback" in failed[0]


def test_a_stopped_run_goes_on_where_it_was(release: Release, tmp_path: Path, asked: Asked) -> None:
    listed(release, tmp_path / "whole.csv")
    asked.customers.clear()
    stopped(release, tmp_path / "list.csv")
    assert len(asked.customers) == 21
    assert not (tmp_path / "list.csv").exists()
    asked.customers.clear()
    listed(release, tmp_path / "list.csv")
    assert asked.customers == list(release.customers.ids)[21:]
    parts = [files_of(tmp_path / name)[""] for name in ("list.csv", "whole.csv")]
    assert parts[0] == parts[1]
    assert not work_folder(tmp_path / "list.csv").exists()


def test_customers_of_whom_something_was_told_meanwhile_are_asked_again(
    release: Release, tmp_path: Path, asked: Asked
) -> None:
    stopped(release, tmp_path / "list.csv")
    asked.customers.clear()
    book = MadeUpBook({"C008": Facts(contact=())}, today=TODAY)
    listed(release, tmp_path / "list.csv", book=book)
    ids = list(release.customers.ids)
    assert asked.customers == [*ids[7:14], *ids[21:]]
    assert "C008" not in {row["customer_id"] for row in rows_of(tmp_path / "list.csv")}


@pytest.mark.parametrize(
    "what", ["consent", "day", "wish", "block", "release", "locale", "products"]
)
def test_a_run_of_another_kind_begins_anew(
    release: Release, tmp_path: Path, asked: Asked, what: str
) -> None:
    """A permission withdrawn changes what is said of others too."""
    stopped(release, tmp_path / "list.csv")
    asked.customers.clear()
    book = MadeUpBook(today=date(2025, 1, 11) if what == "day" else TODAY)
    if what == "consent":
        book = replace(book, consent=Refusing(frozenset({"C040"})))
    if what == "release":
        (tmp_path / "other").mkdir()
        contents = shop_contents()
        spend = contents.products.spend * 2
        contents = replace(contents, products=replace(contents.products, spend=spend))
        release = open_release(tmp_path / "other", published(tmp_path / "other", contents))
    if what == "products":
        release = changed(release, [ToldProduct(release.products.ids[0], price=1.0)])
    if what == "locale":
        release = replace(release, locale="de-AT")
    effort = Effort(block=6 if what == "block" else 7)
    listed(release, tmp_path / "list.csv", effort, book, Wish(4) if what == "wish" else WISH)
    assert asked.customers == list(release.customers.ids)


def test_a_block_that_lost_bytes_is_made_again(
    release: Release, tmp_path: Path, asked: Asked
) -> None:
    stopped(release, tmp_path / "list.csv")
    asked.customers.clear()
    blocks = sorted((work_folder(tmp_path / "list.csv") / "blocks").iterdir())
    blocks[0].write_bytes(blocks[0].read_bytes()[:-9])
    blocks[1].write_bytes(b"")
    listed(release, tmp_path / "list.csv")
    ids = list(release.customers.ids)
    assert asked.customers == [*ids[:14], *ids[21:]]


def test_two_runs_do_not_write_one_list(release: Release, tmp_path: Path) -> None:
    with (
        working_on(tmp_path / "list.csv"),
        pytest.raises(BusyError, match="another run is writing this list"),
    ):
        listed(release, tmp_path / "list.csv")
    listed(release, tmp_path / "list.csv")


def test_files_that_were_whole_take_their_place_when_the_next_run_begins(
    release: Release, tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    listed(release, out)
    whole = files_of(out)
    listed(release, out, wish=Wish(2))
    folder = work_folder(out) / "whole"
    folder.mkdir(parents=True)
    for ending in PARTS[1:]:  # the first has its place already
        (folder / f"list.csv{ending}").write_bytes(whole[ending])
    out.write_bytes(whole[""])
    with working_on(out):
        assert files_of(out) == whole
    assert not work_folder(out).exists()


COMPLAINT = OpenComplaint("K", None, None, "broke", TODAY, TODAY)
BROKEN = Facts(contact=("phone",), complaints=(replace(COMPLAINT, category=17),))  # type: ignore[arg-type]
"""A number where a text belongs."""


class Unreadable(MadeUpBook):
    """What was told about one customer cannot even be read, and so no block that holds it."""

    def of(self, customer_id: str) -> Facts:
        if customer_id == "C002":
            raise ValueError("Invalid isoformat string: 'soon'")
        return super().of(customer_id)

    def some(self, customer_ids: Sequence[str]) -> MadeUpBook:
        for customer_id in customer_ids:
            self.of(customer_id)
        return self


@pytest.mark.parametrize(
    ("book", "kind"),
    [
        (MadeUpBook({"C002": BROKEN}, today=TODAY), "AttributeError"),
        (Unreadable(today=TODAY), "ValueError"),
    ],
)
def test_one_customers_fault_costs_the_others_nothing(
    release: Release, tmp_path: Path, book: MadeUpBook, kind: str
) -> None:
    listed(release, tmp_path / "sound.csv")
    failed: dict[str, str] = {}
    effort = Effort(block=7, failed=failed.__setitem__)
    manifest = listed(release, tmp_path / "list.csv", effort, book).manifest
    sound = [row for row in rows_of(tmp_path / "sound.csv") if row["customer_id"] != "C002"]
    assert rows_of(tmp_path / "list.csv") == sound
    held = [r for r in rows_of(tmp_path / "list.csv.held.csv") if r["customer_id"] == "C002"]
    assert [(r["hold_reason"], r["product_id"]) for r in held] == [(f"failed: {kind}", "")]
    assert manifest["counts"]["customers_failed"] == 1
    assert manifest["counts"]["customers"] == len(release.customers.ids)
    assert list(failed) == ["C002"]
    assert kind in failed["C002"]


def test_who_failed_is_asked_again_by_a_run_that_goes_on(
    release: Release, tmp_path: Path, asked: Asked
) -> None:
    book = MadeUpBook({"C002": BROKEN}, today=TODAY)
    stopped(release, tmp_path / "list.csv", book=book)
    asked.customers.clear()
    listed(release, tmp_path / "list.csv", book=book)
    ids = list(release.customers.ids)
    assert asked.customers == [*ids[:7], *ids[21:]]


def test_where_too_many_fail_the_last_list_stays(release: Release, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    listed(release, out)
    before = files_of(out)
    book = MadeUpBook(dict.fromkeys(("C002", "C040"), BROKEN), today=TODAY)
    with pytest.raises(BadDataError, match="2 of 62 customers cannot be made"):
        listed(release, out, book=book)
    assert files_of(out) == before


def test_a_shop_of_one_customer_that_fails_has_no_list(release: Release, tmp_path: Path) -> None:
    book = MadeUpBook({"C002": BROKEN}, today=TODAY)
    with pytest.raises(BadDataError, match="1 of 1 customers"):
        cross_sell(release, tmp_path / "list.csv", WISH, EVERYONE, [2], book)


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), BadDataError("gone")])
def test_what_is_nobodys_own_fault_ends_the_run(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(making, "suggest", fails)
    with pytest.raises(type(error)):
        listed(release, tmp_path / "list.csv")
    assert not list(tmp_path.glob("list*"))


def test_an_erasure_leaves_nothing_of_a_stopped_run(release: Release, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    stopped(release, out)
    assert b"C002" in b"".join(p.read_bytes() for p in work_folder(out).rglob("*.json"))
    erased = erase_from_list(out, "C002")
    assert erased.problem == "is not there any more"
    assert not list(tmp_path.iterdir())


def test_an_erasure_takes_the_customer_out_of_the_changes_too(
    release: Release, tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    listed(release, out)
    listed(release, out, wish=Wish(2))
    erased = erase_from_list(out, "C002")
    assert erased.changes == 3
    assert not [ending for ending, content in files_of(out).items() if b"C002" in content]
    said = json.loads(files_of(out)[".manifest.json"])
    check: Callable[[str], bytes] = files_of(out).__getitem__
    assert check(".changes.csv").count(b"C003") == 3
    assert said["changes_sha256"]


def test_an_erasure_says_where_a_run_is_still_at_it(tmp_path: Path) -> None:
    with working_on(tmp_path / "list.csv"):
        problem = erase_from_list(tmp_path / "list.csv", "C002").problem
    assert problem == "is being written; run this again when it is done"


@pytest.mark.parametrize("effort", [{"workers": 0}, {"block": 0}])
def test_nothing_is_done_by_nobody(effort: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        Effort(**effort)


def test_an_ending_that_no_list_has_is_refused(release: Release, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must end in"):
        listed(release, tmp_path / "list.txt")
