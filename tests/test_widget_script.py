"""The widget's script as it is served, and the lines that load it, wherever they are written."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from recommender.cli.main import run
from service.access.key import new_key, read_key
from service.settings import Settings
from service.widget.script import ADDRESS, INTEGRITY, SCRIPT, pinned_script_line, three_lines
from tests.callers import bearer, service_of
from tests.small_release import publish_small_release

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 8000


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory: Path = tmp_path_factory.mktemp("widget") / "releases"
    publish_small_release(directory)
    settings = Settings(releases_directory=directory, folder=directory.parent)
    with service_of(settings, None) as found:
        yield found


def test_the_script_is_small_and_builds_nothing_from_text() -> None:
    assert len(SCRIPT) < MOST_BYTES
    text = SCRIPT.decode()
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", ".style"):
        assert way not in text


def test_any_page_may_load_it_and_check_what_it_is(nobody: TestClient) -> None:
    answer = nobody.get(ADDRESS, headers={"origin": "https://anywhere.example"})
    assert (answer.status_code, answer.content) == (200, SCRIPT)
    headers = answer.headers
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=3600, stale-while-revalidate=604800"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    method, digest = INTEGRITY.split("-", 1)
    assert method == "sha384"
    assert b64decode(digest) == hashlib.sha384(answer.content).digest()


def test_who_has_it_already_is_told_so_in_a_line(nobody: TestClient) -> None:
    tag = nobody.get(ADDRESS).headers["etag"]
    for known in (tag, f"W/{tag}", f'"old", {tag}'):
        answer = nobody.get(ADDRESS, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert answer.headers["access-control-allow-origin"] == "*"
    assert nobody.get(ADDRESS, headers={"if-none-match": '"old"'}).status_code == 200
    assert nobody.get(ADDRESS, params={"v": "any"}).content == SCRIPT
    assert nobody.head(ADDRESS).content == b""


def test_it_is_served_also_while_the_database_cannot_be_reached(
    nobody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(nobody.app.state.database, "reading", cannot)  # type: ignore[attr-defined]
    assert nobody.get(ADDRESS, headers=bearer(new_key())).status_code == 200
    assert nobody.get("/sign-in", headers=bearer(new_key())).status_code == 500


def html_of_readme() -> str:
    """The block that a shop pastes."""
    found = re.findall(r"```html\n(.*?)\n```", README, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_readme_says_the_three_lines_that_the_terminal_says() -> None:
    assert html_of_readme() == three_lines("https://recommender.example", "rec_...", "EUR")
    assert len(html_of_readme().splitlines()) == 3


def test_the_documentation_says_the_hash_of_this_very_script() -> None:
    said = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
    assert re.findall(r"sha384-[A-Za-z0-9+/=]+", said) == [INTEGRITY]


@pytest.mark.parametrize(
    ("section", "address", "counts"),
    [
        ("", "http://127.0.0.1:8000", "counts in no page yet: write"),
        ('hosts = ["rec.example"]\ntls = true', "https://rec.example", "counts in no page yet"),
        (
            'hosts = ["rec.example"]\norigins = ["https://a.at", "https://b.at"]\ncurrency = "CHF"',
            "http://rec.example",
            "counts in pages of https://a.at, https://b.at alone.",
        ),
    ],
)
def test_who_makes_a_key_for_a_page_is_told_what_to_paste(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    section: str,
    address: str,
    counts: str,
) -> None:
    config = tmp_path / "recommender.toml"
    config.write_text(f'[purchases]\nsource = "p.csv"\n[service]\n{section}\n')
    command = ["keys", "create", "pages", "--role", "widget", "--config", str(config)]
    assert run(command) == 0
    said = capsys.readouterr()
    key = said.out.strip()
    assert read_key(key)
    assert three_lines(address, key, "CHF" if "CHF" in section else "EUR") in said.err
    assert pinned_script_line(address) in said.err
    assert f"script-src {address}; connect-src {address}" in said.err
    assert counts in said.err


@pytest.mark.parametrize("role", ["shop", "manager"])
def test_a_key_that_is_no_widgets_is_not_said_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], role: str
) -> None:
    config = tmp_path / "recommender.toml"
    config.write_text('[purchases]\nsource = "p.csv"\n')
    assert run(["keys", "create", "jo", "--role", role, "--config", str(config)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() not in said.err
    assert "also-bought" not in said.err
