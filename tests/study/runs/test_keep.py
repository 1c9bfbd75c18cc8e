"""The best run of each main task, and its model as a folder."""

import logging

import numpy as np
import pandas as pd
import pytest
from made import tagging_task, text_task

import taskrel as tr
from taskrel.study.runs.best import best_runs
from taskrel.study.runs.keep import keep_model
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe

TAGS, TEXTS = tagging_task(), text_task()
RECIPE = Recipe(
    steps=20, batch=8, width=5, evaluations=2, encoder=BiLSTM(units=3), optimiser=Adam(lr=0.02)
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    recipes = {
        "long": RECIPE,
        "short": Recipe(**{f: getattr(RECIPE, f) for f in RECIPE.__struct_fields__} | {"steps": 4}),
    }
    found = tr.create_study(
        [TAGS, TEXTS], recipes, seeds=2, path=tmp_path_factory.mktemp("study") / "s"
    )
    assert found.run(jobs=1, progress=False) == 0
    return found


def test_the_best_is_chosen_on_dev(study):
    from taskrel.study.store.store import Store

    rows = []
    with Store.read(study.path) as store:
        for part in study.planned.parts:
            scores = store.scores(part.digest)
            rows.append(
                scores[
                    (scores["split"] == "dev")
                    & (scores["checkpoint"] == "best")
                    & (scores["metric"] == "accuracy")
                ].assign(part=part.name)
            )
    table = pd.concat(rows)
    for main, part, run in best_runs(study.planned, study.path):
        own = table[table["task"] == main]
        means = own.groupby(["part", "tasks"])["value"].mean()
        assert means[part.name, run.tasks] == means.max()
        same = own[(own["part"] == part.name) & (own["tasks"] == run.tasks)]
        assert same.set_index("run")["value"][run.identity] == same["value"].max()


def test_a_model_for_each_main_task(study, tmp_path):
    found = study.save_models(tmp_path)
    assert found == {"tags": tmp_path / "tags", "texts": tmp_path / "texts"}
    for task in (TAGS, TEXTS):
        model = tr.load_model(found[task.name])
        words, labels = zip(*task.examples("test"), strict=True)
        predicted = model.predict([list(w) for w in words])
        if task is TAGS:
            right = [
                a == b
                for p, gold in zip(predicted, labels, strict=True)
                for a, b in zip(p.labels, gold, strict=True)
            ]
        else:
            right = [p == gold for p, gold in zip(predicted, labels, strict=True)]
        assert np.mean(right) == pytest.approx(model.about.scores["test"]["accuracy"], abs=1e-6)


def test_other_scores_than_the_runs_are_said(study, tmp_path, monkeypatch, caplog):
    from taskrel.study.store.store import Store

    read = Store.scores
    monkeypatch.setattr(
        Store,
        "scores",
        lambda self, digest: read(self, digest).assign(value=lambda t: t["value"] / 2),
    )
    main, part, run = best_runs(study.planned, study.path)[0]
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        keep_model(study.planned, part, run, main, study.path, tmp_path / "m")
    assert "the saved model of tags has accuracy" in caplog.text
