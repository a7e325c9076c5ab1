"""How a page is used in tests: with a pointer, or with nothing but a keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_TABS = 600
IS_FOCUSED = "element => element === document.activeElement"


class Hands(Protocol):
    """What a person does with a link, a button, a fold or a field."""

    def press(self, place: Locator) -> None: ...

    def write(self, place: Locator, text: str) -> None: ...

    def choose(self, place: Locator, option: str) -> None: ...


class Pointer:
    """Clicks, whether by mouse or finger."""

    def press(self, place: Locator) -> None:
        place.click()

    def write(self, place: Locator, text: str) -> None:
        place.fill(text)

    def choose(self, place: Locator, option: str) -> None:
        place.select_option(label=option)


class Keyboard:
    """Tabs to where it wants to be, and types."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, place: Locator) -> None:
        self._reach(place)
        self._page.keyboard.press("Enter")

    def write(self, place: Locator, text: str) -> None:
        self._reach(place)
        self._page.keyboard.type(text)

    def choose(self, place: Locator, option: str) -> None:
        self._reach(place)
        self._page.keyboard.type(option)

    def _reach(self, place: Locator) -> None:
        place.wait_for()
        for _ in range(MOST_TABS):
            if place.evaluate(IS_FOCUSED):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} tabs do not reach {place}")
