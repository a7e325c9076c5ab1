"""A small web shop, for `demo` alone: pages of another origin than the service they ask.

A machine has two names for itself: what is opened under one of them loads the widget from the
other, so that the browser treats the service as it treats one on another machine.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, unquote

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from recommender.release.opening import Release
from recommender.suggest.also_bought import product_also_bought
from recommender.suggest.answers import described
from service.access.roles import EVERYONE
from service.api.parameters import ProductId, QueryParameters
from service.envelope import CONTENT_SECURITY_POLICY
from service.live import InUse, in_use
from service.pages.form import fields_of
from service.pages.formats import NO_BREAK
from service.pages.render import render
from service.sales.product import describe_product
from service.widget.script import three_lines

router = APIRouter(dependencies=[EVERYONE])

SHOP, BASKET = "/shop", "/shop/basket"
COOKIE = "demo_basket"
MOST_IN_BASKET = 20
SHELF = 24
"""Products on one page."""
OTHER_NAMES = {"127.0.0.1": "localhost"}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


class ShelfQuery(QueryParameters):
    category: str | None = None


def names_of_shop(port: int) -> frozenset[str]:
    """Origins that the shop may be opened under."""
    return frozenset(f"http://{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]"))


@router.get(SHOP)
async def shop_page(
    request: Request,
    query: Annotated[ShelfQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
) -> Response:
    products = shelf(live.release, query.category)
    categories = live.catalogue.categories
    return _page(request, live, "shop.html", products=products, categories=categories, query=query)


@router.get(BASKET)
async def basket_page(request: Request, live: Annotated[InUse, Depends(in_use)]) -> Response:
    products = [described(live.release, product_id) for product_id in _basket(request, live)]
    total = sum(product["price"] or 0 for product in products)
    return _page(request, live, "shop_basket.html", products=products, total=total)


@router.post(BASKET)
async def change_basket(request: Request, live: Annotated[InUse, Depends(in_use)]) -> Response:
    """One product more, or one less; the basket lies in the visitor's browser."""
    fields, basket = await fields_of(request), _basket(request, live)
    kept = [key for key in basket if key not in {fields.get("add"), fields.get("remove")}]
    added = [key for key in [fields.get("add", "")] if key in live.release.products.ids]
    answer = RedirectResponse(BASKET, 303)
    value = "!".join(quote(key, safe="") for key in [*kept, *added][-MOST_IN_BASKET:])
    answer.set_cookie(COOKIE, value, path=SHOP, httponly=True, samesite="lax")
    return answer


@router.get("/shop/{product_id:path}")
async def shop_product_page(
    request: Request, product_id: ProductId, live: Annotated[InUse, Depends(in_use)]
) -> Response:
    product_also_bought(live.release, product_id, 1)  # raises where there is no such product
    product = describe_product(live.release, product_id)
    lines = three_lines(_service(request), "rec_...", live.release.manifest.currency)
    return _page(request, live, "shop_product.html", product=product, lines=lines)


def shelf(release: Release, category: str | None) -> list[dict[str, Any]]:
    """What sells best first, of all that can be had or of one category."""
    products = release.products
    best_first = np.argsort(-products.recent_buyers, kind="stable")
    free = best_first[(products.in_catalogue & products.in_stock)[best_first]]
    ids = [
        products.ids[int(column)]
        for column in free
        if category in {None, products.category[int(column)]}
    ]
    return [described(release, product_id) for product_id in ids[:SHELF]]


def _basket(request: Request, live: InUse) -> list[str]:
    """What the cookie names, as far as the release knows it."""
    named = (unquote(part) for part in request.cookies.get(COOKIE, "").split("!"))
    known = live.release.products.ids
    return [key for key in dict.fromkeys(named) if key in known][:MOST_IN_BASKET]


def _page(request: Request, live: InUse, template: str, **values: Any) -> HTMLResponse:
    currency, service = live.release.manifest.currency, _service(request)
    page = render(
        template,
        service=service,
        key=request.app.settings.demo_shop_key,
        currency=currency,
        sign=SIGNS.get(currency, f"{currency}{NO_BREAK}"),
        in_basket=len(_basket(request, live)),
        **values,
    )
    policy = f"{CONTENT_SECURITY_POLICY}; script-src {service}; connect-src {service}"
    return HTMLResponse(page, headers={"content-security-policy": policy})


def _service(request: Request) -> str:
    """This very service, by a name that the shop was not opened under."""
    host = OTHER_NAMES.get(request.url.hostname or "", "127.0.0.1")
    return f"http://{host}:{request.url.port or 80}"
