import math

import numpy as np
import pytest
from made import multilabel_task, tagging_task, text_task
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy
from sklearn.feature_extraction.text import CountVectorizer

from taskrel.meta.features.dataset import (
    DATASET_FEATURES,
    MORE_DATASET_FEATURES,
    dataset_features,
    more_dataset_features,
)
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example


def task(train, test, kind="tagging", outside=None):
    part = [Example(words.split(), target) for words, target in test]
    return encode(
        {
            "train": [Example(words.split(), target) for words, target in train],
            "dev": part,
            "test": part,
        },
        kind=kind,
        metric="accuracy",
        name="t",
        outside=outside,
    )


SMALL = task(
    [("The dog the cat", ["D", "N", "D", "N"]), ("a dog", ["D", None])], [("THE dog", ["D", "N"])]
)


def test_every_feature_by_hand():
    # Words of training: the 2, dog 2, cat 1, a 1; of test: the 1, dog 1.
    kl_train = 2 / 3 * math.log((1 / 3) / (5 / 12)) + 1 / 3 * math.log((1 / 6) / (1 / 12))
    kl_test = math.log((1 / 2) / (5 / 12))
    expected = {
        "size": 2,
        "labels": 2,
        "tokens_per_type": 6 / 4,
        "oov_rate": 100 * 2 / 6,  # "cat" and "a"
        "label_entropy": -0.6 * math.log(0.6) - 0.4 * math.log(0.4),  # D 3, N 2, one absent
        "frobenius": math.sqrt(2**2 + 1 + 1 + 1 + 1),
        "jsd": (kl_train + kl_test) / 2,
    }
    found = dataset_features(SMALL, {"the", "dog"})
    assert found == pytest.approx(expected)
    assert list(found) == list(DATASET_FEATURES)
    assert all(type(value) is float for value in found.values())


@pytest.mark.parametrize(
    ("known", "rate"),
    [
        (set(), 100),
        ({"the"}, 100 * 4 / 6),
        ({"The"}, 100 * 5 / 6),
        ({"Dog", "DOG"}, 100),
        ({"the", "dog", "cat", "a"}, 0),
        (None, math.nan),
    ],
)
def test_a_word_is_known_as_it_stands_or_lower_cased(known, rate):
    assert dataset_features(SMALL, known)["oov_rate"] == pytest.approx(rate, nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "targets", "p"),
    [
        ("classification", ["x", "x", "y"], [2 / 3, 1 / 3]),
        ("classification", ["x", None, "y"], [1 / 2, 1 / 2]),
        ("multilabel", [["x", "y"], ["x"], []], [2 / 3, 1 / 3]),
    ],
)
def test_label_entropy_counts_texts_or_occurrences(kind, targets, p):
    t = task([("a", target) for target in targets], [("a", targets[0])], kind)
    assert dataset_features(t, None)["label_entropy"] == pytest.approx(entropy(p))


def test_labels_of_test_alone_do_not_count():
    t = task([("a", "x"), ("a", "y")], [("a", "z"), ("a", "w"), ("a", "x")], "classification")
    found = dataset_features(t, None)
    assert (found["labels"], found["label_entropy"]) == (2, pytest.approx(math.log(2)))


@pytest.mark.parametrize(("test_words", "jsd"), [("c d", math.log(2)), ("a b", 0), ("B A", 0)])
def test_divergence_has_its_extremes_in_disjoint_and_in_equal_bags(test_words, jsd):
    t = task([("a b", ["x", "y"])], [(test_words, ["x", "y"])])
    assert dataset_features(t, None)["jsd"] == pytest.approx(jsd, abs=1e-12)


@pytest.mark.parametrize(
    "made", [tagging_task(), text_task(), multilabel_task()], ids=lambda t: t.kind
)
def test_against_scikit_learn_and_scipy(made):
    counter = CountVectorizer(token_pattern=r"\S+")
    train = counter.fit_transform(made.texts("train")).toarray()
    bags = CountVectorizer(token_pattern=r"\S+").fit(made.texts("train") + made.texts("test"))
    p, q = (bags.transform(made.texts(s)).toarray().sum(axis=0) for s in ("train", "test"))
    found = dataset_features(made, None)
    assert found["frobenius"] == pytest.approx(np.linalg.norm(train))
    assert found["tokens_per_type"] == pytest.approx(train.sum() / train.shape[1])
    assert found["jsd"] == pytest.approx(jensenshannon(p, q) ** 2)


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "paper"), [("mwe", 0.53), ("supersense", 2.43), ("chunk", 1.84)])
def test_label_entropy_is_the_papers_where_the_corpus_is(name, paper, data_folder):
    from taskrel.tasks.card import load_card
    from taskrel.tasks.load import load_task

    real = load_task(load_card(name), data_folder)
    assert dataset_features(real, None)["label_entropy"] == pytest.approx(paper, abs=0.006)


def test_what_the_paper_lacks_by_hand():
    # D 3, N 2, one absent; six tokens in two sentences
    entropy_share = (-0.6 * math.log(0.6) - 0.4 * math.log(0.4)) / math.log(2)
    found = more_dataset_features(SMALL)
    assert list(found) == list(MORE_DATASET_FEATURES)
    assert found == pytest.approx(
        {"entropy_share": entropy_share, "mean_length": 3, "outside_share": 0}
    )


@pytest.mark.parametrize(
    ("kind", "outside", "share"),
    [
        ("tagging", "N", 2 / 5),
        ("tagging", "D", 3 / 5),
        ("tagging", None, 0),
        ("classification", None, 0),
    ],
)
def test_outside_is_what_the_card_says(kind, outside, share):
    targets = [["D", "N", "D", "N"], ["D", None]] if kind == "tagging" else ["D", "N"]
    texts = ("the dog the cat", "a dog")
    t = task(list(zip(texts, targets, strict=True)), [("a dog", targets[1])], kind, outside)
    assert more_dataset_features(t)["outside_share"] == pytest.approx(share)


def test_the_separator_of_pairs_is_no_word():
    """Of "the dog | a cat" and "a | a" the two texts count, as if they were one."""
    pairs = task(
        [("The dog <sep> a cat", "N"), ("a <sep> a", "Y")],
        [("the <sep> cow", "N")],
        "classification",
    )
    joined = task([("The dog a cat", "N"), ("a a", "Y")], [("the cow", "N")], "classification")
    found = dataset_features(pairs, {"the", "dog", "a"})
    assert found == dataset_features(joined, {"the", "dog", "a"})
    assert found["oov_rate"] == pytest.approx(100 / 6)  # "cat"
    assert found["tokens_per_type"] == 6 / 4
    assert more_dataset_features(pairs) == more_dataset_features(joined)
    assert more_dataset_features(pairs)["mean_length"] == 3
