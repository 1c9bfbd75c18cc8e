from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.meta.features import linear_probe as module
from taskrel.meta.features.encoder_scores import encoder_scores
from taskrel.meta.features.linear_probe import PENALTY, Sample, ridge
from taskrel.study.store.encoders import Encoder, save_encoder
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.build import build_encoder
from taskrel.training.recipes.recipe import CNN, LSTM, Adam, BiLSTM, Recipe
from taskrel.training.run import run

RECIPE = Recipe(
    width=3, steps=150, batch=8, evaluations=2, encoder=BiLSTM(units=3), optimiser=Adam(lr=0.02)
)
TASKS = {
    t.name: t
    for t in (
        tagging_task(n=(150, 60, 20)),
        text_task(n=(150, 60, 20)),
        multilabel_task(n=(150, 60, 20)),
    )
}


def probes(task, paths, recipe=RECIPE, vectors=None):
    """The first of the encoder scores, of an auxiliary of the task's own kind."""
    kept = {str(i): {0: path} for i, path in enumerate(paths)}
    found = encoder_scores(task, kept, recipe, vectors)
    return [scores["probe"] for scores in found.values()]


def explained(sample, encoder):
    return sample.explained(sample.read_by(encoder))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Name → file of its single-task encoder."""
    paths = {name: tmp_path_factory.mktemp("encoders") / f"{name}.safetensors" for name in TASKS}
    for name, path in paths.items():
        save_encoder(path, run([TASKS[name]], RECIPE, 0).encoder)
    return paths


@pytest.mark.parametrize("name", TASKS)
def test_an_encoder_knows_its_own_task_best(trained, name):
    found = dict(zip(trained, probes(TASKS[name], trained.values()), strict=True))
    assert found[name] > 0.1
    assert found[name] == max(found.values())
    again = dict(zip(trained, probes(TASKS[name], trained.values()), strict=True))
    assert again == found


def test_an_encoder_that_has_learned_nothing_gains_nothing(tmp_path):
    """The start of a run, its words' rows included, is what the probe compares with."""
    steps = msgspec.structs.replace(RECIPE, steps=1, optimiser=Adam(lr=1e-30))
    path = tmp_path / "x.safetensors"
    save_encoder(path, run([TASKS["tags"]], steps, 0).encoder)
    assert list(probes(TASKS["texts"], [path])) == [0]


def kept(words, rows, recipe=RECIPE, width=3):
    weights = build_encoder(width, recipe, 0).state_dict()
    return Encoder(
        word_hashes(words), np.array(rows, np.float32), {k: w.numpy() for k, w in weights.items()}
    )


def test_a_word_reads_the_row_that_the_encoder_has_for_it_else_its_own():
    """One-word sentences; the label says whether the word is "b"."""
    words = [["a"], ["b"], ["c"]] * 30
    part = [Example(w, ["Y" if w == ["b"] else "N"]) for w in words]
    task = encode(
        {"train": part, "dev": part, "test": part}, kind="tagging", metric="accuracy", name="t"
    )
    vectors = Vectors(("a", "b", "c"), np.array([[1, 0, 0]] * 3, np.float32), "0")
    sample = Sample(task, RECIPE, 0, vectors)
    assert explained(sample, None) == pytest.approx(0, abs=1e-6)  # all words alike
    # A row of its own tells b from the rest; the penalty leaves a little unexplained.
    assert explained(sample, kept(["b", "x"], [[0, 5, 0], [0, 0, 9]])) > 0.9
    assert explained(sample, kept(["x"], [[0, 5, 0]])) == pytest.approx(0, abs=1e-6)


def test_the_test_part_is_not_looked_at(trained):
    task = TASKS["texts"]
    other = np.zeros_like(task.splits["test"].targets)
    changed = replace(
        task, splits={**task.splits, "test": replace(task.splits["test"], targets=other)}
    )
    assert list(probes(changed, trained.values())) == list(probes(task, trained.values()))


@pytest.mark.parametrize(("name", "sizes"), [("tags", (20, 10)), ("texts", (7, 5))])
def test_no_more_than_a_stated_number_of_examples_is_read(monkeypatch, name, sizes):
    limits = "SENTENCES" if name == "tags" else "TEXTS"
    monkeypatch.setattr(module, limits, dict(zip(("train", "dev"), sizes, strict=True)))
    sample = Sample(TASKS[name], RECIPE, 0, None)
    assert tuple(sum(len(b.lengths) for b in sample.batches[s]) for s in ("train", "dev")) == sizes


