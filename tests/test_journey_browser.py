"""A rep's call, from the key to the last word: page, shop and batch follow each step of it."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest

from recommender.cli.main import run
from recommender.config import Config, load_config
from recommender.release.opening import Release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Kind, Wish
from service.records.migrate import open_records
from tests.callers import bearer, key_for
from tests.hands import Hands, Keyboard, Pointer
from tests.test_pages_browser import browser, sync_api, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["browser"]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
WAYS: dict[str, dict[str, Any]] = {
    "desktop": DESKTOP,
    "no-script": DESKTOP | {"java_script_enabled": False},
    "telephone": {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark"},
    "keyboard": DESKTOP,
}
SECTIONS: dict[Kind, int] = {"reorder": 4, "lapsed": 4, "more": 2}
"""Of the page: the kind that stands there, and how many at most."""
OFFERS = "suggestions"
REGULAR = "reorder,lapsed,more"
MOST = 100
Lists = dict[str, list[str]]
"""Product ids of each section of the page, in their order."""


@dataclass(frozen=True)
class Shop:
    """A service in a process of its own, and the folder that the batch runs in."""

    address: str
    config: Config
    rep: str
    customers: dict[str, str]
    """One for each way, so that none meets what another has told."""
    keys: dict[str, dict[str, str]]
    """Headers, by role."""

    def asked(self, customer: str, **what: Any) -> Any:
        """As the web shop hears it."""
        address = f"{self.address}/v1/customers/{customer}/suggestions"
        return httpx2.get(address, params=what, headers=self.keys["shop"]).json()

    def batch(self, customer: str, out: Path, *options: str) -> list[dict[str, str]]:
        """Rows of the customer in the nightly list."""
        place = ["--config", str(self.config.folder / "recommender.toml"), "--rep", self.rep]
        assert run(["cross-sell", "--out", str(out), "--all", *place, *options]) == 0
        with out.open(newline="", encoding="utf-8") as file:
            return [row for row in csv.DictReader(file) if row["customer_id"] == customer]


@pytest.fixture(scope="module")
def shop(
    sample_config: Config, sample_release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("journey") / "sample"
    kept = shutil.ignore_patterns("recommender.db*")
    shutil.copytree(sample_config.folder, folder, ignore=kept)
    config = load_config(folder / "recommender.toml")
    rep, customers = with_all_sections(sample_release)
    with closing(open_records(config)) as database:
        keys = {
            "shop": bearer(key_for(database, "shop")),
            "rep": bearer(key_for(database, "rep", rep)),
        }
    with served(config) as address:
        yield Shop(address, config, rep, dict(zip(WAYS, customers, strict=False)), keys)


def with_all_sections(release: Release) -> tuple[str, list[str]]:
    """A rep, and as many of its customers as there are ways that have all there is to offer."""
    of_rep = defaultdict[str, list[str]](list)
    for customer, rep in zip(release.customers.ids, release.customers.rep, strict=True):
        if all(listed(release, customer, kind, n) for kind, n in SECTIONS.items()):
            of_rep[rep].append(customer)
            if len(of_rep[rep]) == len(WAYS):
                return rep, of_rep[rep]
    raise AssertionError("no rep has so many customers with all sections")


def listed(release: Release, customer: str, kind: Kind, n: int) -> bool:
    return bool(suggest(release, customer, Wish(n, frozenset({kind}))).suggestions)


@contextmanager
def served(config: Config) -> Iterator[str]:
    """The address of `recommender serve`, which ends cleanly."""
    place = ["--port", "0", "--config", str(config.folder / "recommender.toml")]
    command = [sys.executable, "-m", "recommender.cli.main", "serve", *place]
    log = config.folder / "serve.log"
    with (
        log.open("w") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), log.read_text()
            yield address
        finally:
            process.terminate()
            ended = process.wait(20)
    assert ended == 0, log.read_text()
    assert "Traceback" not in log.read_text()


@dataclass(frozen=True)
class Call:
    """One rep on one page about one customer."""

    shop: Shop
    customer: str
    page: Any
    hands: Hands
    said: list[str]
    """What the browser complained of."""
    out: Path

    def section(self, name: str) -> Any:
        return self.page.locator(f'section[aria-labelledby="{name}"]')

    def fold(self, within: Any, summary: str) -> Any:
        """The form behind these words, opened."""
        found = within.locator("details", has=self.page.locator("summary", has_text=summary)).first
        self.hands.press(found.locator("summary").first)
        return found


@pytest.fixture(params=WAYS)
def call(
    request: pytest.FixtureRequest, browser: sync_api.Browser, shop: Shop, tmp_path: Path
) -> Iterator[Call]:
    context = browser.new_context(**WAYS[request.param])
    page = context.new_page()
    hands = Keyboard(page) if request.param == "keyboard" else Pointer()
    customer = shop.customers[request.param]
    yield Call(shop, customer, page, hands, watched(page), tmp_path / "list.csv")
    context.close()


def test_page_shop_and_batch_follow_each_step_of_a_call(
    call: Call, sample_release: Release
) -> None:
    categories = dict(
        zip(sample_release.products.ids, sample_release.products.category, strict=True)
    )
    sign_in(call)
    find(call, sample_release)
    found = same_everywhere(call)
    assert all(found.values())
    assert set(found) == {*SECTIONS, OFFERS}

    rejected = found[OFFERS][0]
    reject_the_first(call)
    assert rejected not in everything(same_everywhere(call))

    category = categories[found["reorder"][0]]
    complain(call, category)
    left = same_everywhere(call)
    assert category not in {categories[product] for product in everything(left)}
    assert rejected not in everything(left)

    withdraw(call)
    left = same_everywhere(call)
    assert [left[name] for name in SECTIONS] == [[], [], []]
    popular = call.shop.asked(call.customer)
    assert (popular["source"], popular["fallback_reason"]) == ("popular", "no_permission")
    assert left[OFFERS]


def everything(found: Lists) -> set[str]:
    return {product for products in found.values() for product in products}


def same_everywhere(call: Call) -> Lists:
    """Of page, shop and batch."""
    found = on_the_page(call)
    assert in_the_shop(call) == found
    assert in_the_batch(call) == found
    check_quiet(call)
    return found


def check_quiet(call: Call) -> None:
    """Nothing on the page scrolls sideways, and the browser complains of nothing."""
    width = call.page.evaluate("document.documentElement.scrollWidth")
    assert width <= call.page.viewport_size["width"]
    assert call.said == []


def on_the_page(call: Call) -> Lists:
    def products(name: str) -> list[str]:
        links = call.section(name).locator("h3 a").all()
        addresses = [link.get_attribute("href") for link in links]
        return [unquote(address.removeprefix("/products/")) for address in addresses]

    return {name: products(name) for name in (*SECTIONS, OFFERS)}


def in_the_shop(call: Call) -> Lists:
    def products(**what: Any) -> list[str]:
        answer = call.shop.asked(call.customer, **what)
        return [s["product_id"] for s in answer["suggestions"]]

    regular: Lists = {kind: products(kinds=kind, n=n) for kind, n in SECTIONS.items()}
    return regular | {OFFERS: products()}


def in_the_batch(call: Call) -> Lists:
    """Both lists have the ids that the shop's have."""
    rows = call.shop.batch(call.customer, call.out, "-n", str(MOST), "--kinds", REGULAR)
    of_kind: Lists = {
        kind: [row["product_id"] for row in rows if row["kind"] == kind][:n]
        for kind, n in SECTIONS.items()
    }
    offers = call.shop.batch(call.customer, call.out, "-n", "8")
    asked = {"n": MOST, "kinds": REGULAR}, {"n": 8}
    for each, what in zip((rows, offers), asked, strict=True):
        shown = call.shop.asked(call.customer, **what)
        assert [(r["product_id"], r["recommendation_id"]) for r in each] == [
            (s["product_id"], shown["recommendation_id"]) for s in shown["suggestions"]
        ]
    return of_kind | {OFFERS: [row["product_id"] for row in offers]}


