"""From a card and files to a task: codes, order of the steps, refusals."""

import hashlib

import pytest
from made_cards import SPLIT_FILES, TAGGED, card, write

from taskrel.errors import CardError, DataError
from taskrel.tasks.encode import MOST_TOKENS, encode
from taskrel.tasks.load import describe, load_task
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT, SPLITS


def test_tagging_is_coded_by_training_labels(tmp_path):
    task = load_task(card(), write(tmp_path, **TAGGED))
    assert task.words == ("a", "b", "c", "z")
    assert (task.labels, task.unseen) == (("N", "O", "V"), ("P", "Q"))
    assert task.n_labels == 3 and task.all_labels == ("N", "O", "V", "P", "Q")
    train, dev, test = (task.splits[s] for s in SPLITS)
    assert train.tokens.tolist() == [1, 0, 2] and train.offsets.tolist() == [0, 2, 3]
    assert train.targets.tolist() == [0, 1, 2] and train.lengths.tolist() == [2, 1]
    assert dev.targets.tolist() == [1, 4] and test.targets.tolist() == [2, 3, 1]
    assert task.texts("test") == ["c b a"]
    with pytest.raises(ValueError, match="read-only"):
        train.tokens[0] = 1


def test_classification_and_multilabel(tmp_path):
    rows = {
        "train": [("a", "y"), ("b", "n"), ("c", None)],
        "dev": [("d", "m"), ("e", "y")],
        "test": [("e", "y")],
    }
    task = load_task(card("classification"), write(tmp_path, **rows))
    assert task.labels == ("n", "y") and task.unseen == ("m",)
    assert task.splits["train"].targets.tolist() == [1, 0, ABSENT]
    assert task.splits["dev"].targets.tolist() == [2, 1]
    rows = {
        "train": [("a", ["y", "n"]), ("b", [])],
        "dev": [("d", ["m", "y"])],
        "test": [("e", ["n"])],
    }
    task = load_task(card("multilabel"), write(tmp_path, **rows))
    assert task.splits["train"].targets.tolist() == [[1, 1, 0], [0, 0, 0]]
    assert task.splits["dev"].targets.tolist() == [[0, 1, 1]]


def test_a_dev_or_test_split_may_have_empty_rows_alone(tmp_path):
    rows = {"train": [("a", ["y", "n"])], "dev": [("d", [])], "test": [("e", [])]}
    task = load_task(card("multilabel"), write(tmp_path, **rows))
    assert task.splits["dev"].targets.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("kind", "train", "other", "expected"),
    [
        ("classification", ["1", "0"], ["1.0", "0.0", None], "'0', '1', found '1.0', '0.0'"),
        ("classification", ["y", "n"], ["-1", "-1"], "'n', 'y', found '-1'"),
        ("multilabel", [["y", "n"], []], [["m"], []], "'n', 'y', found 'm'"),
        ("tagging", [["y", "n"]], [["m", "m"]], "'n', 'y', found 'm'"),
    ],
)
def test_a_split_with_unknown_labels_only_is_refused(kind, train, other, expected):
    """A test split without gold labels, or another spelling of them: its score could only be 0."""
    parts = {
        split: [Example(["a", "b"], label) for label in labels]
        for split, labels in (("train", train), ("dev", train), ("test", other))
    }
    with pytest.raises(DataError) as e:
        encode(parts, kind=kind, metric="accuracy", name="x")
    assert str(e.value) == (
        "task x: every label of the test split is unknown in training, so that no model can predict "
        f"it: expected {expected}; give a file with gold labels, or rename them with [labels] map "
        "in a card"
    )
    # The vector of a label that training lacks may be predicted all the same.
    if kind == "classification":
        encode(parts, kind="regression", metric="nearest_accuracy", name="x")


def test_labels_are_lowered_then_mapped_then_absent(tmp_path):
    rules = {"lower": True, "map": {"v": "verb", "q": "gone"}, "absent": ["gone", "n"]}
    rows = TAGGED | {"train": [*TAGGED["train"], ("d", ["X"])]}
    task = load_task(card(labels=rules), write(tmp_path, **rows))
    assert task.labels == ("o", "verb", "x")
    assert task.splits["train"].targets.tolist() == [ABSENT, 0, 1, 2]
    assert task.splits["dev"].targets.tolist() == [0, ABSENT]
    # Two labels of one text that map to the same one are one.
    rows = {
        "train": [("a", ["p", "q"]), ("b", ["r"])],
        "dev": [("c", ["r"])],
        "test": [("d", ["r"])],
    }
    task = load_task(
        card("multilabel", labels={"map": {"p": "s", "q": "s"}}), write(tmp_path, **rows)
    )
    assert task.splits["train"].targets.tolist() == [[0, 1], [1, 0]]


