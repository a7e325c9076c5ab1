"""A key as its holder shows it: who issued it, which one, 256 bits of chance, a checksum."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

PREFIX = "rec_"
"""Lets scanners for leaked secrets recognise one."""
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID, SECRET, CHECK = 8, 43, 6
"""Letters of each part; 43 of 62 hold 256 bits."""
SHAPE = re.compile(
    rf"{PREFIX}([0-9A-Za-z]{{{ID}}})([0-9A-Za-z]{{{SECRET}}})([0-9A-Za-z]{{{CHECK}}})"
)


@dataclass(frozen=True, repr=False)
class Key:
    key_id: str
    """Not secret; finds the row."""
    _secret: str

    def __repr__(self) -> str:
        return f"Key({self.key_id}...)"

    @property
    def shown(self) -> str:
        """All of it; for its holder, once."""
        body = f"{PREFIX}{self.key_id}{self._secret}"
        return body + _checksum(body)

    @property
    def secret_hash(self) -> bytes:
        """Of 256 random bits one round is enough: there is nothing to guess."""
        return hashlib.sha256(self._secret.encode()).digest()

    def matches(self, secret_hash: bytes) -> bool:
        """In a time that does not depend on where they differ."""
        return hmac.compare_digest(self.secret_hash, secret_hash)


def new_key() -> Key:
    return Key(_letters(ID, secrets.randbits(64)), _letters(SECRET, secrets.randbits(256)))


def read_key(shown: str) -> Key | None:
    """None for what is no key of ours, or was mistyped: no database is asked about it."""
    parts = SHAPE.fullmatch(shown)
    if parts is None or _checksum(shown[:-CHECK]) != parts[3]:
        return None
    return Key(parts[1], parts[2])


def _checksum(body: str) -> str:
    return _letters(CHECK, zlib.crc32(body.encode()))


def _letters(count: int, number: int) -> str:
    letters = []
    for _ in range(count):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))
