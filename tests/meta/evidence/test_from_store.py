import numpy as np
import pandas as pd
import pytest
from made_study import ALONE, write_study

from taskrel.errors import EvidenceError, StoreError, UsageError
from taskrel.meta.evidence.from_store import evidence_from_store, evidence_of_tasks, task_features
from taskrel.meta.features.curve import CURVE_FEATURES
from taskrel.meta.features.dataset import DATASET_FEATURES
from taskrel.meta.features.names import ENCODER_FEATURES, PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.features.profile import Profile
from taskrel.study.store.store import Store
from taskrel.training.recipes.recipe import Recipe

FEATURES = {task: dict.fromkeys(DATASET_FEATURES, i + 1.0) for i, task in enumerate("abc")}


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
    assert evidence.recipes == {"short": evidence.recipe}
    assert evidence.symmetric
    assert evidence.folder is None
    assert evidence.about["stl"].tolist() == [ALONE] * 3
    assert (evidence.provenance["runs"], evidence.provenance["seeds"]) == (3 * (3 + 3), [0, 1, 2])


def test_a_store_may_be_named_by_its_file(tmp_path):
    write_study(tmp_path / "study", FEATURES, gain)
    by_file = evidence_from_store(str(tmp_path / "study" / "store.sqlite"))
    assert by_file.summary.equals(evidence_from_store(tmp_path / "study").summary)


def test_features_are_noted_ones_and_means_over_seeds_of_single_task_runs(tmp_path):
    write_study(
        tmp_path,
        FEATURES,
        gain,
        seeds=(0, 1),
        slope=lambda task, seed: -0.01 * "abc".index(task) - 0.001 * seed,
    )
    tasks = evidence_from_store(tmp_path).tasks
    assert list(tasks.columns) == [*TASK_FEATURES]
    assert tasks.index.name == "task"
    assert tasks["size"].to_dict() == {"a": 1, "b": 2, "c": 3}
    for column in CURVE_FEATURES:
        if column.startswith("gradient_"):
            assert tasks[column].tolist() == pytest.approx([-0.0005, -0.0105, -0.0205], rel=1e-3)
    # the last dev score, and the last dev loss over the training loss at the end
    assert tasks["dev_score"].tolist() == pytest.approx([0.375] * 3)
    assert tasks["dev_minimum"].tolist() == pytest.approx([1.0] * 3)


def test_what_was_not_run_or_noted_is_missing(tmp_path):
    noted = FEATURES | {"b": {}, "c": FEATURES["c"] | {"oov_rate": np.nan}}
    write_study(tmp_path, noted, gain, singles="ab")
    evidence = evidence_from_store(tmp_path)
    gradients = [name for name in CURVE_FEATURES if name.startswith("gradient_")]
    missing = evidence.tasks[[*DATASET_FEATURES, *gradients, "dev_score"]].isna()
    assert list(missing.columns[missing.loc["b"]]) == list(DATASET_FEATURES)
    assert list(missing.columns[missing.loc["c"]]) == ["oov_rate", *gradients, "dev_score"]
    assert evidence.about["stl"].isna().tolist() == [False, False, True]
    of_c = evidence.summary.set_index("main").loc["c"]
    assert of_c["gain"].isna().all()
    with Store.read(tmp_path) as store:
        assert task_features(store, "short", ["b", "z"]).index.tolist() == ["b", "z"]


def test_what_tasks_are_is_as_noted(tmp_path):
    write_study(
        tmp_path,
        FEATURES,
        gain,
        info={
            "a": {"kind": "tagging", "family": "ewt"},
            "b": {"kind": "multilabel", "family": None},
        },
    )
    evidence = evidence_from_store(tmp_path)
    same_kind = evidence.pairs["same_kind"]
    assert same_kind[("a", "b")] == 0
    assert same_kind.drop([("a", "b"), ("b", "a")]).isna().all()  # nobody knows the kind of c
    about = evidence.about
    assert about["kind"].tolist() == ["tagging", "multilabel", ""]
    assert about["family"].tolist() == ["ewt", "", ""]
    assert about["metric"].tolist() == ["accuracy"] * 3
    assert about["digest"].tolist() == ["digest-a", "digest-b", "digest-c"]


