"""A task in memory: digest, regressions, inventory, pickling."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from made_cards import TAGGED, card, write

from taskrel.tasks.encode import encode
from taskrel.tasks.load import describe, load_task
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT, SPLITS

CHANGES = {  # each changes what a run would learn or score
    "word": {"train": [("b e", ["N", "O"]), ("c", ["V"])]},
    "label": {"train": [("b a", ["O", "N"]), ("c", ["V"])]},
    "border": {"train": [("b", ["N"]), ("a c", ["O", "V"])]},
    "order": {"train": [("c", ["V"]), ("b a", ["N", "O"])]},
    "dev": {"dev": [("a z", ["Q", "O"])]},
    "unseen label": {"dev": [("a z", ["O", "W"])]},
    "test": {"test": [("c b a", ["O", "P", "V"])]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_digest_tells_contents_apart(tmp_path, change):
    before = load_task(card(), write(tmp_path, **TAGGED))
    assert before.digest == load_task(card(), tmp_path).digest
    assert before.digest != load_task(card(), write(tmp_path, **TAGGED | CHANGES[change])).digest


def test_digest_depends_on_name_metric_and_outside_not_on_the_rest(tmp_path):
    data = write(tmp_path, **TAGGED)
    plain = load_task(card(), data).digest
    assert load_task(card(title="u", licence="l", family="f"), data).digest == plain
    assert load_task(card(), data, name="y").digest != plain
    scored = {
        load_task(card(metric="micro_f1", labels={"outside": label}), data).digest for label in "NO"
    }
    assert len(scored | {plain}) == 3


def test_a_regression_is_coded_as_a_classification_is(tmp_path):
    data = write(
        tmp_path,
        train=[("a", "y"), ("b", "n"), ("c", None)],
        dev=[("d", "m"), ("f", "n")],
        test=[("e", "y")],
    )
    named, aimed = (
        load_task(card(kind, metric=metric), data)
        for kind, metric in (("classification", "accuracy"), ("regression", "nearest_accuracy"))
    )
    assert (aimed.labels, aimed.unseen, aimed.per_token) == (("n", "y"), ("m",), False)
    for split in SPLITS:
        assert aimed.splits[split].targets.tolist() == named.splits[split].targets.tolist()
    # Labels that training lacks have no vector to aim at.
    assert aimed.wanted - named.wanted == {"n", "y"} and named.wanted == set(named.words)


def test_labels_of_a_regression_are_mapped_as_others_are(tmp_path):
    data = write(
        tmp_path,
        train=[("a", "Y_Y"), ("b", "N"), ("c", "X")],
        dev=[("d", "N")],
        test=[("e", "y_y")],
    )
    task = load_task(
        card(
            "regression",
            metric="nearest_accuracy",
            labels={"lower": True, "map": {"y_y": "y y"}, "absent": ["x"]},
        ),
        data,
    )
    assert task.labels == ("n", "y y") and {"n", "y"} <= task.wanted
    assert task.splits["train"].targets.tolist() == [1, 0, ABSENT]


def regression(unit="token", **about):
    parts = {
        s: [
            Example(["a", "b"], ["p", None] if unit == "token" else "p"),
            Example(["c"], ["q"] if unit == "token" else "q"),
        ]
        for s in SPLITS
    }
    return encode(parts, kind="regression", metric="nearest_accuracy", name="x", unit=unit, **about)


def test_a_regression_may_have_targets_per_token():
    task = regression()
    assert task.per_token and task.kind_and_unit == "regression per token"
    assert task.splits["train"].targets.tolist() == [0, ABSENT, 1]
    assert describe(task)["kind"] == "regression per token"


def test_an_inventory_may_have_labels_that_no_training_example_has():
    assert regression(labels=["r"]).labels == ("p", "q", "r")


def test_unit_and_causal_are_part_of_the_digest():
    assert (
        len(
            {
                regression().digest,
                regression(causal=True).digest,
                regression("text").digest,
                regression("text", causal=True).digest,
            }
        )
        == 4
    )
    # Alike but for the unit: a text of one token.
    one = {s: [Example(["a"], "p"), Example(["c"], "q")] for s in SPLITS}
    each = {s: [Example(["a"], ["p"]), Example(["c"], ["q"])] for s in SPLITS}
    about = {"kind": "regression", "metric": "nearest_accuracy", "name": "x"}
    assert encode(one, **about).digest != encode(each, unit="token", **about).digest


def test_a_scheme_is_part_of_the_digest_where_it_changes_what_labels_mean():
    def tagged(last, wanted="auto"):
        labels = ["B-X", "I-X", last, "O"]
        parts = {s: [Example(["a", "b", "c", "d"], labels)] for s in SPLITS}
        return encode(parts, kind="tagging", metric="span_f1", name="x", outside="O", scheme=wanted)

    assert tagged("E-X").digest == tagged("E-X", "IOBES").digest
    assert tagged("E-X").digest == replace(tagged("E-X"), scheme=None).digest
    assert tagged("E-X").digest != tagged("E-X", "IO").digest
    assert tagged("L-X").digest != replace(tagged("L-X"), scheme=None).digest


def test_digests_of_tasks_without_the_younger_fields_stay(tmp_path):
    # As computed before `unit` and `causal` came.
    assert load_task(card(), write(tmp_path, **TAGGED)).digest.startswith("b39ff884d8a24921")


def test_a_task_survives_pickling_read_only(tmp_path):
    task = load_task(card(), write(tmp_path, **TAGGED))
    copy = pickle.loads(pickle.dumps(task))
    assert copy.digest == task.digest and copy.family == task.family
    assert all(np.array_equal(copy.splits[s].targets, task.splits[s].targets) for s in SPLITS)
    assert not copy.splits["train"].tokens.flags.writeable
