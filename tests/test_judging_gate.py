"""What is published and what is not; and what the verdict says about it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from recommender.judging.gate import gate
from recommender.judging.judged_window import JudgedWindow, ScoredLists
from recommender.judging.judgement import Judgement, judge
from recommender.judging.shape import Shape

SHAPE = Shape(lists=1, products_shown=1, popular_share=0.5, novelty=1.0)


def scored(customers: int, means: dict[str, float], seed: int = 0) -> ScoredLists:
    """Figures of customers scattered around exactly these means, one for each set of lists."""
    random = np.random.default_rng(seed)
    scatter = {name: random.normal(0, 0.05, (customers, 4)) for name in means}
    middle = {name: values.sum(axis=0) / max(customers, 1) for name, values in scatter.items()}
    values = {name: scatter[name] - middle[name] + mean for name, mean in means.items()}
    return ScoredLists(
        customers=np.arange(customers, dtype=np.int32),
        purchases=random.integers(1, 100, customers),
        age_days=random.integers(1, 365, customers),
        values=values,
        shapes=dict.fromkeys(means, SHAPE),
    )


def judged(
    ours: float, popular: float = 0.1, recent: float = 0.1, customers: int = 400, seed: int = 0
) -> Judgement:
    new = scored(
        customers, {"ours": ours, "popularity": popular, "recent popularity": recent}, seed
    )
    again = scored(customers, {"ours": 0.5, "personal frequency": 0.4}, seed)
    return judge([JudgedWindow(0, new, again, {})])


def recorded(judgement: Judgement) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(judgement.as_json(), allow_nan=False))
    return loaded


def test_better_than_the_dull_baselines_is_published() -> None:
    assert gate(judged(0.2)) is None


@pytest.mark.parametrize(
    ("popular", "recent", "named"), [(0.1, 0.0, "popularity"), (0.0, 0.1, "recent popularity")]
)
def test_worse_than_either_dull_baseline_is_refused(
    popular: float, recent: float, named: str
) -> None:
    refusal = gate(judged(0.05, popular, recent))
    assert refusal is not None
    assert f"worse than {named}: nDCG@10 0.0" in str(refusal)


def test_a_little_worse_within_noise_is_published() -> None:
    assert gate(judged(0.0999)) is None


def test_too_little_data_is_published_and_said() -> None:
    judgement = judged(0.01, customers=29)
    assert gate(judgement) is None
    assert "29 customers bought something new" in judgement.verdict()[0]


def test_nothing_to_judge_on_is_published_and_said() -> None:
    assert gate(judge([])) is None
    assert judge([]).verdict()[0].startswith("Not judged")


def test_nobody_that_bought_anything_new_is_too_little_data() -> None:
    judgement = judged(0.1, customers=0)
    assert gate(judgement) is None
    assert judgement.verdict()[0].startswith("Too little data")


def test_figures_that_are_no_numbers_are_refused() -> None:
    refusal = gate(judged(float("nan")))
    assert refusal is not None
    assert "not numbers" in str(refusal)


def test_a_judgement_without_the_dull_baselines_is_refused() -> None:
    lonely = judge([JudgedWindow(0, scored(100, {"ours": 0.5, "popularity": 0.1}), None, {})])
    refusal = gate(lonely)
    assert refusal is not None
    assert "recent popularity" in str(refusal)


def test_clearly_worse_than_the_live_release_is_refused() -> None:
    refusal = gate(judged(0.2), recorded(judged(0.3)))
    assert refusal is not None
    assert "worse than the live release's" in str(refusal)


def test_as_good_as_the_live_release_is_published() -> None:
    assert gate(judged(0.2), recorded(judged(0.2, seed=1))) is None


@pytest.mark.parametrize(
    "live",
    [
        judged(0.3, popular=0.2, recent=0.2),
        judged(0.3, customers=1000),
        judged(0.3, customers=25),
    ],
    ids=["easier windows", "other customers", "too few customers"],
)
def test_what_was_judged_on_other_ground_is_not_compared(live: Judgement) -> None:
    assert gate(judged(0.2), recorded(live)) is None


@pytest.mark.parametrize("live", [None, {}, {"ruler": 1}, {"ruler": 1, "new": None}])
def test_a_live_release_without_figures_stops_nobody(live: dict[str, Any] | None) -> None:
    assert gate(judged(0.2), live) is None


def test_figures_of_another_ruler_are_not_compared() -> None:
    assert gate(judged(0.2), recorded(judged(0.3)) | {"ruler": 0}) is None


def test_worse_at_what_is_bought_again_than_the_live_release_is_refused() -> None:
    live = recorded(judged(0.2))
    better = {"value": 0.7, "low": 0.69, "high": 0.71}
    live["again"]["all"]["lists"]["ours"]["ndcg10"] = better
    refusal = gate(judged(0.2), live)
    assert refusal is not None
    assert "(again)" in str(refusal)


def test_the_verdict_claims_no_more_than_the_interval_allows() -> None:
    assert "2.0 times as many" in judged(0.2).verdict()[0]
    assert "WORSE" in judged(0.05).verdict()[0]
    assert "no difference that chance could not make" in judged(0.1).verdict()[0]


def test_a_judgement_is_written_as_json_that_any_reader_takes() -> None:
    said = recorded(judged(0.2))
    assert said["new"]["all"]["customers"] == 400
    assert set(said["new"]["all"]["lists"]["ours"]) == {"recall20", "ndcg10", "hit10", "mrr20"}
    assert [len(said["new"]["groups"][by]) for by in ("size", "age")] == [3, 3]
    assert said["windows"] == ["1970-01-01"]


def test_windows_are_judged_together_and_apart() -> None:
    first, second = scored(50, {"ours": 0.1}), scored(50, {"ours": 0.3})
    judgement = judge([JudgedWindow(86_400, second, None, {}), JudgedWindow(0, first, None, {})])
    assert judgement.new is not None
    apart = [window.figures["ours"]["ndcg10"].value for window in judgement.new.windows]
    assert [window.group for window in judgement.new.windows] == ["1970-01-01", "1970-01-02"]
    assert judgement.new.all.figures["ours"]["ndcg10"].value == pytest.approx(np.mean(apart))


def test_segments_too_small_to_judge_and_customers_without_one_are_left_out() -> None:
    segments = ["large"] * 60 + ["tiny"] * 5 + [""] * 35
    new = scored(100, {"ours": 0.1, "popularity": 0.1})
    judgement = judge([JudgedWindow(0, new, None, {})], segments)
    assert judgement.new is not None
    assert [group.group for group in judgement.new.groups["segment"]] == ["large"]