def test_blank_texts_and_leaks_are_counted_before_the_cut(tmp_path):
    rows = {
        "train": [
            *((f"{c} w", "ab"[i % 2]) for i, c in enumerate("bcdefghijk")),
            (" ", "b"),
            ("T same", "a"),
        ],
        "test": [("t SAME", "a"), ("b other", "b")],
    }
    files = [f for f in SPLIT_FILES if f["split"] != "dev"]
    task = load_task(
        card(
            "classification",
            files=files,
            leaks=["key", "text"],
            options={"key": "key"},
            cut={"dev": 0.3, "by": ["key"]},
        ),
        write(tmp_path, **rows),
    )
    assert task.left_out == {
        "blank texts": 1,
        "training examples whose key is also in dev or test": 1,
        "training examples whose text is also in dev or test": 1,
    }
    assert [len(task.splits[s]) for s in SPLITS] == [6, 3, 2]
    assert describe(task) == {
        "task": "x",
        "kind": "classification",
        "metric": "accuracy",
        "labels": 2,
        "train": 6,
        "dev": 3,
        "test": 2,
        "left_out": dict(task.left_out),
    }


def test_repeats_are_counted_after_leaks(tmp_path):
    rows = {
        "train": [
            ("b one", "x"),
            ("b two", "y"),
            ("c three", "y"),
            ("a four", "x"),
            ("a five", "x"),
        ],
        "dev": [("d", "x")],
        "test": [("a six", "x")],
    }
    task = load_task(
        card("classification", leaks=["key"], repeats=["key"], options={"key": "key"}),
        write(tmp_path, **rows),
    )
    assert task.texts("train") == ["b one", "c three"]
    assert task.left_out == {
        "training examples whose key is also in dev or test": 2,
        "training examples whose key occurs earlier in training": 1,
    }


@pytest.mark.parametrize(("capped", "option"), [("train", "limit"), ("dev", "dev")])
def test_a_cap_draws_examples_with_its_seed(tmp_path, capped, option):
    many = [(f"w{i}", ["NO"[i % 2]]) for i in range(30)]
    data = write(tmp_path, **(TAGGED | {"train": many, "dev": many}))
    whole = load_task(card(), data)
    first, again, other = (
        load_task(card(), data, seed=s, name="small", **{option: 10}) for s in (1, 1, 2)
    )
    kept = first.texts(capped)
    assert len(kept) == 10 and set(kept) < set(whole.texts(capped))
    assert kept == sorted(kept, key=lambda t: int(t[1:]))  # order of the file
    assert again.texts(capped) == kept != other.texts(capped)
    for split in {"train", "dev", "test"} - {capped}:
        assert first.texts(split) == whole.texts(split)
    assert (first.name, first.family) == ("small", "x")
    assert first.digest == again.digest != other.digest
    assert load_task(card(), data, **{option: 30}).digest == whole.digest


@pytest.mark.parametrize(
    ("wanted", "size"), [(None, 3), (2, 2), (3, 3), (8, 8), (99, 3 + 16)], ids=str
)
def test_unused_training_examples_join_a_test_split_that_is_too_small(tmp_path, wanted, size):
    train = [(f"w{i}", ["NO"[i % 2]]) for i in range(30)]
    # Of the others, one is a text of dev and one differs from a text of test by case alone.
    dev, test = [("w1", ["N"])], [("W2", ["N"]), ("x", ["O"]), ("y", ["N"])]
    data = write(tmp_path, **(TAGGED | {"train": train, "dev": dev, "test": test}))
    task = load_task(card(), data, limit=12, test=wanted)
    used = set(task.texts("train"))
    found = task.texts("test")
    assert len(task.splits["train"]) == 12
    if wanted != 99:
        assert len(found) == size
    else:  # all that are left, but those that are known already
        assert set(found) == {"x", "y", "w2"} | {f"w{i}" for i in range(30)} - used - {"w1"}
    assert not used & set(found) - {"w2"}
    joined = task.left_out.get("note: unused training examples that join test", 0)
    assert joined == max(0, len(found) - 3)
    if wanted is not None:
        again = load_task(card(), data, limit=12, test=wanted)
        assert again.digest == task.digest


def test_without_a_limit_nothing_is_unused(tmp_path):
    data = write(tmp_path, **TAGGED)
    assert load_task(card(), data, test=50).digest == load_task(card(), data).digest


