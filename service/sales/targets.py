"""Whom to call about a product, as far as the caller may see customers."""

from __future__ import annotations

from fastapi import Request

from recommender.suggest.targets import TargetList, TargetWish, targets
from service.access.caller import Caller
from service.knowing import with_facts
from service.live import InUse


async def targets_for(
    request: Request, live: InUse, caller: Caller, product_id: str, n: int
) -> TargetList:
    """A rep's own customers, all of them for others; raises `UnknownProductError`."""
    among = live.directory.seen_by((caller.rep or "") if caller.role == "rep" else None)
    return await with_facts(
        request,
        live.release,
        lambda book: targets(live.release, product_id, TargetWish(n), book, among),
    )
