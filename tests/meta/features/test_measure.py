import shutil
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from made_experiment import little

from taskrel.meta.features import measure as module
from taskrel.meta.features.encoder_scores import encoder_scores
from taskrel.meta.features.measure import measure
from taskrel.meta.features.names import ENCODER_SCORES, PAIR_FEATURES
from taskrel.meta.features.pair import profile_features
from taskrel.meta.features.profile import Profile
from taskrel.study.experiment.experiment import ALL_PAIRS, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.study.store.encoders import encoder_path
from taskrel.study.store.store import Store
from taskrel.tasks.overlap import Shared
from taskrel.training.recipes.recipe import BiLSTM, Recipe

RECIPE = Recipe(steps=30, width=4, evaluations=2, encoder=BiLSTM(units=3))
ENTRIES = tuple(little(n, limit=60) for n in ("fine", "coarse", "topic"))


def prepared(entries=ENTRIES, recipe=RECIPE, seeds=(3, 1), runs=ALL_PAIRS, single=True):
    return prepare_study(
        Experiment("tiny", entries, seeds, {"r": recipe}, ("r",), runs={"r": runs}), single=single
    )


def trained(out, study):
    return study.train(out, lambda task, known: {}, jobs=1, bar=False)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A study and the folder in which it was trained and measured, once for all tests."""
    study, folder = prepared(), tmp_path_factory.mktemp("study")
    trained(folder, study)
    measure(study, folder, jobs=1, bar=False)
    return study, folder


@pytest.fixture
def study(measured, tmp_path):
    """The same study; its folder, which a test may change, is tmp_path."""
    study, folder = measured
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return study


def kept(out, study):
    with Store.read(out) as store:
        digest = study.parts[0].digest
        return store.profiles(digest), store.pairs(digest).set_index(["main", "aux"])


def test_all_directed_pairs_are_measured(study, tmp_path):
    profiles, pairs = kept(tmp_path, study)
    names = sorted(study.tasks)
    assert list(profiles) == names
    assert list(pairs.index) == [(m, a) for m in names for a in names if m != a]
    assert list(pairs.columns) == list(PAIR_FEATURES)
    loaded = {name: Profile.from_bytes(data) for name, data in profiles.items()}
    part = study.parts[0]
    for (main, aux), row in pairs.iterrows():
        expected = profile_features(loaded[main], loaded[aux])
        assert row[list(expected)].dropna().to_dict() == {
            k: v for k, v in expected.items() if v == v
        }
        run = next(r for r in part.kept_alone if r.tasks == (aux,))
        assert run.seed == 3
        encoder = encoder_path(tmp_path, run)
        scores = encoder_scores(study.tasks[main], {aux: {3: encoder}}, RECIPE, None)[aux]
        assert {k: v for k, v in row.items() if k in scores and v == v} == {
            k: v for k, v in scores.items() if v == v
        }
        assert scores.keys() == set(ENCODER_SCORES)


@pytest.mark.slow
def test_contamination_is_a_share_of_mains_test_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(
        module, "contamination", lambda tasks: {("fine", "coarse"): Shared(14, 4, 100)}
    )
    study = prepared(ENTRIES[:2])
    trained(tmp_path, study)
    measure(study, tmp_path, jobs=1, bar=False)
    _, pairs = kept(tmp_path, study)
    assert pairs["contamination"].to_dict() == {("fine", "coarse"): 0.1, ("coarse", "fine"): 0}


def test_what_is_there_is_not_measured_again(study, tmp_path, monkeypatch):
    for name in ("profile_of", "results", "trained"):
        monkeypatch.setattr(module, name, lambda *a, **k: pytest.fail("measured again"))
    measure(study, tmp_path, jobs=1, bar=False)


def test_features_of_an_earlier_version_are_measured_again(study, tmp_path):
    _, before = kept(tmp_path, study)
    digests = {name: task.digest for name, task in study.tasks.items()}
    with Store.write(tmp_path) as store:
        older = {pair: {"probe": 9.0, "contamination": 0.0} for pair in before.index}
        store.add_pairs(study.parts[0].digest, older, digests)
    measure(study, tmp_path, jobs=1, bar=False)
    pd.testing.assert_frame_equal(kept(tmp_path, study)[1], before)


def test_a_task_that_has_changed_is_measured_again(study, tmp_path):
    before = kept(tmp_path, study)
    other = prepared((little("fine", limit=50), *ENTRIES[1:]))
    trained(tmp_path, other)
    stale = kept(tmp_path, other)
    assert list(stale[0]) == ["coarse", "topic"]
    assert len(stale[1]) == 2
    measure(other, tmp_path, jobs=1, bar=False)
    after = kept(tmp_path, other)
    assert after[0]["fine"] != before[0]["fine"]
    assert len(after[1]) == 6
    assert after[1].loc[stale[1].index].equals(stale[1])


def test_an_encoder_that_is_lost_is_trained_again_and_its_run_is_not(study, tmp_path):
    files = {p: p.read_bytes() for p in (tmp_path / "encoders").iterdir()}
    _, before = kept(tmp_path, study)
    assert {p.stem for p in files} == {r.identity for r in study.parts[0].kept_alone}
    min(files).unlink()
    with Store.write(tmp_path) as store, store._transaction() as db:
        runs = db.execute("SELECT * FROM runs ORDER BY id").fetchall()
        db.execute("DELETE FROM pairs")
    measure(study, tmp_path, jobs=1, bar=False)
    assert {p: p.read_bytes() for p in (tmp_path / "encoders").iterdir()} == files
    with Store.read(tmp_path) as store:
        assert store._rows(tuple[Any, ...], "SELECT * FROM runs ORDER BY id") == runs
    assert kept(tmp_path, study)[1].equals(before)


@pytest.mark.slow
def test_a_pair_waits_for_its_auxiliarys_run(tmp_path, monkeypatch):
    from taskrel.study.runs import execute

    real = execute.train

    def fragile(tasks, *rest):
        if tasks[0].name == "topic":
            raise ValueError("made to fail")
        return real(tasks, *rest)

    monkeypatch.setattr(execute, "train", fragile)
    study = prepared()
    assert trained(tmp_path, study) == 2
    measure(study, tmp_path, jobs=1, bar=False)
    assert {aux for _, aux in kept(tmp_path, study)[1].index} == {"fine", "coarse"}
    monkeypatch.undo()
    study = prepared()
    study.train(tmp_path, lambda task, known: {}, jobs=1, bar=False, retry_failed=True)
    measure(study, tmp_path, jobs=1, bar=False)
    assert len(kept(tmp_path, study)[1]) == 6


GROUP = Runs(pairs=(), groups={"x": ("topic", "fine")})


@pytest.mark.parametrize(
    "schedule", ["sequential", pytest.param("uniform", marks=pytest.mark.slow)]
)
def test_only_pairs_that_are_trained_together_are_measured(schedule, tmp_path):
    recipe = msgspec.structs.replace(RECIPE, schedule=schedule)
    study = prepared(recipe=recipe, seeds=(3,), runs=GROUP, single=False)
    trained(tmp_path, study)
    measure(study, tmp_path, jobs=1, bar=False)
    profiles, pairs = kept(tmp_path, study)
    assert set(profiles) == {"fine", "coarse", "topic"}
    assert set(pairs.index) == {("fine", "topic"), ("topic", "fine")}


def test_a_study_of_pairs_without_single_runs_measures_no_pair(tmp_path):
    runs = Runs(pairs=("fine", "topic"), alone=())
    study = prepared(seeds=(3,), runs=runs, single=False)
    trained(tmp_path, study)
    measure(study, tmp_path, jobs=1, bar=False)
    profiles, pairs = kept(tmp_path, study)
    assert len(profiles) == 3 and not len(pairs)


@pytest.mark.slow
def test_features_do_not_depend_on_the_number_of_processes(study, tmp_path, monkeypatch):
    _, alone = kept(tmp_path, study)
    with Store.write(tmp_path) as store, store._transaction() as db:
        db.execute("DELETE FROM pairs")
    monkeypatch.setattr(module, "FEW", 0)
    measure(study, tmp_path, jobs=2, bar=False)
    assert kept(tmp_path, study)[1].equals(alone)


@pytest.mark.slow
def test_recipes_are_measured_apart(tmp_path):
    recipes = {"r": RECIPE, "s": msgspec.structs.replace(RECIPE, width=9)}
    study = prepare_study(Experiment("tiny", ENTRIES[::2], (0,), recipes, ("r", "s")), single=True)
    trained(tmp_path, study)
    measure(study, tmp_path, jobs=1, bar=False)
    with Store.read(tmp_path) as store:
        one, other = (store.pairs(p.digest).set_index("main")["probe"] for p in study.parts)
    assert np.isfinite([*one, *other]).all()
    assert not one.equals(other)
