import numpy as np
import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.meta.features import trivial_baselines
from taskrel.meta.features.trivial_baselines import BASELINES, baseline_scores
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example


def made(kind, train, test, metric="accuracy"):
    parts = {"train": train, "dev": test, "test": test}
    read = {split: [Example(*example) for example in own] for split, own in parts.items()}
    return encode(read, kind=kind, metric=metric, name="made")


def test_tokens_by_hand():
    train = [(["a", "b", "b", "c"], ["X", "Y", "Y", "X"]), (["b", "a"], ["X", "X"])]
    # a: X; b: Y twice, X once; z is unknown, so X, the most frequent label (4 of 6).
    test = [(["a", "b", "z", "c"], ["X", "Y", "X", "Y"])]
    found = baseline_scores(made("tagging", train, test))
    assert found == {"majority": 0.5, "words": 0.75}


def test_texts():
    train = [(["good", w], "up") for w in "abcde"] + [(["bad", w], "down") for w in "abc"]
    test = [(["good", "z"], "up"), (["bad", "z"], "down"), (["bad", "y"], "down")]
    found = baseline_scores(made("classification", train, test))
    assert found == {"majority": pytest.approx(1 / 3), "words": 1.0}


@pytest.mark.parametrize(
    ("kind", "words", "label"),
    [("classification", ["good"], None), ("tagging", ["good"], [None])],
    ids=["texts", "tokens"],
)
def test_what_has_no_label_teaches_nothing(kind, words, label):
    def of(name):
        return name if kind == "classification" else [name]

    known = [(["good"], of("up")), (["bad"], of("down")), (["fine"], of("down"))]
    test = [(["good"], of("up")), (["bad"], of("down")), (["fine"], label)]
    found = baseline_scores(made(kind, known + [(words, label)] * 5, test))
    assert found == {"majority": 0.5, "words": 1.0} == baseline_scores(made(kind, known, test))


@pytest.mark.parametrize("task", [tagging_task(), text_task(n=(200, 20, 50)), multilabel_task()])
def test_words_know_more_than_the_majority(task):
    found = baseline_scores(task)
    assert [*found] == [*BASELINES]
    assert found["words"] > found["majority"] >= 0


def test_a_label_that_all_texts_have():
    train = [(["a", w], ["always"]) for w in "abcd"] + [(["b"], ["always", "b"])]
    found = baseline_scores(made("multilabel", train, train, metric="micro_f1"))
    assert found["majority"] == pytest.approx(2 * 5 / (5 + 6))
    assert np.isfinite(found["words"])


def test_large_tasks_are_left_out(monkeypatch):
    monkeypatch.setattr(trivial_baselines, "LARGEST", 30)
    assert baseline_scores(text_task()) == {}
