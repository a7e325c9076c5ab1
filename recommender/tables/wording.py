"""Numbers with their noun."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 line`, `1,200 lines`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
