"""The commands that make, list and end keys, and bring the database up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.config import load_config
from service.access.key import read_key
from service.demo import Demo
from service.records.audit import read_audit
from service.records.keys import find_caller
from service.records.migrate import open_records
from service.records.sessions import begin_session, find_session
from service.settings import Settings
from tests.small_release import publish_small_release

Call = Callable[..., tuple[int, str, str]]
KEY = r"rec_[0-9A-Za-z]{57}"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "purchases.csv"\n')
    return path


@pytest.fixture
def call(config: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Exit code, stdout and stderr of one command."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def test_a_key_is_alone_on_stdout_and_known_from_then_on(call: Call, config: Path) -> None:
    code, out, err = call("keys", "create", "jo", "--role", "rep", "--rep", "Jo Moos")
    assert code == 0
    assert re.fullmatch(KEY + "\n", out)
    assert "cannot be shown again" in err
    key = read_key(out.strip())
    assert key is not None
    with closing(open_records(load_config(config))) as database, database.reading() as told:
        caller = find_caller(told, key)
        assert caller is not None
        assert (caller.name, caller.role, caller.rep) == ("jo", "rep", "Jo Moos")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["jo", "--role", "rep"], "--rep: is missing"),
        (["jo", "--role", "rep", "--rep", ""], "--rep '': cannot be used"),
        (["jo", "--role", "shop", "--rep", "Jo"], "--rep 'Jo': a key of the role shop is for all"),
        (["jo", "--role", "boss"], "'boss' is not one of"),
        (["jo"], "Missing option '--role'"),
        (["", "--role", "shop"], "NAME '': cannot be used"),
        ([" jo", "--role", "shop"], "without blanks around"),
        (["j\no", "--role", "shop"], "on one line"),
        (["x" * 101, "--role", "shop"], "1 to 100 letters"),
        (["command line", "--role", "shop"], "cannot be used"),
    ],
)
def test_a_wrong_key_is_refused_in_words(call: Call, arguments: list[str], said: str) -> None:
    code, out, err = call("keys", "create", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_name_is_given_once_even_after_it_was_revoked(call: Call) -> None:
    assert call("keys", "create", "shop", "--role", "shop")[0] == 0
    for state in ("it is in use", "it was revoked"):
        code, out, err = call("keys", "create", "shop", "--role", "shop")
        assert (code, out) == (2, "")
        assert state in err
        call("keys", "revoke", "shop")


def test_the_list_tells_all_but_the_keys(call: Call) -> None:
    assert call("keys", "list")[1] == ""
    call("keys", "create", "web", "--role", "shop")
    call("keys", "create", "jo", "--role", "rep", "--rep", "Jo Moos")
    call("keys", "revoke", "web")
    _, out, _ = call("keys", "list")
    jo, web = out.splitlines()
    assert jo.split("\t")[:3] == ["jo", "rep", "Jo Moos"]
    assert web.split("\t")[:3] == ["web", "shop", "-"]
    assert "revoked" in web
    assert "revoked" not in jo
    assert not re.search(KEY, out)


def test_revoking_ends_key_and_sessions_and_says_where_there_is_none(
    call: Call, config: Path
) -> None:
    key = read_key(call("keys", "create", "jo", "--role", "manager")[1].strip())
    assert key is not None
    with closing(open_records(load_config(config))) as database:
        with database.writing() as told:
            token = begin_session(told, "jo")
        assert call("keys", "revoke", "jo")[0] == 0
        with database.reading() as told:
            assert find_caller(told, key) is None
            assert find_session(told, token) is None
    code, _, err = call("keys", "revoke", "jo")
    assert code == 2
    assert "no key in use has this name" in err


def test_who_made_and_ended_keys_is_in_the_audit_log(call: Call, config: Path) -> None:
    call("keys", "create", "jo", "--role", "manager")
    call("keys", "revoke", "jo")
    with closing(open_records(load_config(config))) as database, database.reading() as told:
        found = [(e.caller, e.action, e.noun, e.about) for e in read_audit(told, None, 10)]
    assert found == [
        ("command line", "revoked", "key", "jo"),
        ("command line", "created", "key", "jo"),
    ]


def test_migrate_says_what_it_did(call: Call) -> None:
    assert call("migrate")[1] == "none -> 0003\n"
    assert call("migrate")[1] == "0003 -> 0003\n"


def test_the_demo_shows_new_keys_each_time_and_the_old_ones_end(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_config(config)
    publish_small_release(loaded.releases_directory)
    shown = []
    for _ in range(2):
        demo = Demo(loaded)
        settings = demo.settings(Settings.from_config(loaded), 8123)
        demo.say("http://127.0.0.1:8123")
        out = capsys.readouterr().out
        assert "the rep Theresa Roßauer: rec_" in out
        assert out.endswith(": http://127.0.0.1:8123/shop\n")
        assert {"http://127.0.0.1:8123", "http://localhost:8123"} < settings.origins
        assert settings.demo_shop_key is not None
        keys = [*re.findall(KEY, out), settings.demo_shop_key]
        shown.append([read_key(key) for key in keys])
    with closing(open_records(loaded)) as database, database.reading() as told:
        found = [[key and find_caller(told, key) for key in keys] for keys in shown]
    assert found[0] == [None, None, None]
    expected = [("rep", "Theresa Roßauer"), ("shop", None), ("widget", None)]
    assert [(c.role, c.rep) for c in found[1] if c] == expected
