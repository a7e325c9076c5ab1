"""The config: every mistake is named with its key, its value and the way out."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.config import Config, TrainSection, database_url, load_config
from recommender.errors import ConfigError
from recommender.models.settings import ALPHA, FACTORS, HALF_LIFE_DAYS, REGULARIZATION, resolve

LEAST = '[purchases]\nsource = "purchases.csv"\n'
ROOT = Path(__file__).parents[1]


def loaded(folder: Path, text: str) -> Config:
    path = folder / "recommender.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def mistake(folder: Path, text: str) -> str:
    """What is said about it, without the path of the file before it."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return str(caught.value).replace(f"{folder / 'recommender.toml'}: ", "")


def test_one_table_is_all_it_takes(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEAST)
    assert config.purchases.source == "purchases.csv"
    assert (config.products, config.customers, config.events) == (None, None, None)
    assert config.train == TrainSection()
    assert config.folder == tmp_path
    assert config.releases_directory == tmp_path / "releases"


def test_a_folder_of_releases_may_lie_anywhere(tmp_path: Path) -> None:
    config = loaded(tmp_path, f'{LEAST}[releases]\ndirectory = "/srv/releases"')
    assert config.releases_directory == Path("/srv/releases")


def test_a_file_saved_by_windows_notepad_is_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff" + LEAST.replace("\n", "\r\n")).purchases


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "[purchases]: is required and missing; add it"),
        ("[purchase]\n", "[purchase]: unknown key; did you mean purchases?"),
        (f"{LEAST}quantity = 1", "[purchases] quantity: unknown key; known here: source, url,"),
        (f"{LEAST}sorce = 'x'", "[purchases] sorce: unknown key; did you mean source?"),
        (f"{LEAST}[train]\nfactor = 8", "[train] factor: unknown key; did you mean factors?"),
        (f"{LEAST}[service]\ncurency = 'EUR'", "unknown key; did you mean currency?"),
        (f"{LEAST}[train]\nfactors = 'many'", "[train] factors = 'many': "),
        (f"{LEAST}[train]\nfactors = 8.5", "[train] factors = 8.5: "),
        (f"{LEAST}[train]\nfactors = 0", "[train] factors = 0: "),
        (f"{LEAST}[train]\nalpha = inf", "[train] alpha = inf: "),
        (f"{LEAST}[train]\nalpha = -1", "[train] alpha = -1: "),
        (f"{LEAST}[train]\nseed = true", "[train] seed = True: input should be a valid integer"),
        (f"{LEAST}[train]\nseed = -1", "[train] seed = -1: "),
        (f"{LEAST}[train]\nhistory_days = 3", "[train] history_days = 3: "),
        (f"{LEAST}[releases]\nkeep = 0", "[releases] keep = 0: "),
        (f"{LEAST}[service]\norigins = ['*']", "[service] origins = '*': name each origin"),
        (f"{LEAST}[service]\norigins = ['https://*.x']", "= 'https://*.x': name each origin"),
        (f"{LEAST}[service]\norigins = ['https://x/']", "= 'https://x/': write scheme, host and"),
        (f"{LEAST}[service]\norigins = ['https://x/a']", "with nothing behind: https://shop.ex"),
        (f"{LEAST}[service]\norigins = ['https://X.at']", "in small letters"),
        (f"{LEAST}[service]\norigins = ['ftp://x']", "= 'ftp://x': write scheme, host"),
        (f"{LEAST}[service]\norigins = ['x.at']", "= 'x.at': write scheme, host"),
        (f"{LEAST}[service]\norigins = ['null']", "= 'null': write scheme, host"),
        (f"{LEAST}[service]\norigins = ['https://a:99999']", "write scheme, host"),
        (f"{LEAST}[service]\norigins = ['https://a b']", "write scheme, host"),
        (f"{LEAST}[service]\norigins = ['https://u@a']", "write scheme, host"),
        (f"{LEAST}[service]\norigins = ['https://a\\n']", "write scheme, host"),
        (
            f"{LEAST}[service]\norigins = ['https://a:443']",
            "leave the usual port out; write https:/",
        ),
        (f"{LEAST}[service]\norigins = ['http://a:80']", "usual port out; write http://a"),
        (f"{LEAST}[service]\norigins = 'https://a'", "[service] origins = 'https://a': "),
        (
            f"{LEAST}[releases]\nkeep = '5'",
            "[releases] keep = '5': input should be a valid integer",
        ),
        (f"{LEAST}max_rejected = 20", "[purchases] max_rejected = 20: "),
        (f"{LEAST}separator = ';;'", "separator is ';;'; it must be one character or auto"),
        (f"{LEAST}decimal = 'x'", "[purchases] decimal = 'x': "),
        (f"{LEAST}url = 'x'", 'set either source = "file, folder or glob" or url with query'),
        ("[purchases]\nurl = 'x'", "url and query belong together; set both"),
        (f"{LEAST}query = 'select 1'", "url and query belong together; set both"),
        ("[purchases]\n", 'set either source = "file, folder or glob" or url with query'),
        (f"{LEAST}[service]\ncurrency = 'Euro'", "[service] currency = 'Euro': "),
        (f"{LEAST}[service]\nhosts = ['http://a.b']", "write names or addresses without scheme"),
        (f"{LEAST}[service]\nhosts = ['a.b:80']", "[service] hosts = 'a.b:80': write names"),
        (f"{LEAST}[service]\nhosts = 'a.b'", "hosts = 'a.b': input should be a valid list"),
        (f"{LEAST}[service]\nhost = ['a.b']", "unknown key; did you mean hosts?"),
        (f"{LEAST}[service.proxy]\nheader = 'X-U'", "[service.proxy] addresses: is required"),
        (f"{LEAST}[service.proxy]\naddresses = []", "list should have at least 1 item"),
        (f"{LEAST}[service.proxy]\naddresses = ['a.b']", "'a.b' is no address; write it as 10"),
        (f"{LEAST}[service.proxy]\naddresses = ['::1']\nheader = 'X U'", "name of a header"),
        (f"{LEAST}[purchases.columns]\nquantity = 5", "[purchases.columns] quantity = 5: "),
        ("purchases = 'x.csv'", "[purchases] = 'x.csv': "),
        ("[purchases", "not valid TOML: "),
    ],
)
def test_a_mistake_is_named_with_its_key_and_its_value(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in mistake(tmp_path, text)


def test_every_mistake_gets_one_line(tmp_path: Path) -> None:
    lines = mistake(tmp_path, f"{LEAST}[train]\nfactor = 8\nalpha = 'x'\n[releases]\nkeep = 0")
    assert len(lines.splitlines()) == 3


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; run `recommender init`"):
        load_config(tmp_path / "recommender.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "recommender.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read as UTF-8 text"):
        load_config(tmp_path / "recommender.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


SECTIONS = ["purchases", "products", "train", "releases", "service", "columns", "x"]
KEYS = ["source", "url", "query", "columns", "seed", "alpha", "keep", "currency", "y"]
VALUES = st.one_of(
    st.integers(-2, 2**40),
    st.sampled_from(["auto", "", "x", "EUR"]),
    st.booleans(),
    st.floats(),
    st.just({}),
    st.just([1]),
)


def as_toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case _:
            return str(value)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(SECTIONS), st.dictionaries(st.sampled_from(KEYS), VALUES)))
def test_whatever_stands_in_the_file_it_is_read_or_explained(
    tmp_path: Path, sections: dict[str, dict[str, Any]]
) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {as_toml(value)}\n" for key, value in keys.items())
        for name, keys in sections.items()
    )
    with suppress(ConfigError):
        assert loaded(tmp_path, text).purchases


