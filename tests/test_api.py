"""The front door: what `import taskrel as tr` gives, and what it costs."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from made import tagging_task, text_task
from made_evidence import made_evidence
from made_tiny import RECIPE
from matplotlib.figure import Figure

import taskrel as tr
from taskrel.errors import EvidenceError, UsageError

HEAVY = ("torch", "numpy", "pandas", "scipy", "sklearn", "matplotlib")


def test_importing_it_imports_nothing_heavy():
    program = f"import sys, taskrel; print([m for m in {HEAVY} if m in sys.modules], dir(taskrel))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("[] ")
    assert all(repr(name) in done.stdout for name in tr.__all__)


@pytest.mark.parametrize("name", tr.__all__)
def test_every_name_is_there(name):
    assert getattr(tr, name).__name__ == name
    assert name in dir(tr)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'taskrel' has no attribute 'recomend'"):
        tr.recomend  # noqa: B018


# -- evidence, predictor, recommendation ------------------------------------------------


@pytest.fixture(scope="module")
def library():
    return tr.load_evidence("library")


def test_evidence_as_a_notebook_shows_it(library):
    assert repr(library) == "Evidence(library: 32 tasks, 992 pairs, 3 seeds)"
    html = library._repr_html_()
    assert html.startswith(f"<p>{library!r}</p><table") and html.count("<tr>") == 33
    one = made_evidence({("a", "b<c"): 1.0})
    assert repr(one) == "Evidence(made: 2 tasks, 1 pairs, 1 seed)"
    assert "b&lt;c" in one._repr_html_() and "b<c" not in one._repr_html_()


@pytest.mark.parametrize("name", [None, "library"])
def test_the_default_is_the_library(name):
    assert tr.load_evidence(name).name == "library"


def test_evidence_that_does_not_exist():
    with pytest.raises(UsageError, match=r"unknown evidence 'libary': .*; did you mean library"):
        tr.load_evidence("libary")


def test_a_ranking_of_what_ships(library):
    found = tr.recommend("mwe", evidence=library)
    assert repr(found) == (
        f"Recommendation(mwe: 31 auxiliary tasks, best ranked: {found.predictions[0].aux}; "
        "evidence library)"
    )
    table = found.to_frame()
    assert list(table) == ["aux", "probability", "gain", "low", "high", "verdict", "measured"]
    assert table.aux.tolist() == [p.aux for p in found]
    assert set(table.aux) == set(library.tasks.index) - {"mwe"}
    assert found["pos"].probability == table.set_index("aux").probability["pos"]
    measured = library.measured().gain["mwe"]
    assert table.set_index("aux").measured.to_dict() == pytest.approx(measured.to_dict())
    assert found.validation["text"]
    assert found._repr_html_().count("<tr>") == 31
    with pytest.raises(KeyError, match="mwe"):
        found["mwe"]


def test_some_auxiliaries_of_an_evidence_in_memory(library):
    found = tr.recommend("mwe", ["pos", "emoji"], evidence=library)
    assert len(found) == 2 and {p.aux for p in found} == {"pos", "emoji"}
    one = tr.recommend("mwe", "pos", evidence=library)
    assert [p.probability for p in one] == [found["pos"].probability]
    assert repr(one).startswith("Recommendation(mwe: 1 auxiliary task, best ranked: pos;")


def test_warnings_name_those_that_they_are_about(library):
    found = tr.recommend("mwe", ["pos", "emoji"], evidence=library)
    assert [w for w in found.warnings if w.startswith("pos: pos and mwe belong to one family, ewt")]
    both = tr.recommend("mwe", ["pos", "xpos_500"], evidence=library)
    assert not [w for w in both.warnings if w.startswith("pos, xpos_500: ")]


def test_the_predictor_of_an_evidence(library):
    predictor = tr.load_predictor(library)
    assert repr(predictor) == "GainPredictor(library)"
    assert repr(tr.GainPredictor()) == "GainPredictor()"
    assert predictor.predict("mwe", "pos") == tr.load_predictor("library").predict("mwe", "pos")
    assert predictor.validation_ == tr.recommend("mwe", "pos", evidence=library).validation


# -- gains as a heat map ----------------------------------------------------------------


def test_gains_are_drawn(library):
    ax = Figure().subplots()
    assert tr.plot_gains(library, ax=ax) is ax
    names = sorted(library.tasks.index)
    assert sorted(label.get_text() for label in ax.get_yticklabels()) == names


def test_gains_that_cannot_be_drawn():
    with pytest.raises(EvidenceError, match="no gains to draw; train pairs first"):
        tr.plot_gains(made_evidence({("a", "b"): np.nan}))
    both = made_evidence({("a", "b"): 1.0, ("b", "a"): 2.0})
    both.summary["recipe"] = ["one", "two"]
    with pytest.raises(EvidenceError, match=r"several recipes \(one, two\) do not fit one heat"):
        tr.plot_gains(both)


# -- tasks in memory --------------------------------------------------------------------

TAGS, TEXTS = tagging_task("tags"), text_task("texts")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "mine"
    recipe = tr.Recipe(steps=3, width=4, encoder=RECIPE.encoder)
    study = tr.create_study([TAGS, TEXTS], recipe, seeds=2, path=path)
    assert study.run(jobs=1, progress=False) == 0
    return study


def test_a_study_of_tasks_in_memory(study):
    assert repr(study) == f"Study(mine: 2 tasks, 6 runs, in {study.path})"
    assert study.tasks == {"tags": TAGS, "texts": TEXTS}
    scores = study.scores()
    assert list(scores) == ["recipe", "task", "tasks", "seed", "split", "metric", "value"]
    assert set(scores.tasks) == {("tags",), ("texts",), ("tags", "texts")}
    assert set(scores.seed) == {0, 1} and set(scores.recipe) == {"default"}
    assert scores.value.between(0, 1).all()
    gains = study.gains()
    assert gains[["main", "aux"]].values.tolist() == [["tags", "texts"], ["texts", "tags"]]
    assert gains.n_seeds.tolist() == [2, 2]
    value = scores[(scores.split == "test") & (scores.metric == "accuracy")]
    mean = value.groupby(["task", "tasks"]).value.mean()
    cell = gains.set_index("main").loc["tags"]
    assert (cell.stl, cell.mtl) == pytest.approx((mean["tags", ("tags",)], mean.iloc[1]))
    assert study.features().task.tolist() == ["tags", "texts"]


@pytest.mark.slow
def test_a_study_is_gone_on_with(study, monkeypatch):
    monkeypatch.setattr("taskrel.study.runs.execute.train", lambda *_: pytest.fail("trained"))
    recipe = tr.Recipe(steps=3, width=4, encoder=RECIPE.encoder)
    again = tr.create_study([TAGS, TEXTS], recipe, seeds=[0, 1], path=study.path)
    assert again.run(jobs=1, progress=False) == 0
    pd.testing.assert_frame_equal(again.scores(), study.scores())
    more = tr.create_study([TAGS, TEXTS], recipe, seeds=3, path=study.path)
    assert more.run(train=False, progress=False) == 0
    assert (len(more.planned.runs), more.results().counts["cached"]) == (9, 6)


def test_a_study_is_evidence(study):
    evidence = study.evidence()
    assert repr(evidence) == "Evidence(mine, recipe default: 2 tasks, 2 pairs, 2 seeds)"
    assert evidence.about.digest.to_dict() == {"tags": TAGS.digest, "texts": TEXTS.digest}
    ax = study.plot_gains()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["tags", "texts"]


@pytest.mark.slow
def test_runs_of_a_study_move(study, tmp_path):
    study.export(tmp_path / "runs.jsonl.gz")
    recipe = tr.Recipe(steps=3, width=4, encoder=RECIPE.encoder)
    other = tr.create_study([TAGS, TEXTS], recipe, seeds=2, path=tmp_path / "other")
    assert other.run(train=False, import_from=tmp_path / "runs.jsonl.gz", progress=False) == 0
    pd.testing.assert_frame_equal(other.gains(), study.gains())


@pytest.mark.parametrize(
    ("options", "planned"),
    [
        ({"single": True}, {("tags",), ("texts",)}),
        ({"main": "texts"}, {("tags",), ("texts",), ("tags", "texts")}),
        ({"only": ["tags"]}, {("tags",)}),
    ],
)
def test_what_a_study_plans(options, planned, tmp_path):
    study = tr.create_study([TAGS, TEXTS], seeds=1, path=tmp_path, **options)
    assert {run.tasks for run in study.planned.runs.values()} == planned


def test_recipes_by_name(tmp_path):
    recipes = {"a": tr.Recipe(steps=5), "b": tr.Recipe(steps=7)}
    study = tr.create_study([TAGS, TEXTS], recipes, path=tmp_path, name="two")
    assert (study.name, len(study.planned.runs)) == ("two", 18)
    assert [part.recipe for part in study.planned.parts] == [*recipes.values()]
    with pytest.raises(UsageError, match="an experiment has recipes of its own"):
        tr.create_study("planted", tr.Recipe())


def test_a_recommendation_for_a_task_in_memory(monkeypatch, tmp_path):
    """The evidence has the study's recipe and pairs; the task is trained alone, once."""
    from made_pairs import planted_evidence

    evidence = planted_evidence(6)
    recipe = {"steps": 3, "width": 4, "encoder": {"name": "bilstm", "units": 3}}
    evidence.recipe.update(recipe, vectors_sha256=None, device="cpu")
    options = {"evidence": evidence, "path": tmp_path, "jobs": 1, "progress": False}
    found = tr.recommend(TAGS, **options)
    assert (found.main, len(found)) == ("tags", 6)
    assert set(found.to_frame().aux) == set(evidence.tasks.index)
    assert found.evidence.tasks.loc["tags", "size"] == 40
    assert any(w.startswith("A simpler model answers") for w in found.warnings)
    monkeypatch.setattr("taskrel.study.runs.execute.train", lambda *_: pytest.fail("trained"))
    again = tr.recommend(TAGS, ["t01", "t02"], **options)
    assert [again[aux].probability for aux in ("t01", "t02")] == [
        found[aux].probability for aux in ("t01", "t02")
    ]


def test_a_task_by_the_name_of_its_card():
    assert tr.load_task("planted_fine").name == "planted_fine"
    with pytest.raises(UsageError, match="unknown task 'planted_fin'; did you mean planted_fine"):
        tr.load_task("planted_fin")
