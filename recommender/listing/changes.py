"""Why a suggestion came, went or moved since the last list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from recommender.listing.made import Made
from recommender.listing.rows import Row
from recommender.release.opening import Release
from recommender.suggest.rules import owned_by
from recommender.suggest.suggestion import REGULAR_KINDS

CHANGE_COLUMNS: dict[str, type] = {
    "customer_id": str,
    "rep": str,
    "product_id": str,
    "product_name": str,
    "change": str,
    "rank_before": int,
    "rank_now": int,
    "why": str,
}
CUSTOMER_GONE, NOT_SELECTED = "customer_gone", "customer_not_selected"
PRODUCT_GONE, BOUGHT_SINCE = "product_gone", "bought_since"
KIND_NOT_ASKED, KIND_CHANGED = "kind_not_asked", "kind_changed"
RANKED_LOWER, RANKED_HIGHER, CUSTOMER_NEW = "ranked_lower", "ranked_higher", "customer_new"


@dataclass(frozen=True)
class Change:
    """What became of one suggestion; `change` is new, gone, moved or same."""

    change: str
    why: str | None
    row: Row
    """Of the new list, or of the old one where it is gone."""
    rank_before: int | None = None
    rank_now: int | None = None

    @property
    def rep(self) -> str:
        return str(self.row.get("rep") or "")

    def as_row(self) -> Row:
        texts: Row = {
            name: str(self.row.get(name) or "")
            for name in ("customer_id", "rep", "product_id", "product_name")
        }
        ranks: Row = {"rank_before": self.rank_before, "rank_now": self.rank_now}
        return texts | {"change": self.change} | ranks | {"why": self.why}


@dataclass(frozen=True)
class Since:
    """What the changes of one run are explained by."""

    release: Release
    kinds: frozenset[str] = field(default_factory=frozenset)
    """That were asked for."""

    def changes(self, before: list[Row], now: Made) -> Iterator[Change]:
        """Of one customer that both runs know."""
        old = {str(row["product_id"]): row for row in before}
        held = {str(row["product_id"]): str(row["hold_reason"]) for row in now.held}
        for row in now.rows:
            yield _arrived(old.pop(str(row["product_id"]), None), row, bool(before))
        for row in old.values():
            yield _went(row, self._why_gone(row, held))

    def gone(self, before: list[Row]) -> Iterator[Change]:
        """Of a customer that this run does not list."""
        known = bool(before) and str(before[0]["customer_id"]) in self.release.customers.ids
        yield from (_went(row, NOT_SELECTED if known else CUSTOMER_GONE) for row in before)

    def _why_gone(self, row: Row, held: Mapping[str, str]) -> str:
        release, product_id = self.release, str(row["product_id"])
        product = release.products.ids.position(product_id)
        if product is None:
            return PRODUCT_GONE
        customer = release.customers.ids.position(str(row["customer_id"]))
        kind = row.get("kind")
        if kind not in REGULAR_KINDS and _owns(release, customer, product, held.get(product_id)):
            return BOUGHT_SINCE
        if product_id in held or "" in held:  # without a product: all of the customer's are held
            return held.get(product_id) or held[""]
        if self.kinds and kind and kind not in self.kinds:
            return KIND_NOT_ASKED
        return RANKED_LOWER


def _owns(release: Release, customer: int | None, product: int, rule: str | None) -> bool:
    return rule == "owned" or (customer is not None and product in owned_by(release, customer))


def _arrived(old: Row | None, row: Row, was_listed: bool) -> Change:
    now = _rank(row)
    if old is None:
        return Change("new", RANKED_HIGHER if was_listed else CUSTOMER_NEW, row, None, now)
    before = _rank(old)
    if "kind" in old and old["kind"] != row["kind"]:
        return Change("moved", KIND_CHANGED, row, before, now)
    if before == now:
        return Change("same", None, row, before, now)
    return Change("moved", RANKED_LOWER if now > before else RANKED_HIGHER, row, before, now)


def _went(row: Row, why: str) -> Change:
    return Change("gone", why, row, _rank(row))


def _rank(row: Row) -> int:
    return int(row["rank"] or 0)
