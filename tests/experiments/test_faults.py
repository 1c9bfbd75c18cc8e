"""Formulas of the script ``experiments/emotion_sentiment/faults.py``, each against a count by hand."""

from itertools import permutations, product

import numpy as np
import pytest
from made import multilabel_task, text_task
from made_comparison import row, task
from made_scripts import script
from scipy import stats

from taskrel.errors import TaskrelError
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT
from taskrel.training.evaluation.metrics import score
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe
from taskrel.training.run import run
from taskrel.training.seeds import numpy_stream

faults = script("emotion_sentiment/faults")

# -- mistakes in training -------------------------------------------------------------------


def test_shuffled_labels_are_the_same_labels_of_other_texts():
    tasks = [multilabel_task(), text_task()]
    shuffled = faults.shuffled_labels(tasks, seed=3)
    for before, after in zip(tasks, shuffled, strict=True):
        train, dealt = before.splits["train"], after.splits["train"]
        assert sorted(map(str, train.targets.tolist())) == sorted(map(str, dealt.targets.tolist()))
        assert not np.array_equal(train.targets, dealt.targets)
        assert before.texts("train") == after.texts("train")
        assert all(before.splits[split] is after.splits[split] for split in ("dev", "test"))
    # the draw depends on the seed and on the task's name alone
    assert faults.shuffled_labels(tasks[:1], seed=3)[0].digest == shuffled[0].digest
    assert faults.shuffled_labels(tasks, seed=4)[0].digest != shuffled[0].digest


@pytest.mark.parametrize(
    ("labels", "kind", "n_labels", "expected"),
    [
        ([1, 0, 2, ABSENT], "multilabel", 3, [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]),
        ([1, 2], "multilabel", 2, [[0, 1], [0, 0]]),
        ([[0, 1, 1], [0, 0, 1], [0, 0, 0], [1, 0, 1]], "classification", 2, [1, ABSENT, ABSENT, 0]),
        ([0, 2, ABSENT], "classification", 2, [0, ABSENT, ABSENT]),
    ],
)
def test_label_numbers_are_read_as_those_of_the_other_task(labels, kind, n_labels, expected):
    assert faults.read_as(np.array(labels), kind, n_labels).tolist() == expected


@pytest.fixture
def two():
    """Emotions a, b, c, d, several at once, and sentiments n, p."""

    def made(name, kind, **parts):
        examples = {k: [Example(text.split(), y) for text, y in part] for k, part in parts.items()}
        return encode(examples, kind=kind, metric="accuracy", name=name)

    moods = made(
        "moods",
        "multilabel",
        train=[("so glad", ["b", "d"]), ("oh no", ["c"]), ("hm", []), ("wow glad", ["a"])],
        dev=[("oh", ["a"])],
        test=[("glad", ["b"]), ("new", ["z"])],
    )
    tone = made(
        "tone",
        "classification",
        train=[("good no", "p"), ("bad", "n")],
        dev=[("bad", "n")],
        test=[("oh good", "p"), ("bad", "n")],
    )
    return [moods, tone]


