"""A search from question to result, and the fixed designs of ``predict``."""

from dataclasses import replace

import numpy as np
import pytest
from made_transfer import SHOP

import taskrel as tr
from taskrel.errors import DataError, UsageError
from taskrel.recommendation.question import pose
from taskrel.recommendation.search.arms import planned_arms
from taskrel.recommendation.search.fixed import confirmable, measurable
from taskrel.recommendation.search.result import OnTest, SearchResult
from taskrel.recommendation.search.search import on_test, search
from taskrel.recommendation.workspace import Workspace

QUIET = {"jobs": 1, "progress": False}


def test_a_search_of_a_new_task(shipped_encoders, tmp_path):
    rankings = []
    found = search(
        SHOP, evidence=shipped_encoders, runs=8, path=tmp_path, on_ranking=rankings.append, **QUIET
    )
    assert isinstance(found, SearchResult)
    assert {p.aux for p in rankings[0]} == {"many", "more"}
    assert {c.aux for c in found.candidates} == {None, "many", "more"}
    assert found.n_runs == found.new == 8
    gains = [c.gain for c in found.candidates]
    assert gains == sorted(gains, reverse=True)
    assert found[None].gain == found[None].low == found[None].high == 0
    assert sum(c.best for c in found.candidates) == pytest.approx(1)
    assert (found.best is None) == (found.test is None or found[found.best].runs == 0)
    assert found.candidates[0].aux == found.best
    frame = found.to_frame()
    assert list(frame.columns) == ["aux", "runs", "dev", "gain", "low", "high", "best"]
    assert "arms)" in repr(found)
    with pytest.raises(KeyError):
        found["chess"]
    again = search(SHOP, evidence=shipped_encoders, runs=8, path=tmp_path, **QUIET)
    assert (again.new, again.candidates) == (0, found.candidates)


@pytest.mark.slow
def test_the_test_score_is_that_of_the_runs(shipped_encoders, tmp_path):
    found = tr.recommend(
        SHOP,
        ["many", "more"],
        evidence=shipped_encoders,
        measure=True,
        seeds=2,
        path=tmp_path,
        **QUIET,
    ).search
    assert {c.aux: c.runs for c in found.candidates} == {None: 2, "many": 2, "more": 2}
    assert (found.reason, found.n_runs) == ("fixed", 6)
    own = tr.load_evidence(found.folder).gains.query("aux == 'more'")
    space = Workspace(tasks={"shop": SHOP}, out=str(tmp_path), jobs=1, progress=False)
    arms = planned_arms(shipped_encoders, "shop", ["many", "more"], space)
    assert on_test(arms, "more") == OnTest(
        pytest.approx(own["mtl"].mean()), 2, pytest.approx(own["stl"].mean()), 2
    )
    assert found.test == (on_test(arms, found.best) if found.best else None)


@pytest.mark.slow
def test_the_best_model_is_saved(shipped_encoders, tmp_path):
    found = search(
        SHOP,
        evidence=shipped_encoders,
        runs=8,
        path=tmp_path / "runs",
        save=tmp_path / "model",
        **QUIET,
    )
    own = [o for o in found.observations if o.arm == (found.best or "")]
    assert found.model.aux == found.best
    assert found.model.seed == max(own, key=lambda o: o.score).seed
    model = tr.load_model(tmp_path / "model")
    assert model.about.trained_with == ("shop", *([found.best] if found.best else []))
    assert model.about.card == {"card": "shop"}
    assert "host" not in model.about.versions
    # Its scores are those of the run.
    scores = tr.load_evidence(found.folder).gains
    column, rows = (
        ("mtl", scores["aux"] == found.best) if found.best else ("stl", scores["aux"] != "")
    )
    run = scores[rows & (scores["seed"] == found.model.seed)][column].iloc[0]
    assert model.about.scores["test"]["accuracy"] == pytest.approx(run, abs=1e-5)
    words = [words for words, _ in SHOP.examples("test")]
    right = [
        p == label
        for p, (_, label) in zip(model.predict(words), SHOP.examples("test"), strict=True)
    ]
    assert np.mean(right) == pytest.approx(run, abs=1e-5)


def test_gain_on_test():
    assert OnTest(0.55, 3, 0.5, 3).gain == pytest.approx(10)
    assert np.isnan(OnTest(0.5, 1, 0.0, 1).gain)


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        ({"minutes": 0}, "minutes: expected more than 0, found 0"),
        ({"minutes": float("nan")}, "minutes: expected more than 0, found nan"),
        ({"runs": -1}, "runs: expected more than 0, found -1"),
        ({"epsilon": -0.1}, "epsilon: expected 0 or more, found -0.1"),
    ],
)
def test_budgets_that_are_none(budget, says):
    with pytest.raises(UsageError, match=says):
        search("emotion", **budget)


def test_only_transfer_starts_from_an_encoder(shipped_encoders):
    joint = {k: v for k, v in shipped_encoders.recipe.items() if k != "schedule"}
    question = pose(SHOP, ["more"], evidence=replace(shipped_encoders, recipe=joint))
    with pytest.raises(UsageError, match="measured with schedule 'uniform', and --measure needs"):
        measurable(question)
    question = pose(SHOP, ["more"], evidence=replace(shipped_encoders, folder=None))
    with pytest.raises(UsageError, match=r"has no encoder of more.*--confirm K trains pairs"):
        measurable(question)


def test_what_can_be_confirmed(shipped_encoders):
    question = pose(SHOP, evidence=shipped_encoders)
    assert confirmable(question, 2) == ["many", "more"]
    with pytest.raises(
        UsageError, match="--confirm 3: shop has only 2 candidates; ask for no more"
    ):
        confirmable(question, 3)
    question = pose(SHOP, ["more", "chess"], evidence=shipped_encoders)
    with pytest.raises(
        DataError,
        match=r"--confirm 2: only 1 of 2 candidates can be trained here \(chess: .*\); or",
    ):
        confirmable(question, 2)


def test_the_best_are_confirmed(shipped_encoders, tmp_path):
    ranking = tr.recommend(
        SHOP, evidence=shipped_encoders, confirm=1, seeds=1, path=tmp_path, **QUIET
    )
    assert {c.aux for c in ranking.search.candidates} == {None, ranking.predictions[0].aux}
    assert ranking.search.n_runs == 2
