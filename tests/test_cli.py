"""The command line: results on stdout, talk on stderr, errors in a line or two."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recommender.cli import lists, training
from recommender.cli.main import run
from recommender.release.manifest import MANIFEST
from recommender.release.opening import open_release
from recommender.release.publish import training_lock
from recommender.release.shelf import Shelf
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import SuggestionList, Wish
from tests.made_up import shop_lines
from tests.made_up_release import published, random_contents
from tests.shop_files import write_purchases, write_shop

Capture = pytest.CaptureFixture[str]
Answer = tuple[int, str, str]
"""Exit code, stdout, stderr."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The config of a shop that was trained once; nobody writes here."""
    config = write_shop(tmp_path_factory.mktemp("shop"))
    assert run(["train", "--config", str(config)]) == 0
    return config


@pytest.fixture
def call(capsys: Capture) -> Callable[..., Answer]:
    def called(*arguments: object) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


Call = Callable[..., Answer]


def releases_of(config: Path) -> Path:
    return config.parent / "releases"


def test_train_prints_the_name_of_the_release_and_talks_on_stderr(
    tmp_path: Path, call: Call
) -> None:
    config = write_shop(tmp_path)
    code, out, err = call("train", "--config", config)
    assert code == 0
    assert out == f"{open_release(releases_of(config)).name}\n"
    assert "logistic regression" in err
    assert "customers who were never asked allow personalisation" in err
    assert "purchases: 1,209 read = 1,192 kept + 0 rejected + 17 merged" in err


def test_serve_says_what_holds_for_who_was_never_asked(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_shop(tmp_path)
    with config.open("a", encoding="utf-8") as file:
        file.write("[permissions]\npersonalisation = false\n")
    monkeypatch.setattr("service.serve.serve", lambda *_, **__: None)
    code, out, err = call("serve", "--config", config)
    assert (code, out) == (0, "")
    assert "and not personalisation" in err


def test_the_json_of_suggest_is_the_answer_of_the_api(shop: Path, call: Call) -> None:
    release = open_release(releases_of(shop))
    for customer, n in (("C000", 3), ("P", 8)):
        code, out, err = call("suggest", customer, "-n", n, "--json", "--config", shop)
        assert (code, err) == (0, "")
        assert json.loads(out) == suggestions_answer(release, suggest(release, customer, Wish(n)))


def test_suggest_says_who_what_and_why(shop: Path, call: Call) -> None:
    _, out, _ = call("suggest", "C000", "-n", 2, "--config", shop)
    lines = out.splitlines()
    assert lines[0] == "C000  Firm C000, even"
    assert "purchases through" in lines[1]
    assert lines[3].startswith("  1. Product ")
    assert "chance" in lines[4]
    assert "of the evidence" in lines[5]
    assert lines[-1].startswith("withheld: ")


def test_suggest_says_why_a_list_is_not_personal(shop: Path, call: Call) -> None:
    _, out, _ = call("suggest", "P", "--config", shop)
    assert "not personal but segment: no_purchases" in out


def test_only_the_kinds_asked_for_are_listed(shop: Path, call: Call) -> None:
    _, out, _ = call("suggest", "C000", "--kinds", "upgrade", "--json", "--config", shop)
    assert {s["kind"] for s in json.loads(out)["suggestions"]} == {"upgrade"}


def test_cross_sell_prints_where_the_list_is(shop: Path, tmp_path: Path, call: Call) -> None:
    out_path = tmp_path / "list.csv"
    code, out, err = call("cross-sell", "--out", out_path, "-n", 2, "--config", shop)
    assert (code, out) == (0, f"{out_path}\n")
    assert err.startswith("122 suggestions for 61 customers from release ")
    assert {path.name for path in tmp_path.iterdir()} == {
        "list.csv",
        "list.csv.changes.csv",
        "list.csv.held.csv",
        "list.csv.manifest.json",
    }


def test_releases_are_listed_shown_and_rolled_back(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    names = [published(releases_of(config), random_contents(i)) for i in range(2)]
    code, out, _ = call("releases", "list", "--config", config)
    sizes = "1 customer, 2 products, 3 purchases, through 2024-12-31"
    assert (code, out) == (0, f"  {names[0]}  {sizes}\n* {names[1]}  {sizes}\n")
    code, out, _ = call("releases", "show", "--config", config)
    assert (code, json.loads(out)["name"], json.loads(out)["parent"]) == (0, names[1], names[0])
    code, out, err = call("releases", "rollback", "--config", config)
    assert (code, out) == (0, f"{names[0]}\n")
    assert "live now" in err
    assert Shelf(releases_of(config)).current_name() == names[0]
    code, _, err = call("releases", "rollback", "--config", config)
    assert (code, "no release before" in err) == (2, True)
    assert call("releases", "rollback", names[1], "--config", config)[:2] == (0, f"{names[1]}\n")


def test_rollback_leads_away_from_a_broken_release_but_not_to_one(
    tmp_path: Path, call: Call
) -> None:
    config = write_shop(tmp_path)
    names = [published(releases_of(config), random_contents(i)) for i in range(3)]
    (releases_of(config) / names[2] / MANIFEST).write_text("{")
    (releases_of(config) / names[0] / "products.price.npy").unlink()
    assert "cannot be used" in call("releases", "list", "--config", config)[1]
    assert call("releases", "rollback", "--config", config)[:2] == (0, f"{names[1]}\n")
    assert call("releases", "rollback", names[0], "--config", config)[0] == 74
    assert Shelf(releases_of(config)).current_name() == names[1]


def test_a_release_without_counts_is_listed_all_the_same(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    name = published(releases_of(config), random_contents(0))
    path = releases_of(config) / name / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"counts": {}}))
    code, out, _ = call("releases", "list", "--config", config)
    assert (code, name in out) == (0, True)