def file(**changes):
    return [{"path": "train.jsonl", "split": "train"} | changes, *SPLIT_FILES[1:]]


REFUSED = [  # changes to the card, to the files, what is said
    ({"reader": "jsnl"}, {}, "card x: field 'reader': unknown reader 'jsnl'; did you mean jsonl?"),
    (
        {"reader": "lines"},
        {},
        "card x: field 'kind': reader 'lines' reads classification and "
        "multilabel and regression, not tagging; change kind or reader",
    ),
    (
        {"reader": "columns", "kind": "classification"},
        {},
        "field 'kind': reader 'columns' reads tagging, not classification",
    ),
    ({"options": {"tag": "t"}}, {}, r"card x, \[options\]: unknown field 'tag'; did you mean tags"),
    ({"files": []}, {}, "card x: field 'files' is missing: reader 'jsonl' needs at least one file"),
    (
        {"files": file(path="gone", url="https://e.org/gone")},
        {},
        r"card x: .*gone: no such file; get it with: taskrel fetch x --tasks "
        "FOLDER_OF_ITS_CARD, or name another data folder with --data or TASKREL_DATA",
    ),
    ({"files": file(path="gone", by_hand="ask them")}, {}, "no such file; by hand: ask them, or"),
    ({"files": file(path="gone")}, {}, "gone: no such file; put it there, or name another"),
    (
        {"files": file(sha256="0" * 64)},
        {},
        r"card x: .*train.jsonl: wrong checksum: expected 000000000000…, found [0-9a-f]{64}; "
        "get the file again",
    ),
    ({"files": SPLIT_FILES[1:]}, {}, "card x: the train split is empty"),
    (
        {"files": SPLIT_FILES[:2]},
        {},
        r"card x: the test split is empty; name a file for it, or set "
        r"\[cut\]",
    ),
    (
        {},
        {"train": [("a b", ["O", "O"])]},
        "task x: expected two labels or more in training, found only 'O'",
    ),
    ({"labels": {"absent": ["N", "O", "V"]}}, {}, "in training, found none"),
    (
        {"kind": "classification"},
        {"train": [("a", None), ("b", None)], "dev": [("c", "y")], "test": [("d", "n")]},
        "in training, found none",
    ),
    (
        {"labels": {"absent": ["O", "Q"]}},
        {"train": [("a b", ["N", "V"])]},
        "task x: expected a label to score in the dev split, but all labels of its 1 examples are "
        "absent; check the labels, and 'labels.absent' of a card",
    ),
    (
        {"kind": "classification"},
        {
            "train": [("a", "y"), ("b", "n")],
            "dev": [("c", "y")],
            "test": [("d", None), ("e", None)],
        },
        "task x: expected a label to score in the test split, but all labels of its 2 ",
    ),
    (
        {"metric": "micro_f1", "labels": {"outside": "o"}},
        {},
        "task x: no training token has the outside label 'o'; did you mean O?",
    ),
]


@pytest.mark.parametrize(("changes", "rows", "said"), REFUSED)
def test_refused(tmp_path, changes, rows, said):
    data = write(tmp_path, **TAGGED | rows)
    with pytest.raises((CardError, DataError), match=said):
        load_task(card(**changes), data)


@pytest.mark.parametrize("kind", ["classification", "multilabel"])
def test_long_texts_are_cut_and_counted(tmp_path, kind):
    y, n = ("y", "n") if kind == "classification" else (["y"], ["n"])
    rows = {
        "train": [("a " * MOST_TOKENS, y), ("b " * (MOST_TOKENS + 1), n), ("c", n)],
        "dev": [("d " * 2 * MOST_TOKENS, y)],
        "test": [("e", y)],
    }
    task = load_task(card(kind), write(tmp_path, **rows))
    assert task.splits["train"].lengths.tolist() == [MOST_TOKENS, MOST_TOKENS, 1]
    assert task.splits["dev"].lengths.tolist() == [MOST_TOKENS]
    assert task.left_out == {"texts cut to 5,000 tokens": 2}


def test_a_long_sentence_with_a_label_per_token_is_refused(tmp_path):
    n = MOST_TOKENS + 1
    data = write(tmp_path, **TAGGED | {"dev": [("a " * n, ["O"] * n)]})
    with pytest.raises(
        DataError,
        match="task x: a sentence of the dev split has 5,001 tokens, more than the 5,000 that are "
        "allowed; were blank lines between sentences lost",
    ):
        load_task(card(), data)


