"""Saved models: the same predictions as the model in memory, without data and other heads."""

import json

import numpy as np
import pytest
from made import WORDS, multilabel_task, tagging_task, text_task
from made_transformer import tiny_transformer

from taskrel.errors import DataError, RecipeError, UsageError
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import (
    CNN,
    Adam,
    Attention,
    BiLSTM,
    Gated,
    Recipe,
    States,
    Transformer,
)
from taskrel.training.run import run
from taskrel.training.saved.files import MORE, read_model, write_model
from taskrel.training.saved.model import SavedModel, Span, Tagged, load_model
from taskrel.training.saved.train import train_kept

QUICK = {"steps": 12, "batch": 8, "evaluations": 2, "width": 6, "optimiser": Adam(lr=0.02)}
LSTM = {"encoder": BiLSTM(units=4, layers=2)}
VECTORS = Vectors(
    tuple(WORDS[:12]),
    np.random.default_rng(0).standard_normal((12, 6)).astype(np.float32),
    "a" * 64,
)


def regression_task():
    """The label is the vector of the text's first word."""
    rng = np.random.default_rng(3)

    def example():
        words = rng.choice(WORDS, size=4).tolist()
        return Example(words, words[0])

    parts = {"train": 60, "dev": 20, "test": 20}
    return encode(
        {split: [example() for _ in range(n)] for split, n in parts.items()},
        kind="regression",
        metric="nearest_accuracy",
        name="word",
        labels=WORDS,
    )


def span_task():
    """Spans of words that begin with "b", in IOB."""
    rng = np.random.default_rng(4)

    def example():
        words = rng.choice(WORDS, size=6).tolist()
        tags = []
        for i, word in enumerate(words):
            inside = i and words[i - 1][0] == "b"
            tags.append(("I-B" if inside else "B-B") if word[0] == "b" else "O")
        return Example(words, tags)

    parts = {"train": 60, "dev": 20, "test": 20}
    return encode(
        {split: [example() for _ in range(n)] for split, n in parts.items()},
        kind="tagging",
        metric="span_f1",
        name="spans",
        outside="O",
    )


TAGS, TEXTS, MANY, WORD, SPANS = (
    tagging_task(),
    text_task(),
    multilabel_task(),
    regression_task(),
    span_task(),
)
HARD = Recipe(**QUICK, **LSTM, dropout=0.2)


def of(recipe, **changes):
    fields = {f: getattr(recipe, f) for f in recipe.__struct_fields__}
    return Recipe(**(fields | changes))


CASES = {
    "classification": ([TEXTS], HARD, None),
    "tagging": ([TAGS], HARD, None),
    "spans": ([SPANS], HARD, None),
    "multilabel": ([MANY], HARD, None),
    "regression": ([WORD], HARD, None),
    "second of two": ([TAGS, TEXTS], HARD, None),
    "vectors": ([TEXTS], HARD, VECTORS),
    "frozen vectors": ([TEXTS], of(HARD, tune_vectors=False), VECTORS),
    "cnn": ([TEXTS], of(HARD, encoder=CNN(filters=5)), None),
    "sigmoids": ([TEXTS], of(HARD, loss="sigmoid"), None),
    "branches": ([TAGS, TEXTS], of(HARD, sharing="branches"), None),
    "cascade": ([TEXTS, TAGS], of(HARD, sharing="cascade"), None),
    "gates": ([TAGS, TEXTS], of(HARD, sharing=Gated("cag")), None),
    "transfer": ([TEXTS, MANY], of(HARD, schedule="transfer", checkpoint="mean"), None),
}


def kept_of(tasks, recipe, pretrained, main=None, **more):
    main = main or tasks[-1 if len(tasks) > 1 and recipe.symmetric else 0].name
    return train_kept(tasks, main, recipe, 3, pretrained, **more)


def in_memory(tasks, recipe, pretrained, main):
    """Predictions of the run's own model on test."""
    found = {}

    def look(i, model, tests):
        if tasks[i].name == main:
            found["codes"] = predict(model, i, tests[i])[0]

    run(tasks, recipe, 3, pretrained, look=look)
    return found["codes"]


