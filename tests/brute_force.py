"""What a customer owns and what rules hold, product by product: slow, obvious, in plain sets."""

from __future__ import annotations

from collections.abc import Collection

from recommender.release.opening import Release

Ids = set[str]


def row_of(release: Release, customer_id: str) -> int | None:
    keys = list(release.customers.ids)
    return keys.index(customer_id) if customer_id in keys else None


def products_in(release: Release, part_name: str, row: int) -> list[str]:
    """Of one customer, as `bought`, `returned`, `earlier` or `candidates` lists them."""
    part = getattr(release.contents, part_name)
    first, end = part.starts[row], part.starts[row + 1]
    return [release.products.ids[int(p)] for p in part.products[first:end]]


def rule_of(
    release: Release, customer_id: str, product_id: str, again: Collection[str] = ()
) -> str | None:
    """The first rule that holds the product back, from one that may buy those `again`."""
    row, column = row_of(release, customer_id), list(release.products.ids).index(product_id)
    if row is not None:
        owned = products_in(release, "bought", row) + products_in(release, "earlier", row)
        if product_id in owned and product_id not in again:
            return "owned"
        if product_id in products_in(release, "returned", row):
            return "returned"
    if not release.products.in_catalogue[column]:
        return "not_in_catalogue"
    if column in release.inactive.tolist():
        return "inactive"
    return None if release.products.in_stock[column] else "out_of_stock"


def withheld(release: Release, customer_id: str, again: Collection[str] = ()) -> dict[str, int]:
    """Over the whole catalogue, product by product."""
    counts: dict[str, int] = {}
    for product_id in release.products.ids:
        rule = rule_of(release, customer_id, product_id, again)
        if rule:
            counts[rule] = counts.get(rule, 0) + 1
    return counts


def peers_of(release: Release, row: int) -> list[int]:
    return [int(peer) for peer in release.alike.peers[row] if peer >= 0]


def buyers_among(release: Release, rows: list[int], product_id: str) -> int:
    return sum(product_id in products_in(release, "bought", row) for row in rows)
