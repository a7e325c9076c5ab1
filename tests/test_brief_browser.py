"""The brief in Chromium: forms refused, figures drawn, on a telephone, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.callers import REP, bearer, key_for
from tests.foretold_release import FORETOLD, publish_foretold_release
from tests.test_pages_browser import browser, running_app, sync_api, watched

pytestmark = pytest.mark.browser
__all__ = ["browser"]
WAYS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "telephone": {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark"},
    "no-script": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False},
    "no-script-telephone": {
        "viewport": {"width": 360, "height": 780},
        "java_script_enabled": False,
    },
}
CUSTOMERS = dict(zip(WAYS, ("C02", "C06", "C14", "C18"), strict=True))
"""Of the rep; one each, so that no test meets what another has told."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Its address, and the rep's key."""
    directory: Path = tmp_path_factory.mktemp("brief") / "releases"
    publish_foretold_release(directory)
    with running_app(directory) as (app, address):
        yield address, key_for(app.state.database, "rep", REP).shown


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def page(way: str, browser: sync_api.Browser, service: tuple[str, str]) -> Iterator[sync_api.Page]:
    """Of the customer, opened by a rep who signed in."""
    address, key = service
    context = browser.new_context(**WAYS[way])
    page = context.new_page()
    page.goto(f"{address}/customers/{CUSTOMERS[way]}")
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{address}/customers/{CUSTOMERS[way]}"
    yield page
    context.close()


def brief(service: tuple[str, str], way: str) -> Any:
    """As a program reads it."""
    address, key = service
    headers = {"authorization": f"Bearer {key}"}
    answer = httpx2.get(f"{address}/v1/customers/{CUSTOMERS[way]}/brief", headers=headers)
    return answer.json()


def opened(page: sync_api.Page, section: str, summary: str) -> sync_api.Locator:
    """The form behind these words."""
    found = page.get_by_role("region", name=section).locator("details", has_text=summary).first
    found.locator("summary").click()
    return found


def test_a_refused_form_says_why_and_keeps_what_was_typed(
    page: sync_api.Page, way: str, service: tuple[str, str]
) -> None:
    said = watched(page)
    form = opened(page, "complaint", "File a complaint")
    form.get_by_label("What is wrong").fill("Two teeth broke off.")
    form.get_by_label("Or a category").fill("Blade")
    form.get_by_role("button", name="File it").click()
    wrong = page.locator("#complaint-category-wrong")
    sync_api.expect(wrong).to_contain_text("did you mean Blades?")
    form = page.locator("details[open]")
    assert form.get_by_label("What is wrong").input_value() == "Two teeth broke off."
    form.get_by_label("Or a category").fill("Blades")
    form.get_by_role("button", name="File it").click()
    sync_api.expect(page.get_by_role("heading", name="1 open complaint")).to_be_visible()
    assert "Two teeth broke off." in page.get_by_role("region", name="1 open").inner_text()
    found = brief(service, way)
    assert [c["category"] for c in found["complaints"]] == ["Blades"]
    assert "Blades" not in {s["category"] for s in found["suggestions"]["suggestions"]}
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    assert [text for text in said if "422" not in text] == [], "one form was refused on purpose"


def test_value_and_gaps_are_read_in_words_and_numbers(
    browser: sync_api.Browser, service: tuple[str, str]
) -> None:
    address, key = service
    for width in (1280, 360):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            extra_http_headers={"authorization": f"Bearer {key}"},
        )
        page = context.new_page()
        page.goto(f"{address}/customers/{FORETOLD}")
        assert "3,000" in page.get_by_role("region", name="What it is worth").inner_text()
        blades = page.get_by_role("region", name="What it buys").locator("tbody tr").first
        assert "+1,000" in blades.inner_text()
        chart = blades.get_by_role("img", name="Blades: bought for 1,000")
        bought = chart.locator(".fill").bounding_box()
        whole = chart.locator(".track").bounding_box()
        assert bought is not None
        assert whole is not None
        assert abs(bought["width"] / whole["width"] - 0.4) < 0.01
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()


def test_a_note_and_a_door_to_others_come_from_the_talk(
    browser: sync_api.Browser, tmp_path: Path
) -> None:
    publish_foretold_release(tmp_path / "releases")
    with running_app(tmp_path / "releases") as (app, address):
        key = key_for(app.state.database, "rep", REP)
        context = browser.new_context(extra_http_headers=bearer(key))
        page = context.new_page()
        page.goto(f"{address}/customers/C14")
        assert page.get_by_role("region", name="Whom does it know?").count() == 0
        form = opened(page, "Notes", "Write a note")
        form.get_by_label("What was said").fill("Call in May.")
        form.get_by_role("button", name="Save").click()
        sync_api.expect(page.get_by_role("status")).to_contain_text("Noted.")
        assert "Call in May." in page.get_by_role("region", name="Notes").inner_text()
        page.locator(".suggestions").get_by_role("button", name="Accepted").first.click()
        door = page.get_by_role("region", name="Whom does it know?")
        sync_api.expect(door).to_contain_text("has bought nothing yet")
        context.close()


def test_it_fits_one_printed_page(browser: sync_api.Browser, service: tuple[str, str]) -> None:
    address, key = service
    context = browser.new_context(extra_http_headers={"authorization": f"Bearer {key}"})
    page = context.new_page()
    told = f"{address}/v1/customers/C22"
    said = {"about": "category", "stance": "needs", "words": "We are building a second hall."}
    for number in range(3):
        complaint = {"text": f"{number + 1} of the last boxes came open, and one sheet was torn."}
        assert context.request.post(f"{told}/complaints", data=complaint).status == 201
        assert context.request.post(f"{told}/notes", data={"text": "Call in May."}).status == 201
        value = {"value": ("Blades", "Glue", "Sandpaper")[number]}
        assert context.request.post(f"{told}/preferences", data=said | value).status == 201
    page.goto(f"{address}/customers/C22")
    assert page.locator(".suggestions > li").count() >= 5
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    context.close()
