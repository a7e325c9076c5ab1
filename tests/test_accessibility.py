"""Every page for everyone: axe, the content policy, no JavaScript, the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest

from service.pages.formats import path_part
from tests.small_release import ODD_CUSTOMER, PROSPECT
from tests.test_pages_browser import address, browser, sign_in, sync_api, watched

pytestmark = pytest.mark.browser
__all__ = ["address", "browser"]
ODD = path_part(ODD_CUSTOMER)

PAGES: dict[str, tuple[str, str]] = {
    "start": ("/", "customers"),
    "customers": ("/customers", "Müller C05"),
    "customers without a warning": ("/customers?state=churn_warning", "No customer"),
    "nobody found": ("/customers?query=zebra", "No customer"),
    "brief": (f"/customers/{ODD}", "Suggestions"),
    "brief of a prospect": (f"/customers/{PROSPECT}", "Suggestions"),
    "survey": (f"/customers/{ODD}/survey", "Müller"),
    "product": ("/products/S1", "Who should be called about it"),
    "product nobody may have": ("/products/B6", "no longer in the catalogue"),
    "documentation": ("/docs", "GET /v1/customers"),
    "error": ("/customers/nobody", "No such customer"),
    "sign-in": ("/sign-in", "Key"),
}
"""Where each page lies, and words of its main content; a new page is one line more."""
SIGNED_OUT = {"sign-in"}
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
GRAVE = {"serious", "critical"}
MOST_STOPS = 400
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Look:
    """How a page is looked at."""

    width: int = 1280
    scheme: str = "light"
    scripts: bool = True
    policy: bool = True


Open = Callable[..., Any]


@pytest.fixture(scope="module")
def session(browser: sync_api.Browser, address: str) -> Any:
    """The cookies of somebody who signed in."""
    context = browser.new_context()
    sign_in(context.new_page(), address)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def opened(browser: sync_api.Browser, address: str, session: Any) -> Open:
    @contextmanager
    def look_at(name: str, look: Look) -> Iterator[tuple[sync_api.Page, list[str]]]:
        context = browser.new_context(
            viewport={"width": look.width, "height": 800},
            color_scheme=look.scheme,
            java_script_enabled=look.scripts,
            bypass_csp=not look.policy,
        )
        if name not in SIGNED_OUT:
            context.add_cookies(session)
        page = context.new_page()
        complaints = watched(page)
        page.goto(address + PAGES[name][0])
        try:
            yield page, complaints
        finally:
            context.close()

    return look_at


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_grave(opened: Open, name: str, width: int, scheme: str) -> None:
    with opened(name, Look(width, scheme, policy=False)) as (page, _):
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["testEngine"]["name"] == "axe-core"
    assert len(found["passes"]) > 5
    assert [_in_words(v) for v in found["violations"] if v["impact"] in GRAVE] == []


def _in_words(violation: dict[str, Any]) -> str:
    nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:5])
    return f"{violation['impact']} {violation['id']}: {violation['help']}: {nodes}"


WRONG = """<h1>Wrong</h1><img src="/static/icon.svg"><input>
<p style="color:#999;background:#aaa">grey on grey</p>"""


def test_axe_would_find_what_is_wrong(opened: Open) -> None:
    """The ruler itself: a picture without words, a field without a label, grey on grey."""
    with opened("sign-in", Look(policy=False)) as (page, _):
        page.evaluate("html => (document.querySelector('main').innerHTML = html)", WRONG)
        page.evaluate(AXE)
        found = page.evaluate("axe.run()")
    grave = {v["id"] for v in found["violations"] if v["impact"] in GRAVE}
    assert grave >= {"image-alt", "label", "color-contrast"}


@pytest.mark.parametrize("name", PAGES)
def test_the_browser_and_the_content_policy_are_content(opened: Open, name: str) -> None:
    with opened(name, Look()) as (page, complaints):
        page.wait_for_load_state("networkidle")
    expected = "404" if name == "error" else "nothing is expected"
    assert [said for said in complaints if expected not in said] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_main_content_is_there_without_javascript(opened: Open, name: str) -> None:
    with opened(name, Look(width=360, scripts=False)) as (page, _):
        assert page.locator("h1").count() == 1
        assert PAGES[name][1] in page.locator("main").inner_text()


REACHABLE = """[...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.type !== 'hidden')
  .map((e, n) => (e.dataset.stop = n))"""
STOP = """(() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), drawn = getComputedStyle(e);
  return {stop: e.dataset.stop ?? null, html: e.outerHTML.slice(0, 120),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    marked: drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) >= 2}; })()"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(
    opened: Open, name: str, width: int
) -> None:
    with opened(name, Look(width)) as (page, _):
        wanted = {str(stop) for stop in page.evaluate(REACHABLE)}
        radios = set(page.evaluate(RADIOS_PASSED_BY))
        reached: set[str] = set()
        last = None
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            stop = page.evaluate(STOP)
            if stop is None:  # from the last to the first it passes the browser's own bar
                continue
            if stop["stop"] == last:  # a date has several fields within
                continue
            if stop["stop"] in reached:
                break
            last = stop["stop"]
            assert stop["seen"], f"focus is out of sight: {stop['html']}"
            assert stop["marked"], f"nothing shows the focus: {stop['html']}"
            reached.add(stop["stop"])
        assert wanted - reached - radios == set()


RADIOS_PASSED_BY = """[...document.querySelectorAll('input[type=radio]')].map(e => e.dataset.stop)
  .filter(stop => stop !== undefined)"""
"""Of radio buttons one is stopped at, the arrows do the rest."""
