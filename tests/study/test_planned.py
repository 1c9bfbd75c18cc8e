import msgspec
import pytest
from made_experiment import EXPERIMENT, NAMES, RECIPES, grouped, info

from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.records import record_scores
from taskrel.study.experiment.experiment import Runs
from taskrel.study.prepare import prepare_study
from taskrel.study.store.store import Store


@pytest.mark.slow
def test_train_keeps_resumes_and_shares_runs(tmp_path):
    study = prepare_study(EXPERIMENT, recipes=["a", "b"])
    assert study.train(tmp_path, info, jobs=1, bar=False) == 0
    assert len(study.trained) == len(study.runs) == 12
    again = prepare_study(EXPERIMENT, recipes=["a", "b"], seeds=[0, 1, 2])
    assert again.train(tmp_path, info, jobs=1, bar=False) == 0
    assert len(again.trained) == 6


@pytest.mark.parametrize(
    ("schedule", "cells"),
    [
        (
            "uniform",
            {
                ("fine", "all"),
                ("coarse", "all"),
                ("topic", "all"),
                ("fine", "topic"),
                ("topic", "fine"),
            },
        ),
        pytest.param("sequential", {("fine", "all"), ("topic", "fine")}, marks=pytest.mark.slow),
    ],
)
def test_a_study_of_groups_has_gains_of_each(schedule, cells, tmp_path):
    recipe = msgspec.structs.replace(RECIPES["a"], schedule=schedule)
    runs = Runs(pairs=(), groups={"all": NAMES, "back": ("topic", "fine")})
    study = grouped({"a": recipe}, {"a": runs})
    assert study.train(tmp_path, info, jobs=1, bar=False) == 0
    (part,) = study.parts
    with Store.read(tmp_path) as store:
        record = record_scores(
            store.scores(part.digest),
            "best",
            {name: task.metric for name, task in study.tasks.items()},
            symmetric=recipe.symmetric,
            groups=part.groups,
        )
    found = gains_per_seed(record)
    assert set(zip(found.main, found.aux, strict=True)) == cells