def codes_of(task, predicted):
    """Predictions of a saved model as codes, as `predict` gives them."""
    labels = list(task.labels)
    if task.kind == "tagging":
        return np.array([labels.index(name) for p in predicted for name in p.labels])
    if task.kind == "multilabel":
        return np.array([[label in p for label in labels] for p in predicted], np.uint8)
    return np.array([labels.index(p) for p in predicted])


def check(tasks, recipe, pretrained, folder):
    kept = kept_of(tasks, recipe, pretrained)
    main = kept.saved.stub.name
    task = next(t for t in tasks if t.name == main)
    write_model(kept, folder)
    loaded = load_model(folder)
    tokens = [words for words, _ in task.examples("test")]
    expected = in_memory(tasks, recipe, pretrained, main)
    if task.kind == "regression":
        expected = expected[:, 0]
    np.testing.assert_array_equal(codes_of(task, loaded.predict(tokens)), expected)
    return kept, loaded


@pytest.mark.parametrize("name", CASES)
def test_the_same_predictions_after_a_round_trip(name, tmp_path):
    tasks, recipe, pretrained = CASES[name]
    kept, loaded = check(tasks, recipe, pretrained, tmp_path)
    own = kept.saved.stub.name
    assert loaded.labels == next(t for t in tasks if t.name == own).labels
    assert kept.saved.scores["test"]
    # One head alone.
    heads = {name.split(".")[1] for name in kept.weights if name.startswith("heads.")}
    assert heads == {str(kept.saved.index)}
    assert own in repr(loaded)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_transformer(tmp_path_factory.mktemp("models") / "tiny", [" ".join(WORDS)])


@pytest.mark.parametrize("task", [TEXTS, TAGS], ids=lambda t: t.name)
@pytest.mark.parametrize("how", ["states", "transformer"])
def test_models_on_a_transformer(task, how, tiny, tmp_path):
    recipe = (
        of(HARD, states=States(str(tiny)), encoder=Attention(5))
        if how == "states"
        else of(HARD, encoder=Transformer(model=str(tiny)), steps=4, optimiser=Adam(lr=1e-3))
    )
    pretrained = find_pretrained(str(tiny), tmp_path)
    _, loaded = check([task], recipe, pretrained, tmp_path / "model")
    # Texts of another length, in between, change nothing.
    tokens = [words for words, _ in task.examples("test")]
    before = loaded.predict(tokens)
    loaded.predict([["ba"] * 30])
    assert loaded.predict(tokens) == before


def test_no_states_of_new_texts_are_kept(tiny, tmp_path, monkeypatch):
    recipe = of(HARD, states=States(str(tiny)), encoder=Attention(5))
    write_model(kept_of([TEXTS], recipe, find_pretrained(str(tiny), tmp_path)), tmp_path / "m")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    load_model(tmp_path / "m").predict(["ba be bi"])
    assert not (tmp_path / "cache").exists()


def test_top_layers_are_refused(tiny, tmp_path):
    recipe = of(HARD, encoder=Transformer(model=str(tiny), trained=1))
    with pytest.raises(RecipeError, match="of which only the top layers are trained cannot be"):
        kept_of([TEXTS], recipe, find_pretrained(str(tiny), tmp_path))


def test_texts_and_their_spans(tmp_path):
    write_model(kept_of([SPANS], of(HARD, steps=200), None), tmp_path)
    model = load_model(tmp_path)
    (found,) = model.predict(["do  ba be, ki bu"])
    assert isinstance(found, Tagged)
    assert found.tokens == ["do", "ba", "be", ",", "ki", "bu"]
    # Characters of the text: "ba be" and "bu".
    assert Span(4, 9, "B") in found.spans
    assert Span(14, 16, "B") in found.spans
    # Of tokens, their numbers.
    (found,) = model.predict([["do", "ba", "be"]])
    assert found.spans == [Span(1, 3, "B")]
    assert model.predict(["", "  "]) == [None, None]


def test_probabilities(tmp_path):
    write_model(kept_of([TEXTS], HARD, None), tmp_path)
    model = load_model(tmp_path)
    ((label, p), (nothing, q)) = model.predict_with_probability(["ba du", ""])
    assert label in TEXTS.labels
    assert 1 / len(TEXTS.labels) <= p <= 1
    assert (nothing, q) == (None, None)


