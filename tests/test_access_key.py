"""Keys: 256 bits of chance, known again by their hash, mistyped ones refused unasked."""

from __future__ import annotations

import pytest

from service.access.key import ALPHABET, CHECK, Key, new_key, read_key
from service.records.database import Database
from service.records.keys import find_caller, find_named_caller, revoke_key
from tests.callers import key_for


def test_a_key_is_read_back_as_it_was_shown() -> None:
    key = new_key()
    assert key.shown.startswith("rec_")
    assert len(key.shown) == 61
    assert read_key(key.shown) == key


def test_a_thousand_keys_differ_in_id_and_secret() -> None:
    keys = [new_key() for _ in range(1000)]
    assert len({key.key_id for key in keys}) == len({key.secret_hash for key in keys}) == 1000


def test_every_letter_mistyped_is_noticed() -> None:
    shown = new_key().shown
    for place in range(4, len(shown)):
        other = ALPHABET[(ALPHABET.index(shown[place]) + 1) % len(ALPHABET)]
        assert read_key(shown[:place] + other + shown[place + 1 :]) is None


@pytest.mark.parametrize("cut", ["", " ", "\n", "x"])
def test_what_is_longer_or_shorter_is_no_key(cut: str) -> None:
    shown = new_key().shown
    assert read_key(shown + (cut or "0")) is None
    assert read_key(shown[:-1]) is None
    assert read_key("") is None
    assert read_key(shown.replace("rec_", "sk_")) is None


def test_a_key_does_not_say_its_secret_by_accident() -> None:
    key = new_key()
    secret = key.shown[12:-CHECK]
    assert secret not in repr(key)
    assert secret not in str([key])
    assert secret not in f"{key}"


def test_a_key_is_known_until_it_is_revoked(database: Database) -> None:
    key = key_for(database, "rep", "Jo")
    with database.reading() as connection:
        caller = find_caller(connection, key)
        assert caller == find_named_caller(connection, "rep")
        assert caller is not None
        assert (caller.name, caller.role, caller.rep) == ("rep", "rep", "Jo")
    with database.writing() as connection:
        assert revoke_key(connection, "rep")
    with database.reading() as connection:
        assert find_caller(connection, key) is None
        assert find_named_caller(connection, "rep") is None


def test_the_id_without_its_secret_opens_nothing(database: Database) -> None:
    key = key_for(database, "admin")
    forged = Key(key.key_id, new_key().shown[12:-CHECK])
    with database.reading() as connection:
        assert find_caller(connection, forged) is None
        assert find_caller(connection, new_key()) is None
        assert find_caller(connection, key) is not None