def test_concatenated_training_splits_collide(two):
    moods, tone = faults.concatenated(two)
    assert moods.texts("train") == ["so glad", "oh no", "hm", "wow glad", "good no", "bad"]
    # p is label 1 of tone, read as b; n is label 0, read as a; z occurs in test alone
    assert moods.splits["train"].targets.tolist() == [
        [0, 1, 0, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
    ]
    assert tone.texts("train") == ["good no", "bad", "so glad", "oh no", "hm", "wow glad"]
    # the first label of (b, d) is 1; c is 2, which tone does not have
    assert tone.splits["train"].targets.tolist() == [1, 0, 1, ABSENT, ABSENT, 0]
    assert moods.words == tone.words
    for before, after in zip(two, (moods, tone), strict=True):
        assert (before.labels, before.unseen) == (after.labels, after.unseen)
        for split in ("dev", "test"):
            assert before.texts(split) == after.texts(split)
            assert np.array_equal(before.splits[split].targets, after.splits[split].targets)


def test_test_splits_can_be_concatenated(two):
    tone = faults.concatenated(two, "test")[1]
    assert tone.texts("test") == ["oh good", "bad", "glad", "new"]
    assert tone.splits["test"].targets.tolist() == [1, 0, 1, ABSENT]
    assert tone.texts("train") == two[1].texts("train")


# -- mistakes in scoring --------------------------------------------------------------------

LENGTHS = np.random.default_rng(0).integers(1, 9, size=2 * faults.BATCH + 7)


@pytest.mark.parametrize("name", faults.ORDERS)
def test_each_answer_is_scored_once_and_nearly_all_for_another_text(name):
    order = faults.ORDERS[name](LENGTHS, np.random.default_rng(1))
    assert sorted(order) == [*range(len(LENGTHS))]
    assert (order != np.arange(len(LENGTHS))).mean() > 0.8


def test_batches_by_length_and_answers_that_stay_in_their_batch():
    batches = faults.batches_by_length(LENGTHS)
    assert [len(b) for b in batches] == [faults.BATCH, faults.BATCH, 7]
    assert (np.diff(LENGTHS[np.concatenate(batches)]) >= 0).all()
    order = faults.misaligned_in_batches(LENGTHS, np.random.default_rng(1))
    for batch in batches:
        assert sorted(order[batch]) == sorted(batch)


def test_a_batch_sorted_for_packing_is_the_same_batch_by_falling_length():
    order = faults.sorted_in_batches(LENGTHS, np.random.default_rng(1))
    files = np.random.default_rng(1).permutation(len(LENGTHS))
    for start in range(0, len(files), faults.BATCH):
        batch = files[start : start + faults.BATCH]
        assert sorted(order[batch]) == sorted(batch)
        assert (np.diff(LENGTHS[order[batch]]) <= 0).all()


TASKS = [multilabel_task(), text_task(n=(80, 40, 60))]
QUICK = Recipe(
    width=8,
    steps=60,
    batch=8,
    evaluations=4,
    encoder=BiLSTM(units=6),
    optimiser=Adam(lr=0.02),
    schedule="simultaneous",
    threshold=0.3,
    loss="sigmoid_sum",
)


@pytest.fixture(scope="module")
def trained():
    """Result of a run; of each task its scores and its own, wrong and foreign answers."""
    found = []

    def look(i, model, tests):
        own, other = model.heads[i], model.heads[1 - i]
        found.append(
            (
                faults.all_scores(TASKS, i, model, tests, QUICK, 0),
                faults.answers(model, own, tests, i, i),
                faults.answers(model, other, tests, 1 - i, i),
                faults.answers(model, own, tests, i, 1 - i),
            )
        )

    return run(TASKS, QUICK, 0, look=look), found


def metrics(task, predicted):
    found = score(task, "test", predicted)
    return {m: found[m] for m in faults.METRICS}


@pytest.mark.parametrize("i", [0, 1])
def test_without_mistake_it_is_the_score_of_the_run(trained, i):
    result, found = trained
    name = TASKS[i].name
    assert found[i][0]["none"] == {
        m: result.scores[name, "test", "best", m] for m in faults.METRICS
    }
    assert found[i][0]["none"]["weighted_f1"] > 0.35


def test_scoring_does_not_change_the_run(trained):
    assert run(TASKS, QUICK, 0).scores == trained[0].scores


@pytest.mark.parametrize("i", [0, 1])
def test_scores_with_mistakes_are_those_of_the_answers(trained, i):
    scores, own, wrong, foreign = trained[1][i]
    task = TASKS[i]
    for name, order in faults.ORDERS.items():
        moved = order(task.splits["test"].lengths, numpy_stream(0, name, task.name))
        assert scores[name] == metrics(task, own[moved])
        assert scores[name] != scores["none"]
    assert wrong.shape == ((20,), (60, 5))[i]
    assert scores["wrong_head"] == metrics(task, faults.read_as(wrong, task.kind, task.n_labels))
    assert scores["fresh_head"]["accuracy"] < scores["none"]["accuracy"]
    joined = faults.concatenated([task, TASKS[1 - i]], "test")[0]
    assert len(joined.splits["test"]) == 80
    assert scores["concatenated_test"] == metrics(joined, np.concatenate([own, foreign]))


# -- chance ---------------------------------------------------------------------------------

GOLD, PREDICTED = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])


@pytest.mark.parametrize(
    ("batches", "hits", "agree"),
    [
        # label 0: 3·2/4, label 1: 1·2/4
        (None, (1.5, 0.5), 2),
        # first batch 2·2/2 of label 0; second 1·2/2 of label 1
        ([np.array([0, 1]), np.array([2, 3])], (2, 1), 3),
    ],
)
def test_chance_by_hand(batches, hits, agree):
    expected = {
        "accuracy": agree / 4,
        "weighted_precision": 0.75 * hits[0] / 2 + 0.25 * hits[1] / 2,
        "weighted_recall": 0.75 * hits[0] / 3 + 0.25 * hits[1] / 1,
        "weighted_f1": 0.75 * 2 * hits[0] / 5 + 0.25 * 2 * hits[1] / 3,
    }
    assert faults.chance(GOLD, PREDICTED, batches) == pytest.approx(expected)


SETS = [["a", "b"], ["a"], [], ["a", "b"]]