def test_words_that_no_text_had(tmp_path):
    """A word with a vector is known, whether a text of the run had it or not."""
    every = Vectors(
        (*VECTORS.words, "unheard"), np.vstack([VECTORS.matrix, VECTORS.matrix[:1]]), "a" * 64
    )
    kept = kept_of([TEXTS], of(HARD, tune_vectors=False), VECTORS, every_vector=every)
    assert kept.saved.n_more == 1
    write_model(kept, tmp_path)
    model = load_model(tmp_path)
    known, other = VECTORS.words[0], "unheard"
    # The same vector, so the same prediction; a word without one is unknown.
    assert model.predict([[known], ["Unheard"]]) == model.predict([[other], [other]])
    rows = model._words.rows([known, other, "Unheard", "xyz"])
    assert rows[1] == rows[2] == len(kept.words) - 1
    assert rows[3] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [(3, "text 1: expected a string or a list of tokens, found int"), ([1], "found list")],
)
def test_what_is_no_text(text, says, tmp_path):
    write_model(kept_of([TEXTS], HARD, None), tmp_path)
    with pytest.raises(UsageError, match=says):
        load_model(tmp_path).predict([text])


def test_pairs(tmp_path):
    pairs = encode(
        {
            split: [
                Example(["ba", "<sep>", w], "same" if w == "ba" else "other")
                for w in ("ba", "be", "ba", "bo") * 3
            ]
            for split in ("train", "dev", "test")
        },
        kind="classification",
        metric="accuracy",
        name="pairs",
    )
    write_model(kept_of([pairs], HARD, None), tmp_path)
    model = load_model(tmp_path)
    assert model.predict([("ba", "ba")])[0] in ("same", "other")
    with pytest.raises(UsageError, match="pairs is about pairs; expected a tuple of two texts"):
        model.predict(["ba"])


def test_the_page_says_how_to_use_it(tmp_path):
    write_model(kept_of([TEXTS, MANY], of(HARD, schedule="transfer"), None), tmp_path)
    page = (tmp_path / "README.md").read_text()
    assert page.startswith(
        "# texts\n\nA text-level model (classification) of taskrel. It was trained "
    )
    assert "with `many`, in transfer, with a BiLSTM, seed 3." in page
    assert "| accuracy | 0." in page
    assert "taskrel apply texts < texts.txt" in page


def damaged(folder, name, text):
    (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda f: (f / "model.json").unlink(), "model.json: no such file"),
        (lambda f: damaged(f, "model.json", "{"), "cannot be read as JSON"),
        (lambda f: damaged(f, "model.json", '{"schema": 9}'), "written by a newer taskrel"),
        (lambda f: damaged(f, "model.json", '{"schema": 1}'), "is missing"),
        (lambda f: damaged(f, "weights.safetensors", "x"), "weights.safetensors: cannot be read"),
        (lambda f: damaged(f, "words.json", '["a"]'), "its files do not fit together"),
        (lambda f: (f / "words.json").unlink(), "its files do not fit together"),
    ],
)
def test_a_damaged_folder(damage, says, tmp_path):
    write_model(kept_of([TEXTS], HARD, None), tmp_path)
    damage(tmp_path)
    with pytest.raises(DataError, match=says):
        load_model(tmp_path)


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(DataError, match="no such folder; taskrel search --save writes one"):
        load_model(tmp_path / "nowhere")


def test_weights_of_another_model(tmp_path):
    write_model(kept_of([TEXTS], HARD, None), tmp_path)
    about, weights, words = read_model(tmp_path)
    name = next(n for n in weights if n.startswith("encoder."))
    del weights[name]
    with pytest.raises(DataError, match=f"weight '{name}' is missing"):
        SavedModel(about, weights, words, "model m")
    assert MORE not in weights


def test_writing_again_leaves_nothing_of_the_old(tiny, tmp_path):
    write_model(kept_of([TEXTS], HARD, None), tmp_path)
    recipe = of(HARD, states=States(str(tiny)), encoder=Attention(5))
    write_model(kept_of([TEXTS], recipe, find_pretrained(str(tiny), tmp_path)), tmp_path)
    assert not (tmp_path / "words.json").exists()
    assert json.loads((tmp_path / "model.json").read_text())["recipe"]["states"]
    assert load_model(tmp_path).predict(["ba"])
