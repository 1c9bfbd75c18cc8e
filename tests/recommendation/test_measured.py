"""The main task is trained from encoders that come with the evidence."""

import logging
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from made import WORDS, multilabel_task, text_task
from made_transformer import tiny_transformer

from taskrel.errors import UsageError
from taskrel.meta.evidence.encoders import encoders_of, read_encoders, write_encoders
from taskrel.meta.evidence.files import read_evidence, write_evidence
from taskrel.meta.evidence.from_store import evidence_from_store
from taskrel.meta.features.measure import measure
from taskrel.meta.features.names import ENCODER_SCORES
from taskrel.meta.features.task_info import task_info
from taskrel.meta.predictor.prediction import Prediction
from taskrel.recommendation.measured import FOLDER, combine, measure_ranking
from taskrel.recommendation.new_tasks import with_new_tasks
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.study.store.store import Store
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.training.recipes.recipe import Adam, Attention, Recipe, States
from taskrel.training.run import run

AUXS = ("more", "many")
NAN = float("nan")
TASKS = {
    t.name: t
    for t in (
        text_task("small"),
        text_task("more", (80, 20, 20), 4),
        multilabel_task(n=(80, 20, 20)),
    )
}
SHOP = text_task("shop", (30, 20, 50), 7)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    model = tiny_transformer(tmp_path_factory.mktemp("models") / "tiny", [" ".join(WORDS)])
    return Recipe(
        states=States(str(model)),
        encoder=Attention(6),
        steps=20,
        aux_steps=40,
        batch=8,
        evaluations=5,
        checkpoint="mean",
        schedule="transfer",
        evaluate="main",
        optimiser=Adam(lr=0.02),
    )


@pytest.fixture(scope="module")
def evidence(recipe, tmp_path_factory):
    """Evidence in a folder, of one main task and two auxiliaries, with their encoders."""
    out, folder = tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("evidence")
    study = prepare_study(
        Experiment(
            "made",
            tuple(Entry(name) for name in TASKS),
            (0, 1),
            {"transfer": recipe},
            ("transfer",),
            runs={"transfer": Runs(mains=("small",), auxiliaries=AUXS)},
        ),
        given=TASKS,
    )
    assert study.train(out, task_info, jobs=1, bar=False) == 0
    measure(study, out, jobs=1, bar=False)
    found = evidence_from_store(out)
    write_evidence(found, folder)
    write_encoders(folder, encoders_of(found, out))
    return read_evidence(folder)


def workspace(out):
    return Workspace(tasks={"shop": SHOP}, out=str(out), jobs=1, progress=False)


def predictions(*auxs):
    nothing = (0.5, 0.0, -1.0, 1.0, 0.0, "unclear", (), None, "made")
    return [Prediction("shop", aux, *nothing) for aux in auxs]


def test_main_tasks_and_auxiliaries_are_others(evidence):
    assert evidence.auxiliaries == ("many", "more")
    assert evidence.mains == ["small"]
    assert evidence.candidates("small") == ["many", "more"]
    assert list(evidence.pairs.index) == [("small", "many"), ("small", "more")]


def test_a_new_task_has_scores_on_the_encoders(evidence, tmp_path):
    joined = with_new_tasks(evidence, ["shop"], workspace(tmp_path))
    known = evidence.pairs.loc[("small", "more")]
    row = joined.pairs.loc[("shop", "more")]
    # What needs the auxiliary's corpus stays unknown.
    lacks = {name for name in known.index if known[name] == known[name] and row[name] != row[name]}
    assert lacks <= {"contamination"}
    assert np.isfinite(row[[*ENCODER_SCORES]]).all()


def test_pairs_are_trained_from_encoders_without_a_corpus(evidence, tmp_path, caplog):
    found, confirmation = measure_ranking(
        predictions("many", "more"), evidence, workspace(tmp_path), (0, 1, 2)
    )
    assert {p.aux for p in found} == {"many", "more"}
    assert (confirmation.seeds, confirmation.failed, confirmation.skipped) == ((0, 1, 2), 0, {})
    assert all(p.confirmed.n_seeds == 3 for p in found)
    assert {p.confirmed.rank for p in found} == {1, 2}
    expected = [p.confirmed.combined for p in found]
    assert expected == sorted(expected, reverse=True)
    # The same call trains nothing.
    with caplog.at_level(logging.INFO, "taskrel"):
        again, _ = measure_ranking(
            predictions("many", "more"), evidence, workspace(tmp_path), (0, 1, 2)
        )
    assert "9 runs planned, 0 to train" in caplog.text
    assert [p.confirmed for p in again] == [p.confirmed for p in found]


