"""What changes of products during the day: stock, price, and whether they are offered at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import sqlalchemy as sa
from fastapi import APIRouter, Body, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.params import Path
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from starlette.responses import Response

from recommender.errors import UnknownProductError
from service.access.roles import FOR_ALL_KEYS, allowed
from service.api.events import as_list
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters
from service.api.product_answers import ProductNow, ProductsRecorded
from service.api.telling import WRITES, Telling, telling, written
from service.api.told_parameters import LONGEST_ID, Id, Told, shown, storable
from service.live import InUse, in_use
from service.problems import UNKNOWN_PRODUCT, documented
from service.records.answered import Written
from service.records.asking import read
from service.records.audit import note
from service.records.products import CHANGING, Changing, record_products, words_about
from service.sales.changed import product_answer

router = APIRouter(tags=["products"])
MAY_CHANGE = allowed("shop", "manager", "admin")
"""A rep talks of products; what they cost and whether there are any is said by who has them."""
MOST_PRODUCTS = 1000
"""In one request."""
HIGHEST_PRICE = 1e12
PATH = "/products/{product_id:path}"
AnyProductId = Annotated[
    str,
    Path(
        description="The product's id: text, percent-encoded.",
        min_length=1,
        max_length=LONGEST_ID,
    ),
    AfterValidator(storable),
]


class ProductBody(Told):
    """Any of the three, at least one; what is left out stays as it was last said."""

    model_config = shown({"in_stock": False, "price": 119.0})

    in_stock: bool | None = None
    price: Annotated[float, Field(gt=0, le=HIGHEST_PRICE)] | None = None
    """In the currency of the release."""
    active: bool | None = None
    """False: not offered to anyone, until it is said to be active again."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.said:
            raise ValueError(f"name at least one of: {', '.join(CHANGING)}")
        return self

    @property
    def said(self) -> dict[Changing, bool | float]:
        found = {name: getattr(self, name) for name in CHANGING}
        return {name: value for name, value in found.items() if value is not None}


class ListedProductBody(ProductBody):
    """One of several."""

    model_config = shown({"product_id": "P7", "in_stock": False, "price": 119.0})

    product_id: Id


ProductBodies = Annotated[
    list[ListedProductBody],
    Field(min_length=1, max_length=MOST_PRODUCTS),
    BeforeValidator(as_list, json_schema_input_type=ListedProductBody | list[ListedProductBody]),
]


@router.put(
    "/products",
    operation_id="change_products",
    summary="Stock, price and whether they are offered, of several products",
    response_model=ProductsRecorded,
    responses=WRITES,
    dependencies=[MAY_CHANGE],
)
async def change_products(
    body: Annotated[ProductBodies, Body()],
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """All of them or none; counts from the next answer on, everywhere."""
    _check_products(tells.live, body)

    def tell(connection: sa.Connection) -> Written:
        said = {product.product_id: product.said for product in body}
        record_products(connection, said, tells.caller.name)
        note(connection, tells.caller, "changed", "products", f"{len(said)} products")
        return written(200, {"recorded": len(said)})

    return await tells.write(tell)


@router.put(
    PATH,
    operation_id="change_product",
    summary="Stock, price and whether it is offered, as of now",
    response_model=ProductNow,
    responses=WRITES | documented(UNKNOWN_PRODUCT),
    dependencies=[MAY_CHANGE],
)
async def change_product(
    product_id: AnyProductId,
    body: ProductBody,
    tells: Annotated[Telling, Depends(telling)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Counts from the next answer on, everywhere, until a newer catalogue speaks of it."""
    _check_known(tells.live, product_id)

    def tell(connection: sa.Connection) -> Written:
        record_products(connection, {product_id: body.said}, tells.caller.name)
        note(connection, tells.caller, "changed", "product", product_id)
        said = words_about(connection, product_id)
        return written(200, product_answer(tells.live.release, said))

    return await tells.write(tell)


@router.get(
    PATH,
    operation_id="show_product",
    summary="A product as it is now, and what was said of it since the catalogue",
    response_model=ProductNow,
    responses=documented(UNKNOWN_PRODUCT),
    dependencies=[FOR_ALL_KEYS],
)
async def show_product(
    request: Request,
    product_id: AnyProductId,
    live: Annotated[InUse, Depends(in_use)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """With the last word on stock, price and being offered: when, by whom, whether it holds."""
    _check_known(live, product_id)
    said = await read(request.app.state.database, lambda c: words_about(c, product_id))
    return json_answer(product_answer(live.release, said))


def _check_known(live: InUse, product_id: str) -> None:
    if live.release.products.ids.position(product_id) is None:
        raise UnknownProductError(f"no product {product_id!r} in release {live.release.name}")


def _check_products(live: InUse, body: Sequence[ListedProductBody]) -> None:
    """Raises for products the release does not know, and for those named before in the list."""
    first: dict[str, int] = {}
    mistakes = []
    for place, product in enumerate(body):
        if product.product_id not in live.release.products.ids:
            mistakes.append(
                (place, "the release knows no such product; a new one comes with the next training")
            )
        elif product.product_id in first:
            mistakes.append(
                (
                    place,
                    f"stands in entry {first[product.product_id]} already; name each product once",
                )
            )
        first.setdefault(product.product_id, place)
    if mistakes:
        raise RequestValidationError(
            [
                {"type": "value_error", "loc": ("body", str(place), "product_id"), "msg": said}
                for place, said in mistakes
            ]
        )
