"""JSON lines for the three kinds, and what is refused, by line."""

import pytest

from taskrel.errors import DataError


def test_tagging(read, made_up):
    examples, tally = read("jsonl", made_up / "tagged.jsonl", key="doc")
    assert [tuple(e[:4]) for e in examples] == [
        (["Bo", "lives", "in", "Ulm"], ["B-PER", "O", "O", "B-LOC"], "d1", None),
        (["Who", "?"], ["O", None], "2", None),
    ]
    assert tally == {"blank lines": 1}


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        ("classification", ["keen", "0", None]),
        ("multilabel", [["keen", "brief"], [], ["true", "3"]]),
    ],
)
def test_texts(read, made_up, kind, targets):
    examples, _ = read("jsonl", made_up / "posts.jsonl", kind)
    assert [e.tokens for e in examples] == [["I", "ca", "n't", "wait", "!"], ["not", "me"], ["hm"]]
    assert [e.target for e in examples] == targets


def test_other_field_names_and_a_label_for_the_file(read, tmp_path):
    (tmp_path / "x.jsonl").write_text('{"body": "hi", "mood": "glad"}\n')
    examples, _ = read("jsonl", tmp_path / "x.jsonl", "classification", text="body", label="mood")
    assert (examples[0].tokens, examples[0].target) == (["hi"], "glad")
    examples, _ = read("jsonl", tmp_path / "x.jsonl", "multilabel", text="body", file_label="a")
    assert examples[0].target == ["a"]


REFUSED = {  # a line, the kind, the complaint
    '{"tokens": ["a", "b"], "tags": ["O"]}': (
        "tagging",
        "line 2: expected as many tags as tokens, found 1 and 2",
    ),
    '{"tokens": ["a"], "tag": ["O"]}': ("tagging", "field 'tags' is missing; did you mean tag"),
    '{"tokens": "a", "tags": []}': (
        "tagging",
        "field 'tokens': expected a list of strings, found \"a\"",
    ),
    '{"tokens": ["a", ""], "tags": []}': ("tagging", 'strings that are not blank, found ""'),
    '{"tokens": [1], "tags": []}': ("tagging", "strings that are not blank, found 1"),
    '{"text": 3, "label": "a"}': ("classification", "field 'text': expected a string, found 3"),
    '{"text": "a"}': ("classification", "field 'label' is missing; known: text"),
    '{"text": "a", "label": ""}': ("classification", "field 'label': expected a label"),
    '{"text": "a", "label": ["x"]}': ("classification", r'whole number or null\), found \["x"\]'),
    '{"text": "a", "label": 0.5}': ("classification", "found 0.5"),
    '{"text": "a", "labels": "x"}': ("multilabel", "field 'labels': expected a list"),
    '["a"]': ("classification", r'expected a JSON object, found \["a"\]'),
    '{"text": "a"': ("classification", "line 2: not valid JSON"),
}


@pytest.mark.parametrize("line", REFUSED)
def test_refused(read, tmp_path, line):
    kind, complaint = REFUSED[line]
    good = '{"text": "a", "tokens": [], "tags": [], "label": "x", "labels": []}\n'
    (tmp_path / "x.jsonl").write_text(good + line)
    with pytest.raises(DataError, match=complaint):
        read("jsonl", tmp_path / "x.jsonl", kind)
