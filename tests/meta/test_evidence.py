import numpy as np
import pytest
from made_study import write_study

from taskrel.errors import EvidenceError, StoreError, UsageError
from taskrel.meta.curve_features import CURVE_FEATURES
from taskrel.meta.dataset_features import DATASET_FEATURES
from taskrel.meta.evidence import evidence_from_store, task_features
from taskrel.study.store import Store
from taskrel.training.recipe import Recipe

FEATURES = {task: dict.fromkeys(DATASET_FEATURES, float(i)) for i, task in enumerate("abc")}


def gain(main, aux, seed):
    return 10 * "abc".index(main) - "abc".index(aux) + seed


@pytest.mark.parametrize("checkpoint", ["best", "last"])
def test_gains_are_of_the_scores_of_record(tmp_path, checkpoint):
    write_study(tmp_path / "study", FEATURES, gain, recipe=Recipe(checkpoint=checkpoint))
    evidence = evidence_from_store(tmp_path / "study")
    assert len(evidence.gains) == 6 * 3
    for _, row in evidence.gains.iterrows():
        assert row["gain"] == pytest.approx(gain(row["main"], row["aux"], row["seed"]))
    assert len(evidence.summary) == 6
    for _, row in evidence.summary.iterrows():
        assert row["gain"] == pytest.approx(gain(row["main"], row["aux"], 1))
    assert evidence.name == "study, recipe short"
    assert evidence.recipe.get("checkpoint", "best") == checkpoint
    assert evidence.symmetric


def test_a_store_may_be_named_by_its_file(tmp_path):
    write_study(tmp_path / "study", FEATURES, gain)
    by_file = evidence_from_store(str(tmp_path / "study" / "store.sqlite"))
    assert by_file.summary.equals(evidence_from_store(tmp_path / "study").summary)


def test_features_are_noted_ones_and_means_over_seeds_of_single_task_runs(tmp_path):
    write_study(tmp_path, FEATURES, gain, seeds=(0, 1),
                slope=lambda task, seed: -0.01 * "abc".index(task) - 0.001 * seed)
    tasks = evidence_from_store(tmp_path).tasks
    assert list(tasks.columns) == [*DATASET_FEATURES, *CURVE_FEATURES]
    assert tasks.index.name == "task"
    assert tasks["size"].to_dict() == {"a": 0, "b": 1, "c": 2}
    for column in (c for c in tasks if c.startswith("gradient_")):
        assert tasks[column].tolist() == pytest.approx([-0.0005, -0.0105, -0.0205], rel=1e-3)


def test_what_was_not_run_or_noted_is_missing(tmp_path):
    noted = FEATURES | {"b": {}, "c": FEATURES["c"] | {"oov_rate": np.nan}}
    write_study(tmp_path, noted, gain, singles="ab")
    evidence = evidence_from_store(tmp_path)
    gradients = [name for name in CURVE_FEATURES if name.startswith("gradient_")]
    missing = evidence.tasks[[*DATASET_FEATURES, *gradients]].isna()
    assert list(missing.columns[missing.loc["b"]]) == list(DATASET_FEATURES)
    assert list(missing.columns[missing.loc["c"]]) == ["oov_rate", *gradients]
    of_c = evidence.summary.set_index("main").loc["c"]
    assert of_c["gain"].isna().all()
    with Store.read(tmp_path) as store:
        assert task_features(store, "short", ["b", "z"]).index.tolist() == ["b", "z"]


def test_the_last_used_recipe_or_the_one_named(tmp_path):
    write_study(tmp_path, FEATURES, gain)
    write_study(tmp_path, FEATURES, lambda *_: -7, recipe=Recipe(steps=9), name="quick")
    assert set(evidence_from_store(tmp_path).summary["gain"].round(6)) == {-7}
    assert evidence_from_store(tmp_path, "short").summary["gain"].iloc[0] == pytest.approx(0)
    with pytest.raises(UsageError, match=r"unknown recipe 'shrot'.*did you mean short"):
        evidence_from_store(tmp_path, "shrot")


def test_tasks_of_other_studies_in_the_same_store_stay_out(tmp_path):
    write_study(tmp_path, FEATURES, gain)
    write_study(tmp_path, {t: {} for t in "xyz"}, lambda *_: 1, recipe=Recipe(steps=9), name="q")
    assert evidence_from_store(tmp_path, "short").tasks.index.tolist() == ["a", "b", "c"]


def test_no_pairs_and_no_store(tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        evidence_from_store(tmp_path)
    write_study(tmp_path / "alone", FEATURES, gain, pairs=False)
    with pytest.raises(EvidenceError, match="no pair has been trained under recipe 'short' yet"):
        evidence_from_store(tmp_path / "alone")
    Store.write(tmp_path / "empty").close()
    with pytest.raises(EvidenceError, match="has no runs yet"):
        evidence_from_store(tmp_path / "empty")


def test_an_unknown_task_is_named_with_the_nearest(tmp_path):
    write_study(tmp_path, {"pos": {}, "chunk": {}, "mwe": {}}, lambda *_: 1)
    with pytest.raises(UsageError, match=r"task 'chnk' is not in evidence .*did you mean chunk"):
        evidence_from_store(tmp_path).check("chnk")
