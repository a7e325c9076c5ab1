"""What the shop gets to see: less than sales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from service.access.caller import Caller
from service.access.shown import shown
from service.settings import Settings
from tests.callers import client_of, service_of
from tests.small_release import HTML_CUSTOMER, publish_small_release

SHOP, REP = Caller("web", "shop"), Caller("jo", "rep", "Jo")
ANSWER: dict[str, Any] = {
    "customer_id": "C1",
    "withheld": {"owned": 12, "complaint": 1, "disliked": 2, "rejected": 4, "snoozed": 8}
    | {"accepted": 16, "lost": 32, "won": 64, "out_of_stock": 3},
    "suggestions": [
        {
            "product_id": "P7",
            "chance": 0.18,
            "expected_value": 46.4,
            "reasons": [
                {"kind": "stated", "words": "we need more of these", "said_on": "2026-06-01"},
                {"kind": "peers", "peers": 40, "peers_bought": 17},
            ],
        }
    ],
}


def test_the_shop_sees_neither_value_nor_what_the_customer_said() -> None:
    found = shown(ANSWER, SHOP)
    assert found["withheld"] == {"owned": 12, "out_of_stock": 3, "not_now": 127}
    assert found["suggestions"] == [
        {
            "product_id": "P7",
            "chance": 0.18,
            "expected_value": None,
            "reasons": [{"kind": "peers", "peers": 40, "peers_bought": 17}],
        }
    ]


def test_nothing_told_counts_as_nothing() -> None:
    assert shown({"withheld": {"owned": 1}}, SHOP) == {"withheld": {"owned": 1}}


def test_sales_see_all_of_it_and_the_answer_itself_stays_whole() -> None:
    before = str(ANSWER)
    shown(ANSWER, SHOP)
    assert shown(ANSWER, REP) is ANSWER
    assert str(ANSWER) == before


def test_the_shop_gets_the_list_of_sales_without_its_value(tmp_path: Path) -> None:
    publish_small_release(tmp_path / "releases")
    settings = Settings(releases_directory=tmp_path / "releases", folder=tmp_path)
    with service_of(settings) as manager:
        shop = client_of(manager.app, "shop")  # type: ignore[arg-type]
        for customer_id in ("C01", HTML_CUSTOMER):
            address = f"/v1/customers/{customer_id}/suggestions"
            whole, less = manager.get(address).json(), shop.get(address).json()
            assert all(s.pop("expected_value") is None for s in less["suggestions"])
            assert any(s.pop("expected_value") for s in whole["suggestions"])
            for s in whole["suggestions"]:
                s.pop("expected_value", None)
            assert less == whole
            assert "Müller" not in str(less)
