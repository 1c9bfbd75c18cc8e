"""Which scheme labels follow, and what each label means in it."""

import re

import numpy as np
import pytest

from taskrel.errors import DataError
from taskrel.tasks.span_schemes import (
    IO,
    LETTERS,
    STYLES,
    Scheme,
    closest_scheme,
    task_scheme,
)


@pytest.mark.parametrize(
    ("labels", "says", "label", "means"),
    [
        (["B-PER", "I-PER", "O"], "IOB1 or IOB2", "I-PER", ("I", "PER")),
        (["I-PER", "O"], "IOB1 or IOB2", "I-PER", ("I", "PER")),
        (["B", "I", "O"], "IOB1 or IOB2", "B", ("B", "")),
        (["B-a-b", "I-a-b"], "IOB1 or IOB2", "B-a-b", ("B", "a-b")),
        (["B-PER", "I-PER", "E-PER", "S-LOC", "O"], "IOBES", "S-LOC", ("S", "LOC")),
        (["B-PER", "I-PER", "L-PER", "U-LOC", "O"], "BILOU", "U-LOC", ("S", "LOC")),
        (["B-PER", "L-PER", "O"], "BILOU", "L-PER", ("E", "PER")),
        (["B-PER", "M-PER", "E-PER", "S-LOC", "O"], "BMES", "M-PER", ("I", "PER")),
        (["b-per", "i-per", "O"], "IOB1 or IOB2, small letters", "b-per", ("B", "per")),
        (["B_PER", "I_PER", "O"], "IOB1 or IOB2, underscore", "I_PER", ("I", "PER")),
        (["PER-B", "PER-I", "O"], "IOB1 or IOB2, letter last", "PER-B", ("B", "PER")),
        (["PER_S", "PER_E", "O"], "IOBES, underscore, letter last", "PER_S", ("S", "PER")),
        (["U-PER", "O"], "BILOU", "X-PER", ("I", "X-PER")),
        (["I-PER", "E-PER", "O"], "IOE1 or IOE2", "E-PER", ("E", "PER")),
        (["B-PER", "W-PER", "O"], "BMEWO", "W-PER", ("S", "PER")),
        (["b-per", "u-loc", "O"], "BILOU, small letters", "u-loc", ("S", "loc")),
        (["B", "M", "E", "S"], "BMES", "M", ("I", "")),  # segmentation: no token is outside
    ],
)
def test_schemes(labels, says, label, means):
    scheme = task_scheme("t", labels, [], outside="O", metric="span_f1")
    assert scheme.says == says
    assert scheme.parse(label) == means


REFUSED = [  # labels, wanted, what is said
    (
        ["PER", "LOC", "O"],
        "auto",
        "labels 'LOC', 'PER' do not fit any scheme that marks spans, such as IOB2 with B-PER and "
        'I-PER; rename (labels.map of a card), or set scheme = "IO"',
    ),
    (["L", "O"], "auto", "label 'L' does not fit any scheme"),
    (
        ["B-PER", "I-PER", "MISC", "O"],
        "auto",
        "label 'MISC' does not fit the scheme of the others, IOB1 or IOB2; rename",
    ),
    (["B-PER", "I-PER", "b-per", "O"], "auto", "label 'b-per' does not fit the scheme of the oth"),
    (["B-X", "L-X", "E-X", "O"], "auto", "label 'L-X' does not fit the scheme of the others, IOBE"),
    (["B-X", "I-X", "L-X", "O"], "IOB2", "label 'L-X' does not fit scheme = 'IOB2'"),
    (
        [*(f"B-X{i}" for i in range(5)), "O"],
        "IOE1",
        "labels 'B-X0', 'B-X1', 'B-X2' and 2 more do not fit scheme = 'IOE1'",
    ),
    (["B-X", "I-X", "o"], "auto", "no training token has the outside label 'O'; did you mean o"),
    (["B-X", "I-X", "_"], "auto", "no training token has the outside label 'O'; known: B-X, I-X"),
    (["X", "Y"], "IO", "no training token has the outside label 'O'; known: X, Y"),
]


@pytest.mark.parametrize(("labels", "wanted", "said"), REFUSED)
def test_labels_that_are_refused(labels, wanted, said):
    with pytest.raises(DataError, match=f"task t: {re.escape(said)}"):
        task_scheme("t", labels, [], outside="O", metric="span_f1", wanted=wanted)


def test_labels_of_dev_and_test_count():
    found = task_scheme("t", ["B-X", "O"], ["L-X"], outside="O", metric="span_f1")
    assert found == Scheme("BILOU")


def test_other_metrics_need_no_scheme_but_the_outside_label():
    about = {"outside": "delete", "metric": "micro_f1"}
    assert task_scheme("t", ["delete", "keep"], [], **about) is None
    assert task_scheme("t", ["delete", "U-X"], [], **about) == Scheme("BILOU")
    with pytest.raises(DataError, match="no training token has the outside label 'delete'"):
        task_scheme("t", ["B-X", "I-X"], [], **about)
    with pytest.raises(DataError, match="label 'keep' does not fit scheme = 'IOB1'"):
        task_scheme("t", ["delete", "keep"], [], **about, wanted="IOB1")
    assert task_scheme("t", ["N", "V"], [], outside=None, metric="accuracy") is None
    with pytest.raises(
        DataError, match="scheme = 'IO' is for taggings with an outside label; name"
    ):
        task_scheme("t", ["N", "V"], [], outside=None, metric="accuracy", wanted="IO")


@pytest.mark.parametrize(
    ("wanted", "labels", "found"),
    [
        ("BIOES", ["B-X", "I-X"], Scheme("IOBES")),
        ("IO", ["B-X", "PER"], Scheme(IO)),
        ("BMES", ["X_s", "X_m"], Scheme("BMES", "underscore, letter last", lower=True)),
        ("BILOU", ["L", "U"], Scheme("BILOU")),
    ],
)
def test_a_named_scheme_is_taken(wanted, labels, found):
    about = {"outside": "O", "metric": "span_f1", "wanted": wanted}
    assert task_scheme("t", [*labels, "O"], [], **about) == found


def test_io_takes_each_label_for_a_type():
    assert Scheme(IO).parse("B-PER") == ("I", "B-PER")


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("style", STYLES)
def test_every_scheme_is_found_in_every_style(name, style):
    form = {
        "": "{0}-{1}",
        "underscore": "{0}_{1}",
        "letter last": "{1}-{0}",
        "underscore, letter last": "{1}_{0}",
    }[style]
    labels = [form.format(letter, kind) for letter in LETTERS[name] for kind in ("PER", "LOC")]
    found, misfits = closest_scheme(np.random.default_rng(0).permutation(labels).tolist())
    assert (found.name, found.style, misfits) == (name, style, [])
