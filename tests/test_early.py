"""What the connection answers itself are the bytes that the layers around the framework answer."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import quote

import pytest

from recommender.config import load_config
from service.access.key import new_key
from tests.small_release import (
    ODD_CUSTOMER,
    PROSPECT,
    STRANGER,
    publish_small_release,
    small_contents,
    with_names,
)
from tests.two_ways import Ways, comparable, explained, list_request, request

CUSTOMERS = ["C01", "C02", "C03", "C04", ODD_CUSTOMER, PROSPECT, STRANGER, "nobody", "", "é", "a/b"]
QUERIES = ["", "n=3", "n=100", "n=3&kinds=upgrade", "rank_by=value", "exclude=B1,S1&max_price=50"]
UNSOUND = ["n=0", "n=3&n=4", "m=3", "n=101", "kinds=old", "?", "n=3?", "%6E=3", "n=+3"]


@pytest.mark.parametrize("role", ["shop", "rep", "manager", "admin"])
def test_it_answers_the_same_bytes(ways: Ways, role: str) -> None:
    key, statuses = ways.keys[role], set()
    for query in QUERIES:
        for customer_id in CUSTOMERS:
            asked = list_request(key, customer_id, query)
            first, before = ways.same(asked), ways.early.early
            again = ways.same(asked)
            assert [comparable(answer) for answer in first] == [comparable(a) for a in again]
            is_found = again[0].startswith(b"HTTP/1.1 200 ")
            assert ways.early.early == before + is_found, (customer_id, query)
            statuses.add(again[0][9:12])
    assert statuses == ({b"200"} if role == "shop" else {b"200", b"404"})
    assert ways.ordinary.early == 0
    fast, slow = ways.logged()
    assert fast == slow


def test_a_rep_sees_no_more_than_its_own(ways: Ways) -> None:
    seen = {}
    for number in range(24):
        customer_id = f"C{number:02}"
        for role in ("manager", "rep"):
            asked = list_request(ways.keys[role], customer_id, "n=3")
            ways.same(asked)
            seen[role, customer_id] = ways.same(asked)[0][9:12]
    of_rep = [status for (role, _), status in seen.items() if role == "rep"]
    assert {s for (role, _), s in seen.items() if role == "manager"} == {b"200"}
    assert of_rep.count(b"200") == 6
    assert of_rep.count(b"404") == 18


def test_who_has_the_list_is_told_so(ways: Ways) -> None:
    key = ways.keys["shop"]
    (first,) = ways.same(list_request(key, "C01"))
    tag = re.search(rb'\r\netag: ("[^"]+")\r\n', first)
    assert tag
    before = ways.early.early
    for named in (tag[1], b"W/" + tag[1], b'"other", ' + tag[1], b"*", b'"other"', b"", b"\xe9"):
        (answer,) = ways.same(list_request(key, "C01", more=b"If-None-Match: %b\r\n" % named))
        has_it = tag[1] in named or named == b"*"
        assert answer.startswith(b"HTTP/1.1 304 " if has_it else b"HTTP/1.1 200 "), named
    assert ways.early.early == before + 7
    twice = b"If-None-Match: %b\r\nIf-None-Match: *\r\n" % b'"other"'
    assert ways.same(list_request(key, "C01", more=twice))[0].startswith(b"HTTP/1.1 304")


HEADERS = [
    b"X-Request-ID: of-the-caller-1\r\n",
    b"X-Request-ID: short\r\n",
    b"Content-Length: 0\r\n",
    b"Cookie: session=1\r\n",
    b"Host: evil.example\r\n",
    b"Authorization: Bearer other\r\n",
    b"Accept: text/html\r\n",
    b"Accept-Encoding: gzip, br\r\nUser-Agent: shop/1.0\r\nAccept: */*\r\n",
    b"Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n",
    b"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: close\r\n",
    b"Expect: 100-continue\r\n",
    b"Upgrade: h2c\r\n",
    b"Range: bytes=0-10\r\n",
    b"X-Odd: \xff\xfe\r\n",
]


@pytest.mark.parametrize("more", HEADERS)
def test_headers_are_heeded_alike(ways: Ways, more: bytes) -> None:
    key = ways.keys["shop"]
    ways.same(list_request(key, "C01", "n=3"))
    for _ in range(2):
        ways.same(list_request(key, "C01", "n=3", more))
        ways.same(list_request(key, "C05", "n=3", more))


def test_who_is_not_known_is_refused_alike(ways: Ways) -> None:
    target, shop = "/v1/customers/C01/suggestions?n=3", ways.keys["shop"].shown
    ways.same(request(target, ways.keys["shop"]))
    before = ways.early.early
    shown = [f"Bearer {new_key().shown}", f"Bearer {shop}x", f"Bearer {shop[:-1]}", f"Basic {shop}"]
    shown += [shop, "Bearer", "", f"Bearer {shop} x", f"Bearer {ways.keys['widget'].shown}"]
    for authorization in shown:
        asked = request(target, None, f"Authorization: {authorization}\r\n".encode())
        assert ways.same(asked)[0][9:12] in {b"401", b"403"}, authorization
    assert ways.same(request(target, None))[0].startswith(b"HTTP/1.1 401")
    assert ways.early.early == before
    for authorization in (f"bearer {shop}", f"BEARER  {shop} "):
        asked = request(target, None, f"Authorization: {authorization}\r\n".encode())
        assert ways.same(asked)[0].startswith(b"HTTP/1.1 200"), authorization


def test_unsound_queries_and_other_addresses_are_answered_alike(ways: Ways) -> None:
    key, base = ways.keys["shop"], "/v1/customers/C01/suggestions"
    ways.same(request(base, key))
    ways.same(request(f"{base}?n=3", key))
    targets = [f"{base}?{query}" for query in UNSOUND]
    targets += ["/v1/customers/suggestions", "/v1/customers//suggestions", f"{base}/", f"/{base}"]
    targets += [f"{base}#n=3", f"{base}?#", f"http://127.0.0.1{base}", "*", "/v1/customers/"]
    ids = [
        "%0A",
        "C01%0A",
        "%FF",
        "%zz",
        "%2e%2e",
        "..",
        "C01%2Fsuggestions",
        "\u00e9",
        "%ED%A0%80",
    ]
    targets += [f"/v1/customers/{customer_id}/suggestions" for customer_id in ids]
    targets += ["/v1/Customers/C01/suggestions", "/v1/customers/C01/suggestions%3Fn=3"]
    for target in targets:
        for _ in range(2):
            ways.same(request(target, key))


def test_other_methods_are_answered_alike(ways: Ways) -> None:
    key, target = ways.keys["shop"], "/v1/customers/C01/suggestions?n=3"
    ways.same(request(target, key))
    before = ways.early.early
    (head,) = ways.same(request(target, key, method="HEAD"))
    assert head.endswith(b"\r\n\r\n")
    for method in ("POST", "OPTIONS", "DELETE", "PUT"):
        ways.same(request(target, key, method=method))
    ways.same(request(target, key, b"Content-Length: 2\r\n") + b"{}")
    chunked = b"Transfer-Encoding: chunked\r\n"
    ways.same(request(target, key, chunked) + b"2\r\n{}\r\n0\r\n\r\n")
    assert ways.early.early == before


def test_what_another_process_took_down_counts_at_once(own_ways: Ways) -> None:
    first = own_ways.list_of("C01")
    offered = first["suggestions"][0]["product_id"]
    address = "/v1/customers/C01"
    complaint = own_ways.tell("POST", f"{address}/complaints", {"text": "x", "product_id": offered})
    held = own_ways.list_of("C01")
    assert offered not in [s["product_id"] for s in held["suggestions"]]
    done = {"resolution": "mended"}
    own_ways.tell("PATCH", f"/v1/complaints/{complaint['complaint_id']}", done)
    assert own_ways.list_of("C01") == first
    rejected = {"outcome": "rejected", "product_id": offered}
    said = rejected | {"recommendation_id": first["recommendation_id"]}
    own_ways.tell("POST", "/v1/outcomes", said)
    assert offered not in [s["product_id"] for s in own_ways.list_of("C01")["suggestions"]]
    own_ways.tell("PUT", "/v1/customers/C02/permissions", {"personalisation": False})
    assert own_ways.list_of("C02")["fallback_reason"] == "no_permission"
    own_ways.list_of("C01")
    own_ways.tell("PUT", f"/v1/products/{quote(offered, safe='')}", {"in_stock": False})
    assert offered not in [s["product_id"] for s in own_ways.list_of("C03")["suggestions"]]
    own_ways.tell("DELETE", address)
    # the release without it is taken up within a second, by one earlier than by the other
    for way in (own_ways.early, own_ways.ordinary):
        (answer,) = way.ask(list_request(own_ways.keys["shop"], "C01"))
        assert b'"fallback_reason":"unknown_customer"' in answer
    assert own_ways.early.early >= 7


def test_each_answer_after_a_withdrawal_obeys_it(own_ways: Ways) -> None:
    for trial in range(40):
        granted = bool(trial % 2)
        own_ways.tell("PUT", "/v1/customers/C01/permissions", {"personalisation": granted})
        (answer,) = own_ways.early.ask(list_request(own_ways.keys["shop"], "C01"))
        source = b'"source":"personal"' if granted else b'"source":"popular"'
        assert source in answer
    assert own_ways.early.early >= 30


def test_a_revoked_key_is_nobodys_at_once(own_ways: Ways) -> None:
    own_ways.list_of("C01", role="manager")
    config = str(own_ways.folder / "recommender.toml")
    command = [sys.executable, "-m", "recommender.cli.main", "keys", "revoke", "manager"]
    subprocess.run([*command, "--config", config], check=True, capture_output=True)
    before = own_ways.early.early
    (answer,) = own_ways.same(list_request(own_ways.keys["manager"], "C01"))
    assert answer.startswith(b"HTTP/1.1 401")
    assert own_ways.early.early == before
    assert own_ways.list_of("C01")["customer_id"] == "C01", "other keys are not"


def test_another_release_is_answered_from(own_ways: Ways) -> None:
    before = own_ways.list_of("C01")["release"]
    news = explained(with_names(small_contents(), " II"))
    new = publish_small_release(
        load_config(own_ways.folder / "recommender.toml").releases_directory, news
    )
    asked = list_request(own_ways.keys["shop"], "C01")
    for way in (own_ways.early, own_ways.ordinary):
        while before.encode() in way.ask(asked)[0]:
            pass
    assert own_ways.list_of("C01")["release"] == new