def test_prediction_and_measurement_by_hand():
    # Residuals of two auxiliaries × two seeds are ±0.5, so their variance is 4 · 0.25 / 1 = 1.
    per_seed = pd.DataFrame(
        {"aux": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "smoothed": [1.0, 2.0, 3.0, 2.0]}
    )
    half = NormalDist().inv_cdf(0.9)  # a standard deviation of 1
    asked = [replace(p, gain=4.0, low=4 - half, high=4 + half) for p in predictions("a", "b", "c")]
    # Precisions 1 and 2 / 1: (4 + 2 · 1.5) / 3 and (4 + 2 · 2.5) / 3; c was not measured.
    assert combine(asked, per_seed) == pytest.approx({"a": 7 / 3, "b": 3.0})
    nothing = [replace(p, low=NAN, high=NAN) for p in asked]
    assert combine(nothing, per_seed) == pytest.approx({"a": 1.5, "b": 2.5})
    assert combine(asked, per_seed[per_seed.seed == 0]) == pytest.approx({"a": 1.0, "b": 3.0})


def test_a_run_is_that_of_transfer_from_the_encoder(evidence, recipe, tmp_path):
    measure_ranking(predictions("more"), evidence, workspace(tmp_path), (0, 1, 2))
    encoders, model = read_encoders(evidence), find_pretrained(recipe.states.model, tmp_path)
    with Store.read(tmp_path / FOLDER / "shop") as store:
        ((digest, _, _),) = store.recipes()
        scores = store.scores(digest)
    for seed, own in ((0, 0), (1, 1), (2, 0)):  # two seeds of the encoder, in turn
        expected = run([SHOP], recipe, seed, model, start=encoders["more", own])
        kept = scores[(scores.seed == seed) & (scores.tasks.map(len) == 2)]
        kept = kept[(kept.split == "test") & (kept.metric == "accuracy")]
        for checkpoint, value in zip(kept.checkpoint, kept.value, strict=True):
            assert value == expected.scores["shop", "test", checkpoint, "accuracy"]


def test_an_encoder_that_is_lost_fails_its_runs(evidence, tmp_path):
    measure_ranking(predictions("more"), evidence, workspace(tmp_path), (0,))
    for file in (tmp_path / FOLDER / "shop" / "encoders").iterdir():
        file.write_bytes(b"x")
    _, confirmation = measure_ranking(predictions("more"), evidence, workspace(tmp_path), (0, 2))
    assert confirmation.failed == 1


def test_the_encoder_belongs_to_the_seed_and_not_to_the_seeds_that_are_asked_for(
    evidence, tmp_path
):
    measure_ranking(predictions("more"), evidence, workspace(tmp_path), (0, 1, 2))
    with Store.read(tmp_path / FOLDER / "shop") as store:
        before = set(store.status())
    measure_ranking(predictions("more"), evidence, workspace(tmp_path), (2,))
    with Store.read(tmp_path / FOLDER / "shop") as store:
        assert set(store.status()) == before


def test_only_transfer_starts_from_an_encoder(evidence, tmp_path):
    joint = {k: v for k, v in evidence.recipe.items() if k != "schedule"}
    with pytest.raises(UsageError, match="measured with schedule 'uniform', and --measure needs"):
        measure_ranking(predictions("more"), replace(evidence, recipe=joint), workspace(tmp_path))


@pytest.mark.parametrize("of", ["folder", "auxiliary"])
def test_without_encoders(evidence, tmp_path, of):
    other = replace(evidence, folder=None) if of == "folder" else evidence
    asked = predictions("more" if of == "folder" else "chess")
    with pytest.raises(
        UsageError, match=r"has no encoder of (more|chess).*--confirm K trains pairs"
    ):
        measure_ranking(asked, other, workspace(tmp_path))


def test_half_precision(evidence):
    from safetensors.numpy import load_file

    assert {w.dtype for w in load_file(evidence.folder / "encoders.safetensors").values()} == {
        np.dtype(np.float16)
    }
