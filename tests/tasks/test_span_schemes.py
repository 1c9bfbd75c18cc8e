"""Which scheme labels follow, and what each label means in it."""

import numpy as np
import pytest

from taskrel.tasks.span_schemes import IO, LETTERS, STYLES, Scheme, find_scheme


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
    ],
)
def test_schemes(labels, says, label, means):
    scheme = find_scheme(labels, "O")
    assert scheme.says == says
    assert scheme.parse(label) == means


@pytest.mark.parametrize(
    "labels",
    [["PER", "LOC", "O"], ["B-PER", "MISC", "O"], ["B-PER", "b-per"], ["B-X", "L-X", "E-X"], ["O"]],
)
def test_labels_that_fit_none(labels):
    assert find_scheme(labels, "O") is None


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
    found = find_scheme(np.random.default_rng(0).permutation([*labels, "O"]).tolist(), "O")
    assert (found.name, found.style) == (name, style)
