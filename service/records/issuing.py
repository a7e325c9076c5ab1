"""Making keys and ending them, each with its line in the audit log."""

from __future__ import annotations

import sqlalchemy as sa

from recommender.errors import ConfigError
from service.access.caller import Role
from service.access.key import Key, new_key
from service.records.audit import COMMAND_LINE, note
from service.records.keys import add_key, find_key, remove_key, revoke_key
from service.records.sessions import end_sessions_of

LONGEST_NAME = 100


def issue_key(connection: sa.Connection, name: str, role: Role, rep: str | None) -> Key:
    """Raises `ConfigError` for a name that is taken or unusable, and for a rep without its name."""
    _check_text("NAME", name)
    _check_rep(role, rep)
    taken = find_key(connection, name)
    if taken is not None:
        state = "was revoked, but keeps its name" if taken.revoked_at else "is in use"
        raise ConfigError(f"{name}: there is such a key already, it {state}; choose another name")
    key = new_key()
    add_key(connection, name, role, rep, key)
    note(connection, COMMAND_LINE, "created", "key", about=name)
    return key


def replace_key(connection: sa.Connection, name: str, role: Role, rep: str | None) -> Key:
    """A new key in place of the one of this name, whose sessions end."""
    remove_key(connection, name)
    return issue_key(connection, name, role, rep)


def end_key(connection: sa.Connection, name: str) -> None:
    """Raises `ConfigError` where no key in use has this name."""
    if not revoke_key(connection, name):
        raise ConfigError(f"{name}: no key in use has this name; see `recommender keys list`")
    end_sessions_of(connection, name)
    note(connection, COMMAND_LINE, "revoked", "key", about=name)


def _check_rep(role: Role, rep: str | None) -> None:
    if role != "rep" and rep is not None:
        raise ConfigError(
            f"--rep {rep!r}: a key of the role {role} is for all customers; leave it out"
        )
    if role == "rep":
        if rep is None:
            raise ConfigError("--rep: is missing; name the rep as the customers table does")
        _check_text("--rep", rep)


def _check_text(what: str, text: str) -> None:
    is_plain = text.isprintable() and text == text.strip() and text != COMMAND_LINE.name
    if not is_plain or not 1 <= len(text) <= LONGEST_NAME:
        raise ConfigError(
            f"{what} {text!r}: cannot be used; write 1 to {LONGEST_NAME} letters on one line, "
            "without blanks around them"
        )