def test_tokens_without_a_known_label_are_left_out():
    part = [Example(["a", "b", "c"], ["X", None, "Y"])]
    task = encode(
        {"train": part, "dev": [Example(["a", "b"], ["X", "Z"])], "test": part},
        kind="tagging",
        metric="accuracy",
        name="t",
    )
    sample = Sample(task, RECIPE, 0, None)
    found = sample.read_by(None)
    assert {split: own.targets.tolist() for split, own in found.items()} == {
        "train": [0, 1],
        "dev": [0],
    }


@pytest.mark.parametrize("encoder", [LSTM(2, 3, skip=True), CNN(20, dense=9)], ids=str)
def test_every_encoder_that_reads_word_vectors_is_probed(tmp_path, encoder):
    recipe, path = msgspec.structs.replace(RECIPE, encoder=encoder), tmp_path / "x.safetensors"
    save_encoder(path, run([TASKS["texts"]], recipe, 0).encoder)
    (found,) = probes(TASKS["texts"], [path], recipe)
    assert found > 0.1
    (found,) = probes(TASKS["tags"], [path], recipe)
    assert np.isfinite(found)  # the states of a CNN's convolution


@pytest.mark.parametrize(("causal", "width"), [(False, 6), (True, 3)])
def test_a_causal_tasks_probe_reads_what_its_head_would(causal, width):
    sample = Sample(replace(TASKS["tags"], causal=causal), RECIPE, 0, None)
    assert sample.read_by(None)["dev"].states.shape[1] == width


def test_of_a_regression_the_probe_explains_the_labels_vectors():
    """With orthogonal vectors, which a label each is, it explains what it does of labels."""
    task = TASKS["tags"]
    vectors = Vectors(
        tuple(x.lower() for x in task.labels), np.eye(3, dtype=np.float32)[: len(task.labels)], "0"
    )
    nearest = replace(task, kind="regression", unit="token")
    sample, other = (Sample(t, RECIPE, 0, vectors) for t in (nearest, task))
    assert sample.codes.tolist() == vectors.matrix.tolist()
    assert explained(sample, None) == pytest.approx(explained(other, None), abs=1e-5)


def test_ridge_is_scikit_learns():
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    x, x_new = rng.normal(3, 0.01, (50, 4)), rng.normal(3, 0.01, (7, 4))
    x[:, 3] = x_new[:, 3] = 2  # a unit that never moves
    y = rng.integers(2, size=(50, 3))
    scaler = StandardScaler().fit(x)
    oracle = Ridge(alpha=PENALTY * 50).fit(scaler.transform(x), y)
    found = ridge(*(torch.tensor(a, dtype=torch.float64) for a in (x, y, x_new)))
    np.testing.assert_allclose(found, oracle.predict(scaler.transform(x_new)), rtol=1e-9)


@pytest.mark.real_data
def test_word_classes_help_chunks(data_folder, tmp_path):
    """Of parts of speech an encoder learns what chunks need; of topics it does not."""
    from taskrel.study.experiment.experiment import Entry, Experiment
    from taskrel.study.prepare import prepare_study

    entries = tuple(Entry(name, limit=1500) for name in ("chunk", "pos", "topic"))
    recipe = Recipe(
        steps=300,
        evaluations=2,
        optimiser=Adam(lr=0.004),
        dropout=0.3,
        vectors="glove/glove.6B.50d.100k.txt.gz",
        precision="bfloat16",
    )
    study = prepare_study(
        Experiment("x", entries, (0,), {"r": recipe}, ("r",)), data=str(data_folder)
    )
    chunk, *others = study.tasks.values()
    vectors = study.parts[0].vectors
    paths = [tmp_path / f"{task.name}.safetensors" for task in others]
    for task, path in zip(others, paths, strict=True):
        save_encoder(path, run([task], recipe, 0, vectors).encoder)
    pos, topic = probes(chunk, paths, recipe, vectors)
    assert pos > 0.1 > topic
