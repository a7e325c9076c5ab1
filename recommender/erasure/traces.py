"""What betrays a customer in a text: its id and its names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

LEFT_OUT = "…"
LEAST_LETTERS = 4
LEAST_OF_WORDS = 6


@dataclass(frozen=True)
class Traces:
    """Searched for as whole words; a text that may mean anything only where it can mean nothing
    else: `17` is somebody's id and everybody's number, `Bakery` a name and a trade.
    """

    customer_id: str
    names: frozenset[str] = frozenset()

    def known_as(self, names: Iterable[str]) -> Traces:
        """With more names: the customer's, as one release or list knows it."""
        more = {name for name in names if name and name != self.customer_id}
        return Traces(self.customer_id, self.names | more)

    def is_in_row(self, cells: Iterable[str]) -> bool:
        """For a row that is lost without harm: it is enough that the id stands in it."""
        return any(self._anything.search(cell) for cell in cells)

    def scrubbed(self, text: str) -> str:
        """The text with an ellipsis in place of what betrays the customer."""
        if self._telling is not None:
            text = self._telling.sub(LEFT_OUT, text)
        return self._quoted.sub(rf"\1{LEFT_OUT}\1", text)

    def scrubbed_json(self, value: Any, key: str = "") -> Any:
        """The same value with its texts scrubbed; one that names this customer alone is no more."""
        match value:
            case dict():
                return {self.scrubbed(k): self.scrubbed_json(v, k) for k, v in value.items()}
            case list() | tuple():
                return [self.scrubbed_json(inner, key) for inner in value]
            case str() if value == self.customer_id and key.endswith("_id"):
                return None
            case str():
                scrubbed = self.scrubbed(value)
                return None if scrubbed == LEFT_OUT else scrubbed
        return value

    def scrubbed_document(self, text: str) -> str:
        """A JSON document; the text itself where nothing is found in it."""
        found = json.loads(text)
        scrubbed = self.scrubbed_json(found)
        return text if scrubbed == found else json.dumps(scrubbed, indent=1, ensure_ascii=False)

    def scrubbed_portrait(self, text: str) -> str:
        """Of another customer; only what holds one of our texts is looked at closely."""
        if not any(trace in text for trace in self._written_in_json):
            return text
        found = json.loads(text or "{}")
        scrubbed = self.scrubbed_json(found)
        return text if scrubbed == found else json.dumps(scrubbed, ensure_ascii=False)

    def scrubbed_html(self, text: str) -> str:
        """As it stands, and with `&` and the like written as HTML has them."""
        escaped = Traces(escape(self.customer_id), frozenset(map(escape, self.names)))
        return escaped.scrubbed(self.scrubbed(text))

    @cached_property
    def _written_in_json(self) -> list[str]:
        texts = (self.customer_id, *sorted(self.names))
        return [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts]

    @cached_property
    def _anything(self) -> re.Pattern[str]:
        return _whole_words({self.customer_id, *(name for name in self.names if is_telling(name))})

    @cached_property
    def _telling(self) -> re.Pattern[str] | None:
        texts = {text for text in (self.customer_id, *self.names) if is_telling(text)}
        return _whole_words(texts) if texts else None

    @cached_property
    def _quoted(self) -> re.Pattern[str]:
        """As warnings give examples, in text and in HTML: 'C17'."""
        return re.compile(rf"('|&#x27;)\s*{re.escape(self.customer_id)}\s*\1")


def is_telling(text: str) -> bool:
    """Whether nobody would write this text and mean something else."""
    letters, digits = any(map(str.isalpha, text)), any(map(str.isdigit, text))
    if letters and digits:
        return len(text) >= LEAST_LETTERS
    return letters and len(text) >= LEAST_OF_WORDS and len(text.split()) > 1


def _whole_words(texts: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
