"""Messages for data frames from which no task can be made."""

import pandas as pd
import pytest
from made_frames import TEXTS, frame, texts, tones

from taskrel.errors import DataError, UsageError
from taskrel.tasks.task import Task

UP = {"label": ["up", "down"] * 20}
TAGGED = {"tokens": [["a"], ["b"]], "tags": [["O"], ["B"]]}

REFUSED = [  # columns of the frame, options, what is said
    (
        UP,
        {"label": "labl"},
        "label='labl': the frame has no column of this name; did you mean label",
    ),
    (UP, {"text": "x"}, "text='x': the frame has no column of this name; known: label, text"),
    (UP, {"split": "s"}, "split='s': the frame has no column of this name"),
    (
        UP,
        {"label": None},
        "expected the columns text and label, text and labels, text and flags, or tokens and tags, "
        "found text$",
    ),
    (UP, {"tags": "label"}, "found text and label and tags"),
    (UP, {"text": None, "text_pair": "text"}, "or tokens and tags, found label$"),
    (UP, {"label": None, "flags": "label"}, "flags: expected a list of columns, found 'label'"),
    (
        UP,
        {"label": None, "flags": ["label", "loud"]},
        "flags='loud': the frame has no column of this name",
    ),
    (UP, {"text": None, "label": None}, "found none"),
    (
        UP,
        {"kind": "regression"},
        "expected kind 'classification' for the columns text and label, found 'regression'",
    ),
    (
        UP,
        {"metric": "acuracy"},
        "'acuracy' is not a metric of classification tasks; did you mean accuracy",
    ),
    (UP, {"outside": "O"}, "outside is for tagging, not for classification"),
    (UP, {"dev": 0.5, "test": 0.5}, "whose sum is below 1, found 0.5 and 0.5"),
    (UP, {"dev": -0.1}, "expected shares dev and test, from 0"),
    (UP, {"name": " "}, "expected a name, found ' '"),
    (UP, {"name": "x:next_word"}, "'x:next_word' is the name of an automated task"),
    (UP, {"dev": 0}, "task tones: the dev split is empty: dev is 0; set it to a share such as 0.1"),
    (
        {"label": [["up", "in"]] * 40},
        {},
        r"row df.iloc\[0\]: expected one label, found \['up', 'in'\] \(list\) in 'label'; texts with",
    ),
    ({"label": ["up"] * 40}, {}, "expected two labels or more in training, found only 'up'"),
    ({"label": [None] * 40}, {}, "expected two labels or more in training, found none"),
    (
        {"labels": ["a,b"] * 40},
        {"label": None, "labels": "labels"},
        r"expected a list of labels, found 'a,b' \(str\)",
    ),
    (
        UP | {"s": ["train", "extra"] * 20},
        {"split": "s"},
        r"row df.iloc\[1\]: expected 'train', 'dev' or 'test' .*'extra'",
    ),
    (
        UP | {"s": ["train", None] * 20},
        {"split": "s"},
        r"expected 'train', 'dev' or 'test' .* found (None|nan)",
    ),
    (
        UP | {"s": ["dev", "test"] * 20},
        {"split": "s"},
        "train split is empty: column 's' gives it no row that is left$",
    ),
    (
        UP | {"s": ["train", "dev"] * 20},
        {"split": "s", "test": 0},
        "column 's' gives it no row that is left, and test is 0",
    ),
]


@pytest.mark.parametrize(("columns", "options", "said"), REFUSED)
def test_refused(columns, options, said):
    with pytest.raises((UsageError, DataError), match=said):
        tones(texts(**columns), **options)


OTHER = [  # frame, options, what is said
    (frame(text=[], label=[]), {}, "task tones: the data frame has no rows"),
    (
        frame(text=[" ", ""], label=[1, 0]),
        {},
        r"the train split is empty: no row is left \(2 blank texts\)",
    ),
    (
        frame(text=["a", "A", "b"], label=[1, 0, 0]),
        {},
        "task tones: 3 texts are 2 groups, because equal texts stay together, which is too few",
    ),
    (
        frame(text=["a", 7], label=[1, 0]),
        {},
        r"task tones, row df.iloc\[1\]: expected a text, found 7 \(int\)",
    ),
    (
        pd.DataFrame([["a", 1, 2]], columns=["text", "label", "label"]),
        {},
        "frame has 2 columns of this name; rename",
    ),
    ([("a", 1)], {}, "expected a pandas DataFrame, found list"),
]


@pytest.mark.parametrize(("df", "options", "said"), OTHER)
def test_frames_that_are_refused(df, options, said):
    with pytest.raises((UsageError, DataError), match=said):
        tones(df, **options)


TAGS = [  # columns of the frame, options, what is said
    (
        {"tags": [["O"], ["B", "I"]]},
        {},
        r"df.iloc\[1\]: expected as many tags as tokens, found 2 and 1",
    ),
    (
        {"tokens": [[], ["b"]]},
        {},
        r"df.iloc\[0\]: expected as many tags as tokens, found 1 and 0",
    ),
    ({"tokens": ["a", ["b"]]}, {}, r"df.iloc\[0\]: expected a list of tokens, found 'a' \(str\)"),
    ({"tokens": [{"a"}, ["b"]]}, {}, r"expected a list of tokens, found {'a'} \(set\)"),
    (
        {"tokens": [["a"], [" "]]},
        {},
        r"df.iloc\[1\]: expected tokens that are strings and not blank, found ' ' \(str\)",
    ),
    (
        {"tokens": [["a"], [2]]},
        {},
        r"expected tokens that are strings and not blank, found 2 \(int\)",
    ),
    ({"tags": ["O", ["B"]]}, {}, r"expected a list of tags, found 'O' \(str\)"),
    ({}, {"metric": "micro_f1"}, "micro_f1 needs outside"),
    ({}, {"scheme": "iob"}, "unknown scheme 'iob'; did you mean "),
    (
        {"tokens": [[text] for text in TEXTS], "tags": [["B"], ["I"]] * 20},
        {"outside": "O"},
        "task tags: no training token has the outside label 'O'; known: B, I",
    ),
]


@pytest.mark.parametrize(("columns", "options", "said"), TAGS)
def test_taggings_that_are_refused(columns, options, said):
    with pytest.raises((UsageError, DataError), match=said):
        Task.from_frame(
            frame(**TAGGED | columns), tokens="tokens", tags="tags", name="tags", **options
        )


@pytest.mark.parametrize("function", ["from_dataset", "from_examples"])
def test_an_unknown_argument(function):
    with pytest.raises(
        UsageError, match=f"Task.{function} has no argument 'lable'; did you mean l"
    ):
        getattr(Task, function)([("a", "b")], name="x", lable=3)