@pytest.mark.parametrize(
    ("kind", "gold", "predicted", "batches"),
    [
        ("classification", [*"aabc"], [0, 1, 1, 0], None),
        ("classification", [*"aabc"], [0, 1, 2, 0], [[0, 3, 1], [2]]),
        ("multilabel", SETS, [[1, 1], [1, 0], [0, 0], [0, 1]], None),
        ("multilabel", SETS, [[1, 1], [1, 0], [0, 1], [0, 1]], [[3, 0], [1, 2]]),
    ],
    ids=["a class never predicted", "classes in batches", "sets", "sets in batches"],
)
def test_chance_is_the_mean_over_all_orders(kind, gold, predicted, batches):
    one, predicted = task("t", gold, gold, kind), np.array(predicted)
    batches = [np.array(b) for b in batches or [[*range(4)]]]
    scores = []
    for orders in product(*(permutations(batch) for batch in batches)):
        place = np.empty(4, int)
        place[np.concatenate(batches)] = np.concatenate(orders)
        scores.append(score(one, "test", predicted[place]))
    found = faults.chance(one.splits["test"].targets, predicted, batches)
    assert found == pytest.approx({m: np.mean([s[m] for s in scores]) for m in found})


def test_chance_needs_a_label_of_every_text():
    with pytest.raises(TaskrelError, match="a gold label is absent"):
        faults.chance(np.array([0, ABSENT]), np.array([0, 1]))


# -- the tables -----------------------------------------------------------------------------

# Half of the labels are p: right answers in a random order have accuracy 1/2.
TONE = task("tone", ["p", "n"], ["p", "n", "p", "n"])
PUBLISHED = [
    row("both", "tone", group="all", accuracy=0.4, weighted_f1=0.3),
    row("single", "tone", accuracy=0.8),
    row("of another group", "tone", group="back", accuracy=0.1),
]


def table(*scores):
    records = [[*mistakes, "joint", "all", "tone", "accuracy", v] for *mistakes, v in scores]
    return faults.score_table(records, PUBLISHED, {"tone": TONE})


SCORES = table(
    ("none", "none", 0.9),
    ("none", "misaligned", 0.5),
    ("none", "none", 0.7),
    ("none", "misaligned", 0.5),
    ("shuffled_labels", "none", 0.6),
    ("shuffled_labels", "misaligned", 0.4),
)


def test_mean_interval_and_published_scores():
    rows = SCORES.set_index(["training", "scoring", "metric"])
    right = rows.loc["none", "none", "accuracy"]
    half = stats.t.ppf(0.975, 1) * np.std([0.9, 0.7], ddof=1) / np.sqrt(2)
    assert right[
        ["mean", "low", "high", "n_seeds", "published", "published_alone"]
    ].tolist() == pytest.approx([0.8, 0.8 - half, 0.8 + half, 2, 0.4, 0.8])
    agreeing = rows.loc["none", "misaligned", "accuracy"]
    assert (agreeing["mean"], agreeing["n_seeds"]) == (0.5, 2)
    assert np.isnan(agreeing["low"])


def test_right_answers_out_of_order_need_no_training():
    rows = SCORES[SCORES.training == "perfect"].set_index(["scoring", "metric"])
    assert rows.loc["misaligned", "accuracy"][["mean", "n_seeds"]].tolist() == [0.5, 0]
    # four texts are one batch
    assert rows.loc["misaligned_in_batches", "weighted_f1"]["mean"] == 0.5
    assert rows["published"].dropna().to_dict() == {
        (s, m): v
        for s in ("misaligned", "misaligned_in_batches")
        for m, v in (("accuracy", 0.4), ("weighted_f1", 0.3))
    }


def test_distances_by_hand():
    rows = faults.summarised(SCORES).set_index(["training", "scoring"])
    assert rows.index.tolist()[0] == ("shuffled_labels", "misaligned")
    assert rows["distance"].is_monotonic_increasing
    for mistakes, distance, ratio, n in [
        (("shuffled_labels", "misaligned"), 0.0, 0.4 / 0.8 - 0.4 / 0.8, 1),
        (("none", "none"), 0.4, 1 - 0.4 / 0.8, 1),
        (("none", "misaligned"), 0.1, 0.5 / 0.8 - 0.4 / 0.8, 1),
        (("perfect", "misaligned"), np.sqrt((0.1**2 + 0.2**2) / 2), 0.5 - 0.4 / 0.8, 2),
    ]:
        assert rows.loc[mistakes].tolist() == pytest.approx([distance, abs(ratio), n])


def test_where_the_right_score_is_zero_there_is_no_ratio():
    rows = faults.summarised(table(("none", "none", 0.0), ("none", "misaligned", 0.0)))
    rows = rows.set_index("training")
    assert rows.loc["none", "ratio_distance"].isna().all()
    assert rows.loc["perfect", "ratio_distance"].notna().all()


def test_share_of_answers_in_their_place():
    found = faults.signature(SCORES).set_index("metric").loc["accuracy"]
    assert found[["published", "published_alone", "chance"]].tolist() == [0.4, 0.8, 0.5]
    assert found["share"] == pytest.approx((0.4 - 0.5) / (0.8 - 0.5))
