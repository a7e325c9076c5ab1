"""Texts that try to run as scripts, in every place of a page that shows what somebody wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.config import ComplaintsSection
from recommender.release.contents import Contents
from recommender.suggest.facts import Stated
from recommender.text import TextColumn
from service.pages.formats import path_part
from service.records.complaints import Filing, file_complaint
from service.records.database import Database
from service.records.permissions import Said, record_permissions
from service.records.preferences import record_preference
from service.records.times import now
from tests.callers import key_for
from tests.script_payloads import PAYLOADS
from tests.small_release import publish_small_release, small_contents
from tests.test_pages_browser import browser, running_app, sync_api, watched

pytestmark = pytest.mark.browser
__all__ = ["browser"]
NAMED = PAYLOADS[0]


def test_there_are_sixty_of_them_all_different() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 60


def with_payloads(contents: Contents) -> Contents:
    """Two of the sixty for each of thirty customers; products and portraits have them too."""
    customers, products = contents.customers, contents.products
    rows, columns = range(len(customers.ids)), range(len(products.ids))
    turned = [PAYLOADS[(row + 30) % 60] for row in rows]
    return replace(
        contents,
        customers=replace(
            customers,
            name=TextColumn.of(PAYLOADS[row] for row in rows),
            region=TextColumn.of(turned),
            segment=TextColumn.of(turned),
            rep=TextColumn.of(turned),
            portrait=TextColumn.of(
                json.dumps({PAYLOADS[row]: turned[row], "brands": turned}) for row in rows
            ),
        ),
        products=replace(
            products,
            name=TextColumn.of(PAYLOADS[column * 5] for column in columns),
            brand=TextColumn.of(PAYLOADS[column * 5 + 1] for column in columns),
            category=TextColumn.of(PAYLOADS[column * 5 + 2] for column in columns),
        ),
    )


def tell_payloads(database: Database) -> None:
    """Two of the sixty for each customer as well: its complaint, its words, how it said so."""
    today = now().date()
    with database.writing() as connection:
        for row, customer_id in enumerate(small_contents().customers.ids):
            first, second = PAYLOADS[row], PAYLOADS[(row + 30) % 60]
            filing = Filing(None, second, first, today)
            file_complaint(connection, customer_id, filing, ComplaintsSection(), NAMED)
            liked = Stated("attribute", f"a={first}", "likes", second, today, "talk")
            record_preference(connection, customer_id, liked, NAMED)
            said = Said({"phone": True}, second, first)
            record_permissions(connection, customer_id, said, NAMED)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Its address, and a key whose name is such a text too."""
    directory: Path = tmp_path_factory.mktemp("scripts") / "releases"
    publish_small_release(directory, with_payloads(small_contents()))
    with running_app(directory) as (app, address):
        tell_payloads(app.state.database)
        yield address, key_for(app.state.database, "manager", name=NAMED).shown


def test_no_text_runs_as_a_script(
    browser: sync_api.Browser,
    service: tuple[str, str],
) -> None:
    address, key = service
    page = browser.new_context().new_page()
    said = watched(page)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for text in PAYLOADS:
        visit(page, f"{address}/sign-in?next=/{path_part(text)}")
    page.goto(f"{address}/sign-in")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    contents = small_contents()
    paths = ["/", "/customers", "/docs", "/board", "/board/team"]
    paths += [f"/customers/{path_part(key)}" for key in contents.customers.ids]
    paths += [f"/products/{path_part(key)}" for key in contents.products.ids]
    paths += [f"/customers?query={path_part(text)}" for text in PAYLOADS]
    for path in paths:
        visit(page, address + path)
        assert NAMED in page.inner_text("header.top"), "the key is named so"
        if path.startswith("/customers/"):
            assert page.locator(".trouble .said, #stated ~ * .said").count() == 2, "both are shown"
    assert said == []


FOREIGN_SCRIPT = 'script:not([src^="/static/search.js?v="]), marquee'
"""Any but the one of ours, which searches as one types."""


def visit(page: sync_api.Page, address: str) -> None:
    """One whole page, on which no text became an element."""
    page.goto(address)
    assert page.locator("h1").count() == 1, address
    became = page.locator(
        f"{FOREIGN_SCRIPT}, img, iframe, object, embed, video, audio, style, math"
    )
    assert became.count() == 0, address


def test_no_word_of_a_customer_runs_as_a_script(browser: sync_api.Browser, tmp_path: Path) -> None:
    """All sixty as reasons, in the survey form, as its fields, and as everything else told."""
    contents = small_contents()
    sold = replace(contents.products, category=TextColumn.of(PAYLOADS[:12]))
    publish_small_release(tmp_path / "releases", replace(contents, products=sold))
    with running_app(tmp_path / "releases") as (app, address):
        key = key_for(app.state.database, "manager").shown
        page = browser.new_context(extra_http_headers={"authorization": f"Bearer {key}"}).new_page()
        said = watched(page)
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        for customer_id, texts in told(contents).items():
            tell(page, f"{address}/v1", customer_id, texts)
            visit(page, f"{address}/customers/{path_part(customer_id)}")
            assert are_shown(texts, page), customer_id
            visit(page, f"{address}/customers/{path_part(customer_id)}/survey")
            assert are_shown(texts, page), customer_id
            assert page.locator("fieldset").count() > 5
        assert said == []


def told(contents: Contents) -> dict[str, list[str]]:
    """Three of the sixty for each of twenty customers."""
    everyone = [key for key in contents.customers.ids if key.startswith("C")][:20]
    return {key: PAYLOADS[3 * i : 3 * i + 3] for i, key in enumerate(everyone)}


def tell(page: sync_api.Page, address: str, customer_id: str, texts: list[str]) -> None:
    """Each as the words of a like, which become a reason; and wherever else a text is taken."""
    customer = f"{address}/customers/{path_part(customer_id)}"
    listed = page.request.get(f"{customer}/suggestions?kinds=new&n=4").json()
    *liked, refused = [s["product_id"] for s in listed["suggestions"]]
    answers = [
        {"about": "product", "value": product, "stance": "likes", "words": text}
        for product, text in zip(liked, texts, strict=True)
    ]
    outcome = {"recommendation_id": listed["recommendation_id"], "product_id": refused}
    written = [
        page.request.post(f"{customer}/survey", data={"answers": answers}),
        page.request.post(f"{customer}/complaints", data={"text": texts[0]}),
        page.request.put(f"{customer}/permissions", data={"phone": True, "wording": texts[1]}),
        page.request.post(
            f"{address}/outcomes", data=outcome | {"outcome": "rejected", "reason": "price"}
        ),
    ]
    assert all(answer.ok for answer in written), [answer.text() for answer in written]


def are_shown(texts: list[str], page: sync_api.Page) -> bool:
    found = " ".join(page.inner_text("main").split())
    return all(" ".join(text.split()) in found for text in texts)
