"""Entities of CoNLL-U, on made-up sentences."""

import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.entities import Entity, outermost, read_entities

# The marks of each word, the entities in the order of their opening, which are outermost.
SENTENCES = {
    "none": (["_", "SpaceAfter=No"], [], []),
    "one word": (["Entity=(1-plant-new)"], [(0, 0, "plant")], [0]),
    "among others": (
        ["Gloss=a|Entity=(1-plant-new|SpaceAfter=No", "_", "X=y|Entity=1)"],
        [(0, 2, "plant")],
        [0],
    ),
    "type alone": (["Entity=(1-plant)"], [(0, 0, "plant")], [0]),
    "nested": (
        ["Entity=(1-place-new-cf1", "_", "Entity=(2-time(3-person-new)", "Entity=2)1)"],
        [(0, 3, "place"), (2, 3, "time"), (2, 2, "person")],
        [0],
    ),
    "side by side": (
        ["Entity=(1-place)(2-time", "Entity=2)(3-plant", "Entity=3)"],
        [(0, 0, "place"), (0, 1, "time"), (1, 2, "plant")],
        [1],
    ),
    "neighbours": (
        ["Entity=(1-place", "Entity=1)", "Entity=(1-place)"],
        [(0, 1, "place"), (2, 2, "place")],
        [0, 1],
    ),
    # The shorter of two that open at one word is written first.
    "the longest": (
        ["Entity=(1-place(2-time", "Entity=1)", "Entity=2)"],
        [(0, 1, "place"), (0, 2, "time")],
        [1],
    ),
    "equal spans": (
        ["Entity=(1-place(2-time", "Entity=2)1)"],
        [(0, 1, "place"), (0, 1, "time")],
        [0],
    ),
    "crossing": (
        ["Entity=(1-place", "Entity=(2-time", "Entity=1)", "Entity=2)"],
        [(0, 2, "place"), (1, 3, "time")],
        [0],
    ),
    # Within itself, an entity closes before what it stands in.
    "the same twice": (
        ["Entity=(1-place", "Entity=(1-time", "Entity=1)", "Entity=1)"],
        [(0, 3, "place"), (1, 2, "time")],
        [0],
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_entities(case):
    misc, entities, outer = SENTENCES[case]
    found = read_entities(misc)
    assert found == [Entity(*e) for e in entities]
    assert outermost(found) == [found[i] for i in outer]


CONLLU = """# newdoc id = letter-1
1\tOur\t_\tDET\t_\t_\t_\t_\t_\tEntity=(1-person-new(2-person)
2-3\tcats're\t_\t_\t_\t_\t_\t_\t_\tEntity=(9-plant)
2\tcats\t_\tNOUN\t_\t_\t_\t_\t_\tEntity=1)
3\t're\t_\tAUX\t_\t_\t_\t_\t_\tSpaceAfter=No
4\tin\t_\tADP\t_\t_\t_\t_\t_\t_
5\tbed\t_\tNOUN\t_\t_\t_\t_\t_\tEntity=(3-place)

1\tYes\t_\tINTJ\t_\t_\t_\t_\t_\t_
"""


def test_labels_of_words(read, tmp_path):
    (tmp_path / "x.conllu").write_text(CONLLU)
    examples, tally = read("conllu", tmp_path / "x.conllu", column="entity")
    assert [(e.tokens, e.target, e.key) for e in examples] == [
        (
            ["Our", "cats", "'re", "in", "bed"],
            ["B-person", "I-person", "O", "O", "B-place"],
            "letter-1",
        ),
        (["Yes"], ["O"], "letter-1"),
    ]
    assert tally == {"entities inside another one, or overlapping it": 1}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("Entity=2)", "word 1 closes an entity that is not open, '2'"),
        ("Entity=(2-time", "entity '2' is opened but not closed"),
        ("Entity=(2)", r"expected marks such as \(5-person-new or 5\) at word 1, found '\(2\)'"),
        ("Entity=(2-time)x", r"at word 1, found '\(2-time\)x'"),
        ("Entity=x(2-time)", r"at word 1, found 'x\(2-time\)'"),
    ],
)
def test_malformed_marks(read, tmp_path, cell, message):
    row = "\t".join(["1", "Yes", *["_"] * 7, cell])
    (tmp_path / "x.conllu").write_text(f"# text = Yes\n\n{row}\n")
    with pytest.raises(DataError, match=f"line 3: the sentence that starts here: .*{message}"):
        read("conllu", tmp_path / "x.conllu", column="entity")