def test_a_url_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DB", "sqlite:///shop.db")
    assert database_url("env:SHOP_DB", "[purchases] url") == "sqlite:///shop.db"
    assert database_url("sqlite:///x.db", "[purchases] url") == "sqlite:///x.db"


@pytest.mark.parametrize("value", [None, ""])
def test_an_environment_that_lacks_the_url_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SHOP_DB", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_DB", value)
    assert not os.environ.get("SHOP_DB")
    with pytest.raises(
        ConfigError, match=r"\[purchases\] url = 'env:SHOP_DB'.* SHOP_DB is not set"
    ):
        database_url("env:SHOP_DB", "[purchases] url")


def test_auto_takes_what_did_best_on_real_data() -> None:
    found = resolve(TrainSection())
    assert found.weighting.half_life_days == HALF_LIFE_DAYS
    assert (found.als.factors, found.als.regularization, found.als.alpha) == (
        FACTORS,
        REGULARIZATION,
        ALPHA,
    )


def test_what_was_asked_for_is_taken() -> None:
    asked = TrainSection(history_days=90, factors=7, regularization=3, alpha=4, seed=5)
    found = resolve(asked)
    assert found.history_days == 90
    assert (found.als.factors, found.als.regularization, found.als.alpha, found.als.seed) == (
        7,
        3.0,
        4.0,
        5,
    )


def test_the_sample_config_is_valid() -> None:
    assert load_config(ROOT / "datasets" / "sample" / "recommender.toml").purchases


def test_origins_are_taken_as_browsers_send_them(tmp_path: Path) -> None:
    known = ("https://shop.example", "http://127.0.0.1:8000", "http://[::1]:1", "https://a-b:8443")
    text = f"{LEAST}[service]\norigins = {list(known)}"
    assert loaded(tmp_path, text).service.origins == known