def test_entries_are_noted_of_tasks_that_are_not_just_their_card(tmp_path):
    capped = {"card": "b_card", "limit": 5, "as": "b"}
    write_study(
        tmp_path, FEATURES, gain, info={"a": {"entry": {"card": "a"}}, "b": {"entry": capped}}
    )  # none of "c": older
    assert evidence_from_store(tmp_path).entries == {"b": capped}


def test_pair_features_are_measured_or_from_profiles_or_from_sizes_and_kinds(tmp_path):
    write_study(
        tmp_path,
        FEATURES,
        gain,
        info={
            t: {"kind": k} for t, k in zip("abc", ("tagging", "tagging", "regression"), strict=True)
        },
    )
    vector = np.ones(2, np.float32)
    words = {"a": [1, 2, 3, 4], "b": [4, 5]}
    with Store.write(tmp_path) as store:
        store.add_profiles(
            "short",
            {
                t: (
                    f"digest-{t}",
                    Profile(
                        np.array(w), np.ones(len(w), int), vector, 10 * len(w), "tagging"
                    ).to_bytes(),
                )
                for t, w in words.items()
            },
        )
        store.add_pairs(
            "short",
            {("a", "b"): {"probe": 0.5, "vocabulary_share": 0.75, "text_cosine": np.nan}},
            {t: f"digest-{t}" for t in "abc"},
        )
    evidence = evidence_from_store(tmp_path)
    assert sorted(evidence.profiles) == ["a", "b"]
    pairs = evidence.pairs
    assert list(pairs.columns) == [*PAIR_FEATURES]
    assert list(pairs.index) == [(m, a) for m in "abc" for a in "abc" if m != a]
    assert pairs.loc[("a", "b")].to_dict() == pytest.approx(
        {
            "probe": 0.5,
            "vocabulary_share": 0.75,  # measured
            "text_cosine": 1.0,
            "size_ratio": np.log(40 / 20),
            "same_kind": 1.0,  # profiles
            "text_jsd": pairs.loc[("b", "a"), "text_jsd"],
            **{name: np.nan for name in ENCODER_FEATURES if name != "probe"},
        },
        nan_ok=True,
    )
    assert pairs.loc[("b", "a"), "vocabulary_share"] == 0.5
    assert pairs.loc[("c", "a")].dropna().to_dict() == pytest.approx(  # sizes and kinds
        {"size_ratio": np.log(3 / 1), "same_kind": 0.0}
    )


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


def test_tasks_without_any_pair(tmp_path):
    write_study(tmp_path, FEATURES, gain, pairs=False)
    evidence = evidence_of_tasks(tmp_path, "short", ["c", "a"], 0)
    assert evidence.tasks["size"].to_dict() == {"c": 3, "a": 1}
    assert evidence.about["stl"].tolist() == [ALONE, ALONE]
    assert list(evidence.pairs.index) == [("c", "a"), ("a", "c")]
    assert evidence.gains.empty
    assert evidence.summary.empty
    one = evidence_of_tasks(tmp_path, "short", ["b"], 0)
    assert one.tasks.index.tolist() == ["b"]
    assert one.pairs.empty


def test_of_one_seed_alone(tmp_path):
    """Runs that came later, to confirm an answer, do not change the question."""

    def slope(task, seed):
        return -0.001 * (1 + seed)

    write_study(tmp_path / "one", FEATURES, gain, seeds=(0,), slope=slope)
    write_study(tmp_path / "more", FEATURES, gain, seeds=(0, 1, 2), slope=slope)
    one, same, other = (
        evidence_of_tasks(tmp_path / folder, "short", ["a"], seed)
        for folder, seed in (("one", 0), ("more", 0), ("more", 2))
    )
    pd.testing.assert_frame_equal(one.tasks, same.tasks)
    assert not one.tasks.equals(other.tasks)
    assert same.provenance["seeds"] == [0]


def test_no_pairs_and_no_store(tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        evidence_from_store(tmp_path)
    write_study(tmp_path / "alone", FEATURES, gain, pairs=False)
    with pytest.raises(EvidenceError, match="no pair has been trained under recipe 'short' yet"):
        evidence_from_store(tmp_path / "alone")
    Store.write(tmp_path / "empty").close()
    with pytest.raises(EvidenceError, match="has no runs yet"):
        evidence_from_store(tmp_path / "empty")
