"""From what a part of a list was made, as one hash: the same hash, the same part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from recommender.release.opening import Release
from recommender.suggest.facts import EVERYONE, Consent, Facts


def fingerprint(*values: Any) -> str:
    """Raises TypeError for what has no one way of being written down."""
    return hashlib.sha256(json.dumps([_plain(value) for value in values]).encode()).hexdigest()


def facts_fingerprint(facts: Facts) -> str:
    """Of what is told about one customer; what all customers agreed to has a hash of its own."""
    return fingerprint(replace(facts, consent=EVERYONE))


def consent_fingerprint(release: Release, consent: Consent) -> str:
    """Whose purchases may be used: one word changes reasons in the lists of others too."""
    allowed = np.fromiter(_allowed(release, consent), bool, len(release.customers.ids))
    return hashlib.sha256(np.packbits(allowed).tobytes()).hexdigest()


def _allowed(release: Release, consent: Consent) -> Iterable[bool]:
    ids = release.customers.ids
    return (consent.may_personalise(ids[row]) for row in range(len(ids)))


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case list() | tuple() | range():
            return [_plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(map(_plain, value))
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case _ if is_dataclass(value):
            return [type(value).__name__, *(_plain(getattr(value, f.name)) for f in fields(value))]
    raise TypeError(f"a {type(value).__name__} has no fingerprint")
