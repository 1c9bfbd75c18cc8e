"""JSON in lines, as an array and as columns; what is refused, by line."""

import json

import pytest

from taskrel.errors import DataError


def test_tagging(read, made_up):
    examples, tally = read("jsonl", made_up / "tagged.jsonl", key="doc")
    assert [tuple(e[:4]) for e in examples] == [
        (["Bo", "lives", "in", "Ulm"], ["B-PER", "O", "O", "B-LOC"], "d1", None),
        (["Who", "?"], ["O", None], "2", None),
    ]
    assert tally == {"blank lines": 1, "tokens without a label": 1}


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        ("classification", ["keen", "0", None]),
        ("multilabel", [["keen", "brief"], [], ["True", "3"]]),
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


ROWS = [
    {"text": "so good", "label": "a"},
    {"text": "so bad", "label": "b"},
    {"text": "so so", "label": None},
]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}
BY_NUMBER = {name: {str(i): x for i, x in enumerate(column)} for name, column in COLUMNS.items()}
NAN = [row | {"label": row["label"] or float("nan")} for row in ROWS]

FORMS = {
    "lines": "\n".join(map(json.dumps, ROWS)) + "\n",
    "CRLF": "\r\n".join(map(json.dumps, ROWS)),
    "byte order mark": "\ufeff" + "\n".join(map(json.dumps, ROWS)),
    "NaN in lines": "\n".join(map(json.dumps, NAN)),
    "array on one line": json.dumps(ROWS),
    "pretty array": json.dumps(ROWS, indent=1),
    "array with NaN": json.dumps(NAN),
    "columns": json.dumps(COLUMNS),
    "pretty columns": json.dumps(COLUMNS, indent=4),
    "columns by row number": json.dumps(BY_NUMBER),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reader", ["json", "jsonl"])
def test_forms(read, tmp_path, reader, form):
    (tmp_path / "x.json").write_text(FORMS[form], encoding="utf-8", newline="")
    examples, tally = read(reader, tmp_path / "x.json", "classification")
    assert [(e.tokens[-1], e.target) for e in examples] == [
        ("good", "a"),
        ("bad", "b"),
        ("so", None),
    ]
    assert tally == {"texts without a label": 1}


def test_row_numbers_align_the_columns(read, tmp_path):
    (tmp_path / "x.json").write_text(
        '{"text": {"5": "up", "3": "down"}, "label": {"3": "down", "5": "up"}}'
    )
    examples, _ = read("json", tmp_path / "x.json", "classification")
    assert [tuple(e[:2]) for e in examples] == [(["up"], "up"), (["down"], "down")]


def test_one_row_is_no_columns(read, tmp_path):
    (tmp_path / "x.json").write_text('{"tokens": ["a", "b"], "tags": ["A", "B"]}')
    assert read("json", tmp_path / "x.json")[0][0].target == ["A", "B"]
    (tmp_path / "x.json").write_text('{"tokens": [["a", "b"], ["c"]], "tags": [["A", "B"], [7]]}')
    assert [e.target for e in read("json", tmp_path / "x.json")[0]] == [["A", "B"], ["7"]]


def test_rows_in_a_field(read, tmp_path):
    (tmp_path / "x.json").write_text('{"data": [{"text": "hi", "label": ["a"]}]}')
    names = {"text": "data.text", "label": "data.label"}
    assert read("json", tmp_path / "x.json", "classification", **names)[0][0].target == "a"


REFUSED = {  # a line, the kind, the complaint
    '{"tokens": ["a", "b"], "tags": ["O"]}': (
        "tagging",
        "line 2: expected as many tags as tokens, found 1 and 2",
    ),
    '{"tokens": ["a"], "tag": ["O"]}': (
        "tagging",
        r"there is no field 'tags' \(option 'tags'\); did you mean tag",
    ),
    '{"text": 3, "label": "a"}': ("classification", r"expected a text, found 3 \(int\) in 'text'"),
    '{"text": "a"}': ("classification", "no field 'label' .*; known: text"),
    '["a"]': ("classification", r"line 2: expected a JSON object, found \['a'\] \(list\)"),
    '{"text": "a"': ("classification", "line 2: not valid JSON: .* at column 13"),
    '{"text": "\\ud83d", "label": 1}': ("classification", "line 2: not valid JSON: .*surrogate"),
    '{"text": "a", "label": ' + "9" * 5000 + "}": (
        "classification",
        r"line 2: .* \(4300 digits\) .*; correct it",
    ),
    "[" * 100_000: ("classification", "line 2: JSON is nested too deeply"),
    '{"text": "a", "label": [[0, 1, "X"]]}': ("tagging", 'no field .tokens.*set reader = "spans"'),
    '{"data": {"text": "a"}, "annotations": [{"result": []}]}': ("tagging", 'reader = "spans"'),
    '{"text": "a", "tokens": [{"text": "a"}], "spans": []}': ("tagging", 'reader = "spans"'),
}


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line[:40])
def test_refused(read, tmp_path, line):
    kind, complaint = REFUSED[line]
    good = '{"text": "a", "tokens": [], "tags": [], "label": "x", "labels": []}\n'
    (tmp_path / "x.jsonl").write_text(good + line)
    with pytest.raises(DataError, match=complaint):
        read("jsonl", tmp_path / "x.jsonl", kind)


WHOLE = {  # a file, the complaint
    '[{"text": "a", "label": 1}, 7]': "item 2: expected a JSON object, found 7",
    '[\n{"text": "a" "label": 1}]': "line 2: not valid JSON: Expecting ',' delimiter at column 14",
    '{"text": ["a", "b"], "label": [1]}': "expected columns of the same length, found {'text': 2,",
    '{"text": ["a"], "label": 1}': "expected columns of the same length",
    '{"text": {"0": "a", "1": "b"}, "label": {"0": 1, "2": 2}}': "those of 'text' and 'label' differ",
    '{"text": {"0": "a"}, "label": [1]}': "those of 'text' and 'label' differ",
    '{\n"version": 1, "rows": []}': "expected a JSON object per line, one array of objects, or",
    "7": "expected a JSON object per line",
}


@pytest.mark.parametrize("text", WHOLE)
def test_files_that_are_refused(read, tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DataError, match=WHOLE[text]):
        read("json", tmp_path / "x.json", "classification")


def test_an_empty_file_has_no_examples(read, tmp_path):
    (tmp_path / "x.jsonl").write_text("\n")
    assert read("jsonl", tmp_path / "x.jsonl") == ([], {"blank lines": 1})
