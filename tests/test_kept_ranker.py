"""A ranker that a training keeps: when it may, what stays and what is made anew."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.config import Config, load_config
from recommender.judging.report_html import with_note
from recommender.models.engine import IMPLICIT
from recommender.ranking.again.ranker import again_of, learn_again
from recommender.ranking.again.visits import visits_before
from recommender.ranking.boosted.booster import fit_booster
from recommender.ranking.boosted.examples import Examples
from recommender.ranking.boosted.ranker import (
    BoostedRanker,
    OtherFeaturesError,
    boosted_of,
    look,
)
from recommender.ranking.correction import Correction
from recommender.ranking.outcome import outcome_of
from recommender.ranking.windows import windows_before
from recommender.release.opening import open_release
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.train import train
from recommender.training.kept import RANKER, Kept, NotKeptError, find_kept
from tests.conftest import copy_sample
from tests.test_boosted import long_shop, scene_at


@pytest.fixture
def nightly(sample_config: Config, tmp_path: Path) -> Config:
    """The sample with the live release of a training that learned a ranker, to be kept a week."""
    return config_in(tmp_path, sample_config)


def config_in(folder: Path, trained: Config, *, more: str = "keep_ranker_days = 7") -> Config:
    path = copy_sample(folder)
    shutil.copytree(trained.releases_directory, folder / "releases")
    text = path.read_text(encoding="utf-8").replace("[train]", f"[train]\n{more}\n#", 1)
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def stored(config: Config) -> tuple[dict[str, Any], Path]:
    live = open_release(config.releases_directory)
    path = live.folder / RANKER
    return json.loads(path.read_text(encoding="utf-8")), path


def asked(config: Config, *, lines: int = 0, days: float = 0.0) -> Kept | None:
    """What is found so many days after the live release, with so many more purchases."""
    told, _ = stored(config)
    now = told["learned_at"] + int(days * SECONDS_PER_DAY)
    return find_kept(config, told["lines"] + lines, {}, now, IMPLICIT)


def kept(config: Config, *, days: float = 0.0) -> Kept:
    found = asked(config, days=days)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def kept_twice(
    sample_config: Config, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Config, list[str], list[str]]:
    """Two trainings, one after the other; their releases, and what they said."""
    config = config_in(tmp_path_factory.mktemp("nightly"), sample_config)
    said: list[str] = []
    names = [train(config, say=said.append).name for _ in range(2)]
    return config, names, said


def test_two_nights_keep_what_the_first_training_learned(
    kept_twice: tuple[Config, list[str], list[str]], sample_config: Config
) -> None:
    config, names, said = kept_twice
    first = open_release(sample_config.releases_directory)
    told = [line for line in said if line.startswith("reused: the ranker")]
    assert len(told) == 2
    assert all(first.name in line for line in told)
    assert not any("looking at the 28 days" in line for line in said)
    for name in names:
        release = open_release(config.releases_directory, name)
        assert release.manifest.settings["ranker_kept_from"] == first.name
        assert stored(config)[0]["learned_in"] == first.name
        report = json.loads((release.folder / "report.json").read_text())
        assert report["kept_from"] == first.name
        was = json.loads((first.folder / "report.json").read_text())
        assert report["verdict"] == was["verdict"]
        page = (release.folder / "report.html").read_text(encoding="utf-8")
        assert page.count("These lists are newer than this page") == 1
        assert first.name in page


def test_the_lists_are_those_that_the_same_trees_give_to_the_same_purchases(
    kept_twice: tuple[Config, list[str], list[str]], sample_config: Config
) -> None:
    """Factors began elsewhere, so that the last places may differ; what is bought again may not."""
    config, names, _ = kept_twice
    ours = open_release(config.releases_directory, names[-1])
    first = open_release(sample_config.releases_directory)
    assert np.array_equal(ours.again.products, first.again.products)
    assert np.array_equal(ours.again.chance, first.again.chance)
    shared, places = 0, 0
    for row in range(len(first.customers.ids)):
        one, other = (
            set(release.candidates.products[release.candidates.starts[row] :][:10].tolist())
            for release in (ours, first)
        )
        shared, places = shared + len(one & other), places + len(other)
    assert shared / places > 0.8


def test_verdict_and_gate_are_those_of_the_training_that_judged(nightly: Config) -> None:
    live = open_release(nightly.releases_directory)
    gate = {"refusal": "the lists are worse than popularity", "forced": "a known gap"}
    manifest = json.loads((live.folder / "manifest.json").read_text())
    (live.folder / "manifest.json").write_text(json.dumps(manifest | {"gate": gate}))
    published = train(nightly)
    report = json.loads((live.folder / "report.json").read_text())
    assert published.verdict == tuple(report["verdict"])
    assert published.forced == gate["refusal"]
    assert open_release(nightly.releases_directory).manifest.gate == gate


def test_nothing_is_kept_unless_it_is_asked_for(sample_config: Config, tmp_path: Path) -> None:
    assert asked(config_in(tmp_path, sample_config, more="seed = 0")) is None


def test_it_is_kept_for_so_many_days(nightly: Config) -> None:
    assert asked(nightly, days=6.9) is not None
    with pytest.raises(NotKeptError, match=r"is 7 days old, and \[train\] keep_ranker_days is 7"):
        asked(nightly, days=7)


def test_it_is_never_kept_for_a_moment_before_it_was_learned(nightly: Config) -> None:
    with pytest.raises(NotKeptError, match="has seen purchases of later days"):
        asked(nightly, days=-0.1)


@pytest.mark.parametrize("share", [-0.2, 0.2])
def test_other_data_are_judged_anew(nightly: Config, share: float) -> None:
    lines = stored(nightly)[0]["lines"]
    with pytest.raises(NotKeptError, match=r"was judged on [\d,]+ purchases, and there are"):
        asked(nightly, lines=int(share * lines))
    assert asked(nightly, lines=int(share / 3 * lines)) is not None


@pytest.mark.parametrize(
    ("more", "named"),
    [("factors = 32", "factors"), ("history_days = 500", "history_days"), ("seed = 1", "seed")],
)
def test_other_settings_are_learned_anew(
    sample_config: Config, tmp_path: Path, more: str, named: str
) -> None:
    config = config_in(tmp_path, sample_config, more=f"keep_ranker_days = 7\n{more}")
    with pytest.raises(NotKeptError, match=f"learned with another {named}"):
        asked(config)


def test_settings_left_open_are_those_that_were_chosen(nightly: Config) -> None:
    chosen = open_release(nightly.releases_directory).manifest.settings
    settings = kept(nightly).settings.as_json()
    assert {name: settings[name] for name in settings} == {name: chosen[name] for name in settings}


def test_spread_lists_teach_nothing(sample_config: Config, tmp_path: Path) -> None:
    config = config_in(tmp_path, sample_config, more="keep_ranker_days = 7\ndiversity = 0.5")
    assert asked(config) is not None


def test_without_a_live_release_there_is_none(tmp_path: Path, sample_config: Config) -> None:
    config = config_in(tmp_path, sample_config)
    shutil.rmtree(config.releases_directory)
    with pytest.raises(NotKeptError, match="no live release"):
        find_kept(config, 100, {}, 0, IMPLICIT)


@pytest.mark.parametrize("damage", ["cut", "gone", "swapped"])
def test_a_damaged_file_is_not_believed(nightly: Config, damage: str) -> None:
    told, path = stored(nightly)
    text = path.read_text(encoding="utf-8")
    path.unlink()
    if damage == "cut":
        path.write_text(text[: len(text) // 2], encoding="utf-8")
    elif damage == "swapped":
        path.write_text(text.replace(":1", ":2", 1), encoding="utf-8")
    with pytest.raises(NotKeptError, match=r"ranker\.json"):
        find_kept(nightly, told["lines"], {}, told["learned_at"], IMPLICIT)


@pytest.mark.slow
def test_where_it_cannot_be_kept_everything_is_learned_and_judged(
    sample_config: Config, tmp_path: Path
) -> None:
    """Events are gone, so there are fewer features than the trees ask for."""
    config = config_in(tmp_path, sample_config)
    config = config.model_copy(update={"events": None})
    said: list[str] = []
    name = train(config, say=said.append).name
    assert any(
        line.startswith("the ranker is learned anew: without") and "view" in line for line in said
    )
    release = open_release(config.releases_directory, name)
    assert "ranker_kept_from" not in release.manifest.settings
    assert stored(config)[0]["learned_in"] is None


def test_stored_trees_say_the_same_to_the_last_bit() -> None:
    random = np.random.default_rng(3)
    features = random.normal(size=(3000, 4)).astype(np.float32)
    features[random.random(features.shape) < 0.1] = np.nan
    bought = random.random(3000) < 0.2
    examples = Examples(features, bought, np.ones(3000, np.float32))
    ranker = BoostedRanker(
        fit_booster(["a", "b", "c", "d"], examples, 0), Correction(0.1 + 1e-9, 0.7, 300)
    )
    again = boosted_of(json.loads(json.dumps(ranker.as_stored())))
    assert again.booster.chance(features).tolist() == ranker.booster.chance(features).tolist()
    assert again.gains() == ranker.gains()
    assert again.correction == ranker.correction
    assert again.as_json() == ranker.as_json()


def test_what_is_stored_of_things_bought_again_says_the_same() -> None:
    purchases = long_shop()
    now = purchases.last_at + 1
    model = learn_again(purchases, now)
    assert model.trees is not None
    other = again_of(json.loads(json.dumps(model.as_stored())), {})
    visits = visits_before(purchases, now)
    assert other.chance(visits).tolist() == model.chance(visits).tolist()
    assert other.as_json() == model.as_json()


def test_a_ranker_is_never_asked_about_features_it_did_not_learn() -> None:
    window = windows_before(long_shop(), long_shop().last_at + 1)[0]
    scene = scene_at(window.past(), window.at)
    seen = look(scene, outcome_of(window.future()), 0)
    ranker = BoostedRanker(fit_booster(seen.names, seen.examples, 0))
    assert next(iter(ranker.scored(scene))).chance.size
    booster = replace(ranker.booster, names=("none_of_them", *ranker.booster.names[1:]))
    with pytest.raises(OtherFeaturesError, match="without none_of_them and with liked"):
        next(iter(replace(ranker, booster=booster).scored(scene)))


def test_the_note_of_a_report_takes_the_place_of_the_one_before() -> None:
    page = '<h1>How good are the lists?</h1><p class="soft">Trained, as of</p><section>'
    once = with_note(page, "first & last")
    assert "first &amp; last</p><section>" in once
    twice = with_note(once, "second")
    assert "first" not in twice
    assert "second" in twice


def test_days_are_counted_from_the_moment_it_looked_back_from(nightly: Config) -> None:
    found = kept(nightly, days=3.5)
    assert found.said(found.learned_at + int(3.5 * SECONDS_PER_DAY)).endswith(", 3 days before")
