"""The reasons that a brief's page shows, and what they should say by the reasons of the JSON."""

from __future__ import annotations

import html
import re
from dataclasses import fields
from datetime import date
from typing import Any, get_args
from urllib.parse import unquote

from recommender.release.opening import Release
from recommender.suggest.reasons import Reason
from recommender.suggest.wording import sentence

LISTS = ("reorder", "lapsed", "more", "suggestions")
Sentences = dict[str, list[str]]
"""Of each product, in their order."""
_OF_KIND = {reason.kind: reason for reason in get_args(Reason)}
_OFFER = re.compile(r'<span class="rank".*?<dl class="worth">', re.DOTALL)


def on_the_page(page: str) -> Sentences:
    """The first one stands in a paragraph with its full stop, the others behind a fold."""
    found: Sentences = {}
    for offer in _OFFER.findall(page):
        (product,) = re.findall(r'<h3><a href="/products/([^"]*)"', offer)
        (first,) = re.findall(r'<p class="reason">(.*?)\.</p>', offer, re.DOTALL)
        _, _, others = offer.partition('<ul class="reasons">')
        said = [first, *re.findall(r"<li>(.*?)</li>", others, re.DOTALL)]
        found[unquote(html.unescape(product))] = [html.unescape(text) for text in said]
    return found


def by_the_answer(release: Release, brief: Any) -> Sentences:
    """Each reason read back from JSON and put into words; a page begins with a capital."""
    return {
        s["product_id"]: [_capital(sentence(release, read_reason(r))) for r in s["reasons"]]
        or ["Ranked by the model"]
        for name in LISTS
        for s in (brief[name] or {"suggestions": []})["suggestions"]
    }


def read_reason(answer: dict[str, Any]) -> Reason:
    """The opposite of `reason_answer`."""
    of_kind = _OF_KIND[answer["kind"]]
    known = {each.name: answer[each.name] for each in fields(of_kind)}
    days = {name: date.fromisoformat(v) for name, v in known.items() if name.endswith("_on")}
    found: Reason = of_kind(**known | days)
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
