"""What callers may ask for: query parameters, checked once for API and pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.params import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from recommender.suggest.filter import Filter
from recommender.suggest.suggestion import CROSS_SELL_KINDS, MOST, Kind, RankBy, Wish
from service.sales.customers import CustomersAsked
from service.sales.directory import Search, Sort
from service.sales.today import CustomerState

REPEATABLE = frozenset({"kinds", "exclude"})


def split_commas(values: Any) -> Any:
    """`a,b` and `a`, `b` are the same two."""
    if not isinstance(values, list):
        return values
    return [part for value in values for part in value.split(",") if part]


def with_whole_values(values: Any) -> Any:
    """As `split_commas`, and each value as it stands: an id may itself hold a comma."""
    return values if not isinstance(values, list) else [*values, *split_commas(values)]


def plain_number(value: Any) -> Any:
    """Digits and a point: 1_000, 1e3 and " 8" are typing mistakes more often than numbers."""
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", value, re.ASCII):
        raise ValueError("should be a plain number, such as 8 or 99.50")
    return value


Count = Annotated[
    int,
    Field(ge=1, le=MOST, description="How many to list at most."),
    BeforeValidator(plain_number),
]
CustomerId = Annotated[str, Path(description="The customer's id: text, percent-encoded.")]
ProductId = Annotated[str, Path(description="The product's id: text, percent-encoded.")]


class QueryParameters(BaseModel):
    """A parameter it does not know is an error, so that a typing mistake is not a wrong answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NoParameters(QueryParameters):
    pass


class HowMany(QueryParameters):
    n: Count = 8


class ProductsQuery(QueryParameters):
    """Which products to list, and how many at most."""

    n: Count = 8
    category: Annotated[
        str | None, Field(max_length=500, description="Only products of this category.")
    ] = None
    min_price: Annotated[
        float | None,
        Field(ge=0, description="Only products with a known price of at least this one."),
        BeforeValidator(plain_number),
    ] = None
    max_price: Annotated[
        float | None,
        Field(ge=0, description="Only products with a known price up to this one."),
        BeforeValidator(plain_number),
    ] = None
    exclude: Annotated[
        list[str],
        Field(max_length=2000, description="Product ids, separated by commas or repeated."),
        BeforeValidator(with_whole_values),
    ] = []

    def filter(self) -> Filter:
        return Filter(
            category=self.category,
            min_price=self.min_price,
            max_price=self.max_price,
            exclude=frozenset(self.exclude),
        )


class SuggestionsQuery(ProductsQuery):
    kinds: Annotated[
        list[Kind],
        Field(
            min_length=1,
            description="Separated by commas or repeated; of a product the first that fits, in "
            "this order. Left out: what the customer never bought.",
        ),
        BeforeValidator(split_commas),
    ] = sorted(CROSS_SELL_KINDS, reverse=True)
    rank_by: Annotated[
        RankBy, Field(description="`chance` of a purchase, or its expected `value`.")
    ] = "chance"

    def wish(self) -> Wish:
        return Wish(
            n=self.n,
            kinds=frozenset(self.kinds),
            rank_by=self.rank_by,
            **vars(self.filter()),
        )


class CustomersFilter(QueryParameters):
    query: Annotated[
        str,
        Field(max_length=100, description="Words that occur in id, name or region."),
    ] = ""
    rep: Annotated[str | None, Field(max_length=200, description="Only of this rep.")] = None
    segment: Annotated[str | None, Field(max_length=200, description="Only this segment.")] = None
    region: Annotated[str | None, Field(max_length=200, description="Only this region.")] = None
    state: Annotated[
        CustomerState | Literal[""] | None, Field(description="Only customers of whom it is true.")
    ] = None
    sort: Annotated[
        Sort,
        Field(
            description="`value_at_stake`: overdue complaints, then most at stake, then who does "
            "not let its purchases be used. Of equals the name decides."
        ),
    ] = "value_at_stake"

    def asked(self) -> CustomersAsked:
        return CustomersAsked(
            Search(
                query=self.query,
                rep=self.rep or None,
                segment=self.segment or None,
                region=self.region or None,
                sort=self.sort,
            ),
            state=self.state or None,
        )


class CustomersQuery(CustomersFilter):
    cursor: Annotated[
        str | None, Field(max_length=2000, description="`next` of the page before.")
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=200, description="Customers a page."), BeforeValidator(plain_number)
    ] = 50

    def asked(self) -> CustomersAsked:
        asked = super().asked()
        search = replace(asked.search, limit=self.limit)
        return replace(asked, search=search, cursor=self.cursor)


async def refuse_repetitions(request: Request) -> None:
    """Of `n=1&n=50` one would be dropped in silence; nobody can know which one was meant."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name in seen and name not in REPEATABLE:
            raise invalid("query", name, "is given more than once; give it once")
        seen.add(name)


class WrongMediaTypeError(Exception):
    """A body that does not say it is JSON."""


async def refuse_other_media(request: Request) -> None:
    """A form of another site can be sent without asking us, JSON cannot."""
    has_body = request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json":
        raise WrongMediaTypeError


def invalid(where: str, name: str, detail: str) -> RequestValidationError:
    """A mistake that no type can describe, answered like those that one can."""
    return RequestValidationError([{"type": "value_error", "loc": (where, name), "msg": detail}])
