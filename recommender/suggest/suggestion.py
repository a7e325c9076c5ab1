"""What a caller wishes for, and what it gets."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from recommender.suggest.filter import Filter
from recommender.suggest.reasons import Reason

Kind = Literal["reorder", "lapsed", "upgrade", "more", "new"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which a product is given the first that fits."""
CROSS_SELL_KINDS: frozenset[Kind] = frozenset({"upgrade", "new"})
"""Of what the customer never bought; a list holds these unless more is asked for."""
REGULAR_KINDS: frozenset[Kind] = frozenset(KINDS) - CROSS_SELL_KINDS
"""Of what it buys already: the rule `owned` does not hold these."""

Source = Literal["personal", "fold_in", "segment", "popular"]
FallbackReason = Literal[
    "unknown_customer", "no_purchases", "no_permission", "purchases_since_release", "basket"
]
RankBy = Literal["chance", "value"]
MOST = 100
"""Suggestions in one list."""


def check_count(n: int) -> None:
    """Raises ValueError for a list that is empty, or longer than any list."""
    if not 1 <= n <= MOST:
        raise ValueError(f"n is {n}; it must be from 1 to {MOST}")


@dataclass(frozen=True)
class Wish(Filter):
    """What the caller asks for; everything else is decided by the release and the rules."""

    n: int = 8
    kinds: frozenset[Kind] = CROSS_SELL_KINDS
    rank_by: RankBy = "chance"
    only: str | None = None
    """A product id: nothing else is wanted."""
    explained: bool = True
    """Without it no reasons are worked out: for who asks only what would stand there."""

    @cached_property
    def is_plain(self) -> bool:
        """Whether nothing is asked but how many, whatever that is."""
        return self == Wish(self.n)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self.n)
        unknown = set(self.kinds) - set(KINDS)
        if unknown or not self.kinds:
            raise ValueError(f"kinds are {sorted(self.kinds)}; choose from {', '.join(KINDS)}")
        if self.rank_by not in get_args(RankBy):
            raise ValueError(f"rank_by is {self.rank_by!r}; choose from chance, value")


@dataclass(frozen=True)
class Suggestion:
    """One product for one customer."""

    product_id: str
    kind: Kind
    rank: int
    """1 is best."""
    chance: float
    """That the customer buys it within 28 days, calibrated."""
    expected_value: float | None
    """Chance times what a buyer spends on it in 28 days; None without prices."""
    reasons: tuple[Reason, ...]
    """Checkable facts, the strongest first."""


@dataclass(frozen=True)
class SuggestionList:
    """A list that is short rather than padded, and says why."""

    customer_id: str
    release: str
    data_through: str
    source: Source
    fallback_reason: FallbackReason | None
    """Why it is not personal."""
    requested: int
    withheld: dict[str, int]
    """Products of the catalogue that may not be offered now, each under the first rule that
    says so."""
    suggestions: tuple[Suggestion, ...]
    held: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """(product_id, rule) of what would have stood in this list, had no rule held it back."""

    @property
    def returned(self) -> int:
        return len(self.suggestions)

    @property
    def recommendation_id(self) -> str:
        """The same list has the same id wherever it is read."""
        offers = tuple((s.product_id, s.kind, s.chance, s.expected_value) for s in self.suggestions)
        return recommendation_id(self.customer_id, self.release, self.source, offers)


SOURCE_LETTERS = {
    "personal": "p",
    "fold_in": "f",
    "segment": "s",
    "popular": "o",
    "also_bought": "a",
    "resembling": "r",
}
"""How the id of a list says where the list came from."""


def recommendation_id(
    customer_id: str, release: str, source: str, entries: tuple[object, ...]
) -> str:
    """`<customer>-<release>-<source>-<list>`, so that an outcome needs no record of its list.

    16 hexadecimal digits of the customer's token, the 4 of the release's content, a letter of
    `SOURCE_LETTERS`, and 16 of what the list offers. Of the release only the hash of its content
    counts, not the hour it was made at.
    """
    content = content_of(release)
    said = repr((customer_id, content, entries)).encode("utf-8", "surrogatepass")
    return list_id(customer_id, content, source, said)


def list_id(customer_id: str, content: str, source: str, said: bytes) -> str:
    """As `recommendation_id`, for who has what it is made of already: `said`, as Python's `repr`
    writes customer, content and entries."""
    digest = hashlib.sha256(said).hexdigest()[:16]
    return f"{customer_token(customer_id)}-{content}-{SOURCE_LETTERS[source]}-{digest}"


def content_of(release: str) -> str:
    """The hash of its content, which its name ends in."""
    return release.rpartition("-")[2]


def customer_token(customer_id: str) -> str:
    """What stands for the customer in the id of a list: 64 bits in hexadecimal."""
    return hashlib.sha256(customer_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class ListOrigin:
    """What the id of a list says about it."""

    customer_token: str
    release: str
    """The hash of its content."""
    source: str


def read_recommendation_id(text: str) -> ListOrigin | None:
    """None for what was never the id of a list."""
    parts = _SHAPE.fullmatch(text)
    return ListOrigin(parts[1], parts[2], _SOURCES[parts[3]]) if parts else None


_SOURCES = {letter: source for source, letter in SOURCE_LETTERS.items()}
_SHAPE = re.compile(rf"([0-9a-f]{{16}})-([0-9a-f]{{4}})-([{''.join(_SOURCES)}])-[0-9a-f]{{16}}")