def test_undecodable_bytes_name_their_line(tmp_path):
    data = write(tmp_path, **TAGGED)
    (data / "dev.jsonl").write_bytes(b'{"tokens": ["a"], "tags": ["O"]}\n{"tokens": ["\xe9"]}')
    with pytest.raises(DataError, match=r"dev.jsonl, line 2: byte 0xe9 is not utf-8; set options"):
        load_task(card(), data)


def test_the_right_checksum_passes(tmp_path):
    data = write(tmp_path, **TAGGED)
    digest = hashlib.sha256((data / "train.jsonl").read_bytes()).hexdigest()
    assert load_task(card(files=file(sha256=digest)), data).n_labels == 3


def test_files_without_a_split_start_as_training(tmp_path):
    write(tmp_path, pool=[(f"w{i}", ["NO"[i % 2]]) for i in range(10)])
    task = load_task(card(files=[{"path": "pool.jsonl"}], cut={"dev": 0.2, "test": 0.3}), tmp_path)
    assert [len(task.splits[s]) for s in SPLITS] == [5, 2, 3]


def test_missing_labels_may_mean_one_label(tmp_path):
    rows = TAGGED | {"train": [*TAGGED["train"], ("d e", ["N", None])]}
    data = write(tmp_path, **rows)
    labels = {"empty": "O", "outside": "O", "absent": ["V"]}
    task = load_task(card(labels=labels), data)
    assert task.labels == ("N", "O")
    assert task.splits["train"].targets.tolist() == [0, 1, ABSENT, 0, 1]
    (tmp_path / "t.tsv").write_text("a\tO\nb\t\nc\tN\n\n" * 5)
    how = {
        "reader": "columns",
        "files": [{"path": "t.tsv"}],
        "cut": {"dev": 0.2, "test": 0.2, "by": []},
    }
    task = load_task(card(labels={"empty": "O"}, **how), tmp_path)
    assert task.left_out == {"tokens without a label, read as 'O'": 5}
    assert task.labels == ("N", "O")
    assert load_task(card(**how), tmp_path).left_out == {"tokens without a label": 5}


WHOLE = {"kind": "classification", "reader": "delimited", "files": [{"path": "t.tsv"}]}
CUT = {"dev": 0.2, "test": 0.2}


@pytest.mark.parametrize(
    ("text", "changes", "said"),
    [
        ("", {}, "card x: .*t.tsv: the file is empty; get it again, or name another$"),
        ("\n\n", {}, r"card x: no text was read from .*t.tsv; left out: 2 blank lines$"),
        (
            "",
            {"options": {"header": True, "text": "text", "label": "label"}},
            "t.tsv: the file is empty",
        ),
        (
            "text\tlabel\n",
            {"options": {"header": True, "text": "text", "label": "label"}},
            "card x: no text was read from .*t.tsv$",
        ),
        ("a\tx\n", {}, "card x: 1 text is too few for 3 splits; give more texts, or texts of"),
        (
            "a\tx\na\ty\n" * 9,
            {},
            "card x: 18 texts are 1 group, because equal texts stay together, which is too few for",
        ),
        (
            "a\tx\nb\ty\n",
            {
                "files": [{"path": "t.tsv", "split": "train"}, {"path": "t.tsv", "split": "dev"}],
                "leaks": ["text"],
            },
            "card x: the train split is empty: all of its 2 texts are left out "
            r"\(2 training examples whose text is also in dev or test\); change leaks or repeats",
        ),
        (
            "a\tx\nb\ty\n",
            {"files": [{"path": "t.tsv", "split": "train"}, {"path": "e.tsv", "split": "dev"}]},
            "card x: the dev split is empty: no text was read from e.tsv$",
        ),
        (
            "".join(f"w{i}\t{'y' if i == 3 else 'x'}\n" for i in range(10)),
            {"cut": {"dev": 0.4, "test": 0.4}},
            r"expected two labels or more in training, found only 'x', while 'y' occurs in dev or "
            r"test alone; give more such texts, or set \[cut\] stratify or another seed",
        ),
    ],
)
def test_an_empty_split_says_why(tmp_path, text, changes, said):
    (tmp_path / "t.tsv").write_text(text)
    (tmp_path / "e.tsv").write_text("")
    cut = {} if "files" in changes else {"cut": CUT}
    with pytest.raises(DataError, match=said):
        load_task(card(**(WHOLE | cut | changes)), tmp_path)


def test_a_path_too_long_for_any_system(tmp_path):
    with pytest.raises(DataError, match="no such file; put it there"):
        load_task(card(**WHOLE | {"files": [{"path": "x" * 300}]}), tmp_path)
