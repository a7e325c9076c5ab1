"""What cannot be said, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Withheld:
    """Stands where numbers would, when there is too little to say them from."""

    reason: str
    """A sentence for people: what was found, and what is needed."""