def sign_in(call: Call) -> None:
    call.page.goto(call.shop.address)
    check_quiet(call)
    key = call.shop.keys["rep"]["authorization"].removeprefix("Bearer ")
    call.hands.write(call.page.get_by_label("Key"), key)
    call.hands.press(call.page.get_by_role("button", name="Sign in"))
    sync_api.expect(call.page.get_by_role("heading", level=1)).to_have_text(
        "Whom do you talk to next?"
    )
    check_quiet(call)


def find(call: Call, release: Release) -> None:
    row = release.customers.ids.position(call.customer)
    assert row is not None
    name = release.customers.name[row]
    call.hands.write(call.page.get_by_label("Name, id or region of a customer"), name)
    call.hands.press(call.page.get_by_role("button", name="Find"))
    entry = call.page.get_by_role("row").filter(has_text=call.customer)
    entry.wait_for()
    check_quiet(call)
    call.hands.press(entry.get_by_role("link", name=name))
    call.page.wait_for_url(f"{call.shop.address}/customers/{call.customer}")
    sync_api.expect(call.page.get_by_role("heading", level=1)).to_have_text(name)


def reject_the_first(call: Call) -> None:
    form = call.fold(call.section(OFFERS).locator("ol > li").first, "Rejected")
    call.hands.choose(form.get_by_label("Why"), "Too dear")
    call.hands.press(form.get_by_role("button", name="Save"))
    saved = call.page.get_by_role("status")
    sync_api.expect(saved).to_have_text(
        "Saved as rejected. It is off this list, the shop's and the nightly one."
    )
    assert "rejected, too dear" in call.page.locator("aside").inner_text()


def complain(call: Call, category: str) -> None:
    form = call.fold(call.section("complaints"), "File a complaint")
    call.hands.write(form.get_by_label("What is wrong"), "Two boxes came open.")
    call.hands.write(form.get_by_label("Or a category"), category)
    call.hands.press(form.get_by_role("button", name="File it"))
    sync_api.expect(call.page.get_by_role("heading", name="1 open complaint")).to_be_visible()
    told = call.section("complaints").inner_text()
    assert "Two boxes came open." in told
    assert category in told


def withdraw(call: Call) -> None:
    form = call.fold(call.section("permissions"), "Personal offers")
    call.hands.press(form.get_by_role("button", name="Withdraw"))
    sync_api.expect(call.page.get_by_role("heading", name="Popular products")).to_be_visible()
    assert "like this one" not in call.page.locator("main").inner_text()