def test_check_adds_up_and_changes_nothing(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    with (tmp_path / "purchases.csv").open("a", encoding="utf-8") as file:
        file.write("C000,A1,2024-13-45,1,1,x\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, _ = call("check", "--config", config)
    assert code == 0
    assert "purchases: 1,210 read = 1,192 kept + 1 rejected + 17 merged" in out
    assert "2024-13-45" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_init_writes_a_config_that_trains_and_never_overwrites_one(
    tmp_path: Path, call: Call
) -> None:
    config = write_shop(tmp_path)
    config.unlink()
    code, out, _ = call("init", tmp_path)
    assert (code, out) == (0, f"{config}\n")
    assert call("check", "--config", config)[0] == 0
    code, _, err = call("init", tmp_path)
    assert (code, "exists already" in err) == (2, True)
    assert call("init", tmp_path / "none")[0] == 2


def test_init_without_purchases_writes_nothing_and_names_what_it_saw(
    tmp_path: Path, call: Call
) -> None:
    assert one_line(call("init", tmp_path)[2], "no table of purchases", "it holds no .csv")
    (tmp_path / "wetter.csv").write_text("Datum;Temperatur\n")
    code, out, err = call("init", tmp_path)
    assert (code, out) == (2, "")
    assert one_line(err, "wetter.csv (no customer_id, product_id; the first row reads 'Datum'")
    assert not (tmp_path / "recommender.toml").exists()


def test_init_tells_what_it_did_not_use_and_how_to_go_on(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shop(tmp_path).unlink()
    (tmp_path / "wetter.csv").write_text("Datum;Temperatur\n")
    monkeypatch.setattr(sys, "argv", [".venv/bin/recommender"])
    _, _, err = call("init", tmp_path)
    assert "not used: wetter.csv" in err
    assert f"run: .venv/bin/recommender check --config {tmp_path}/recommender.toml" in err


def test_a_folder_as_config_says_which_file_to_name(tmp_path: Path, call: Call) -> None:
    code, _, err = call("check", "--config", tmp_path)
    assert code == 2
    assert one_line(err, "is a folder; name the file", "recommender.toml")


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("purchases.csv", "purchases.csv"),
        ("purchases.csv", "sub/../purchases.csv"),
        ("*.csv", "list.csv"),
        ("*.csv", "list.xlsx"),
        ("**/*.csv", "sub/list.csv"),
        ("../*/purch*.csv", "purchased.csv"),
        (".", "list.parquet"),
    ],
)
def test_a_list_never_lands_among_the_inputs(
    tmp_path: Path, call: Call, source: str, out: str
) -> None:
    config = write_shop(tmp_path)
    (tmp_path / "sub").mkdir()
    text = config.read_text().replace('source = "purchases.csv"', f'source = "{source}"')
    config.write_text(text)
    before = sorted(tmp_path.rglob("*"))
    code, _, err = call("cross-sell", "--out", tmp_path / out, "--config", config)
    assert code == 2
    assert one_line(err, "[purchases] source reads; name another")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_list_says_so(shop: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*given: Any) -> SuggestionList:
        return replace(suggest(*given), suggestions=())

    monkeypatch.setattr(lists, "suggest", nothing)
    assert "nothing to suggest" in call("suggest", "C000", "--config", shop)[1]


def test_as_of_leaves_out_all_that_came_later(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    assert call("train", "--as-of", "2024-12-20", "--config", config)[0] == 0
    manifest = open_release(releases_of(config)).manifest
    assert manifest.as_of == "2024-12-20T00:00:00+00:00"
    assert manifest.data_through <= "2024-12-19"
    assert manifest.data["purchases"]["left_out"] > 0


def one_line(err: str, *parts: str) -> bool:
    """An error for people: one or two lines, no traceback, and what was asked for in it."""
    assert len(err.splitlines()) <= 2, err
    assert "Traceback" not in err
    return all(part in err for part in parts)


def test_a_missing_config_ends_with_2(tmp_path: Path, call: Call) -> None:
    for command in (["train"], ["suggest", "C000"], ["check"], ["releases", "list"]):
        code, out, err = call(*command, "--config", tmp_path / "none.toml")
        assert (code, out) == (2, "")
        assert one_line(err, "none.toml", "no such file", "recommender init")


def test_an_unknown_customer_ends_with_2(shop: Path, call: Call) -> None:
    code, out, err = call("suggest", "c000", "--config", shop)
    assert (code, out) == (2, "")
    assert one_line(err, "no customer 'c000'")


def test_without_a_release_it_ends_with_2(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    for command in (["suggest", "C000"], ["cross-sell", "--out", tmp_path / "x.csv"]):
        code, _, err = call(*command, "--config", config)
        assert code == 2
        assert one_line(err, "run `recommender train` first")
    assert call("releases", "list", "--config", config) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["suggest", "C000", "-n", "0"], "-n"),
        (["suggest", "C000", "-n", "101"], "-n"),
        (
            ["suggest", "C000", "--kinds", "new,old"],
            "'old': choose from reorder, lapsed, upgrade, more, new",
        ),
        (["suggest"], "CUSTOMER"),
        (["cross-sell", "--out", "list.txt"], "must end in .csv, .parquet, .xlsx"),
        (["cross-sell", "--out", "x.csv", "--rep", "Bo"], "there are: Al, Jo"),
        (["cross-sell", "--out", "x.csv", "--rank-by", "price"], "price"),
        (["train", "--as-of", "yesterday"], "--as-of yesterday: not a date"),
        (["releases", "show", "20200101T000000Z-ffff"], "no release 20200101T000000Z-ffff"),
        (["recommend"], "recommend"),
        (["sugest"], "no command 'sugest'; did you mean suggest?"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(
    shop: Path, call: Call, arguments: list[str], said: str
) -> None:
    config = [] if arguments in (["recommend"], ["sugest"]) else ["--config", str(shop)]
    code, out, err = call(*arguments, *config)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_bad_data_end_with_65(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    (tmp_path / "purchases.csv").write_text("customer_id,product_id,purchased_at\nA,x,never\n")
    code, out, err = call("train", "--config", config)
    assert (code, out) == (65, "")
    assert "Traceback" not in err


def test_purchases_that_are_only_a_heading_end_with_65(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    write_purchases(tmp_path, [])
    code, _, err = call("train", "--config", config)
    assert code == 65
    assert "Traceback" not in err
    assert "should not happen" not in err


def test_a_reversed_sign_is_named(tmp_path: Path, call: Call) -> None:
    lines = "".join(f"C{n},P{n},2026-01-0{n},-1\n" for n in range(1, 6))
    head = "customer_id,product_id,purchased_at,quantity\n"
    (tmp_path / "purchases.csv").write_text(head + lines)
    config = tmp_path / "recommender.toml"
    config.write_text('[purchases]\nsource = "purchases.csv"\n')
    code, _, said = call("train", "--config", str(config))
    assert code == 65
    assert "is the sign reversed" in said


def test_a_day_before_the_first_purchase_ends_with_65(tmp_path: Path, call: Call) -> None:
    code, _, err = call("train", "--as-of", "1999-01-01", "--config", write_shop(tmp_path))
    assert (code, "should not happen" in err) == (65, False)


def test_what_cannot_be_read_or_written_ends_with_74(
    shop: Path, tmp_path: Path, call: Call
) -> None:
    code, _, err = call("cross-sell", "--out", tmp_path / "none" / "x.csv", "--config", shop)
    assert code == 74
    assert one_line(err, "cannot be written: there is no folder")
    config = write_shop(tmp_path)
    (tmp_path / "releases").write_text("in the way")
    code, _, err = call("train", "--config", config)
    assert code == 74
    assert one_line(err.splitlines()[-1], "releases")


def test_a_broken_release_ends_with_74(shop: Path, tmp_path: Path, call: Call) -> None:
    copied = shutil.copytree(shop.parent, tmp_path / "copy")
    (Shelf(copied / "releases").folder() / "products.price.npy").write_bytes(b"x")
    config = copied / "recommender.toml"
    for command in (["suggest", "C000"], ["cross-sell", "--out", tmp_path / "x.csv"]):
        code, _, err = call(*command, "--config", config)
        assert code == 74
        assert one_line(err, "products.price.npy", "releases rollback")


def test_a_second_training_ends_with_75(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    with training_lock(releases_of(config)):
        code, out, err = call("train", "--config", config)
        assert call("releases", "rollback", "--config", config)[0] == 75
    assert (code, out) == (75, "")
    assert one_line(err, "another training is running")


def test_a_traceback_is_shown_only_with_debug(tmp_path: Path, call: Call) -> None:
    missing = tmp_path / "none.toml"
    assert "Traceback" in call("train", "--debug", "--config", missing)[2]
    assert "Traceback" not in call("train", "--config", missing)[2]


def fails_with(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ZeroDivisionError("oops"), 70, "this should not happen (ZeroDivisionError: oops)"),
        (OSError(28, "No space left on device", "x.npy"), 74, "x.npy: No space left on device"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_errors_nobody_foresaw_are_told_in_a_line(
    shop: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr(training, "train", fails_with(error))
    found, out, err = call("train", "--config", shop)
    assert (found, out) == (code, "")
    defaults, end, after = err.partition("([permissions])\n")
    assert defaults.startswith("customers who were never asked")
    assert end
    assert one_line(after, said)


def test_help_and_version_are_results(call: Call) -> None:
    code, out, _ = call("--help")
    assert code == 0
    assert all(name in out for name in ("train", "suggest", "cross-sell", "releases", "serve"))
    assert call("--version")[0] == 0
    assert call("suggest", "--help")[0] == 0


@pytest.mark.slow
def test_the_demo_trains_the_sample_and_keeps_what_was_changed(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("demo", "--no-serve")[0] == 0
    changed = tmp_path / "demo" / "recommender.toml"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    assert call("demo", "--no-serve")[0] == 0
    assert changed.read_text(encoding="utf-8").endswith("# mine\n")
    assert len(Shelf(tmp_path / "demo" / "releases").names()) == 2


def recommender(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recommender.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_as_a_process_it_ends_with_the_same_code_and_the_same_answer(
    shop: Path, call: Call
) -> None:
    done = recommender("suggest", "C000", "--json", "--config", shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == call("suggest", "C000", "--json", "--config", shop)[1]
    refused = recommender("suggest", "nobody", "--config", shop)
    assert (refused.returncode, refused.stdout) == (2, "")


def test_a_reader_who_stops_reading_is_no_error(shop: Path) -> None:
    command = f"{sys.executable} -m recommender.cli.main suggest C000 -n 20 --config {shop}"
    script = f"set -o pipefail; {command} | true"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_same_purchases_in_another_order_give_the_same_release(
    shop: Path, tmp_path: Path, call: Call
) -> None:
    config = write_shop(tmp_path)
    write_purchases(tmp_path, reversed(shop_lines()))
    name = call("train", "--config", config)[1].strip()
    ours, theirs = Shelf(tmp_path / "releases").folder(name), Shelf(releases_of(shop)).folder()
    for path in sorted(theirs.glob("*.npy")):
        assert (ours / path.name).read_bytes() == path.read_bytes(), path.name


def test_another_seed_gives_another_release(shop: Path, tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    config.write_text(config.read_text().replace("[train]", "[train]\nseed = 7"))
    name = call("train", "--config", config)[1].strip()
    assert name.rpartition("-")[2] != Shelf(releases_of(shop)).names()[-1].rpartition("-")[2]


def test_the_last_trainings_are_kept_as_the_config_says(tmp_path: Path, call: Call) -> None:
    config = write_shop(tmp_path)
    names = [call("train", "--config", config)[1].strip() for _ in range(4)]
    assert Shelf(releases_of(config)).names() == names[1:]
