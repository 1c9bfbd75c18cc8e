"""Exports of annotation tools: one made-up data set in every form, and what is refused."""

import json
import sys

import pytest
from made_exports import Made, examples, write

from taskrel.errors import DataError
from taskrel.tasks.readers.exports.marked import Annotated, Marked
from taskrel.tasks.readers.exports.offsets import in_characters

# Text, spans, tokens, BIO labels, label of the text.
MADE = [
    Made(
        "Ana Wu left Ulm.",
        [(0, 6, "PER"), (12, 15, "LOC")],
        ["Ana", "Wu", "left", "Ulm", "."],
        ["B-PER", "I-PER", "O", "B-LOC", "O"],
        "keen",
    ),
    Made("Nothing  new", [], ["Nothing", "new"], ["O", "O"], "dull"),
    Made(
        "😀 Bo 👨🏻‍🚒 sees Köln",
        [(2, 4, "PER"), (15, 19, "LOC")],
        ["😀", "Bo", "👨🏻‍🚒", "sees", "Köln"],
        ["O", "B-PER", "O", "O", "B-LOC"],
        "keen",
    ),
    Made(
        "Cem\n(Acme & Co) can't",
        [(0, 3, "PER"), (5, 14, "ORG")],
        ["Cem", "(", "Acme", "&", "Co", ")", "ca", "n't"],
        ["B-PER", "O", "B-ORG", "I-ORG", "I-ORG", "O", "O", "O"],
        "dull",
    ),
    Made("Ulm Ulm", [(0, 3, "LOC"), (4, 7, "ORG")], ["Ulm", "Ulm"], ["B-LOC", "B-ORG"], "keen"),
    Made("?", [], ["?"], ["O"], "dull"),
]
TAGGED = {  # form → tool, what is left out
    "doccano": ("doccano", {}),
    "doccano_relations": ("doccano", {"relations between spans": 1}),
    "label_studio": ("label-studio", {}),
    "label_studio_min": ("label-studio", {}),
    "prodigy": ("prodigy", {}),
    "spacy_tuples": ("spacy", {}),
    "spacy": ("spacy", {}),
}


def said(tool, n):
    return {f"note: texts read as an export of {tool}": n}


@pytest.mark.parametrize("made", [MADE, examples(20)], ids=["by hand", "generated"])
@pytest.mark.parametrize("form", TAGGED)
def test_every_form_has_the_same_examples(read, tmp_path, form, made):
    tool, left_out = TAGGED[form]
    found, tally = read("spans", write(form, made, tmp_path))
    assert [(e.tokens, e.target) for e in found] == [(m.tokens, m.tags) for m in made]
    assert tally == said(tool, len(made)) | left_out


@pytest.mark.parametrize(
    ("form", "reader", "options"),
    [("brat", "brat", {"scheme": "bio", "typed": True}), ("jsonl", "jsonl", {})],
)
def test_other_readers_have_the_same_examples(read, tmp_path, form, reader, options):
    made = examples(20)
    found, tally = read(reader, write(form, made, tmp_path), **options)
    assert [(e.tokens, e.target) for e in found] == [(m.tokens, m.tags) for m in made]
    assert tally == {}


@pytest.mark.parametrize(
    ("form", "tool"),
    [
        ("doccano", "doccano"),
        ("label_studio", "label-studio"),
        ("prodigy", "prodigy"),
        ("spacy_tuples", "spacy"),
        ("spacy", "spacy"),
    ],
)
@pytest.mark.parametrize("kind", ["classification", "multilabel"])
def test_labels_of_texts(read, tmp_path, form, tool, kind):
    path = write(form, MADE, tmp_path, "classification")
    found, tally = read("spans", path, kind)
    assert [e.tokens for e in found] == [m.tokens for m in MADE]
    assert [e.target for e in found] == [
        m.label if kind == "classification" else [m.label] for m in MADE
    ]
    assert tally == said(tool, len(MADE))


def units(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


@pytest.mark.parametrize("form", ["doccano", "label_studio"])
def test_offsets_in_utf16_units_are_converted(read, tmp_path, form):
    spans = [[(units(m.text, a), units(m.text, b), n) for a, b, n in m.spans] for m in MADE]
    made = [m._replace(spans=s) for m, s in zip(MADE, spans, strict=True)]
    path = write(form, made, tmp_path)
    if form == "label_studio":  # the text of a region is right in any case
        rows = json.loads(path.read_text("utf-8"))
        for m, row in zip(MADE, rows, strict=True):
            for (a, b, _), result in zip(m.spans, row["annotations"][0]["result"], strict=True):
                result["value"]["text"] = m.text[a:b].replace("\n", "\\n")
        path.write_text(json.dumps(rows), "utf-8")
    found, tally = read("spans", path)
    assert [e.target for e in found] == [m.tags for m in MADE]
    assert tally["note: texts whose offsets count UTF-16 units, which were converted"] == 1


def test_offsets_in_units_reach_beyond_the_text_or_split_a_pair():
    texts = [
        Annotated(None, "😀a b", [Marked(2, 3, "X"), Marked(9, 10, "X"), Marked(1, 2, "Y")], [])
    ]
    found, changed = in_characters(texts)
    assert [(s.start, s.end) for s in found[0].spans] == [(1, 2), (5, 5), (0, 1)]
    assert changed == 1
    plain = [Annotated(None, "a b", [Marked(0, 2, "X")], [])]
    assert in_characters(plain) == (plain, 0)


LINES = {  # lines → labels, counts
    "other names": (
        ['{"data": "Bo ran", "labels": [[0, 2, " PER "]]}', '{"data": "x", "labels": []}', ""],
        ["B-PER O", "O"],
        said("doccano", 2) | {"blank lines": 1},
    ),
    "null": (
        ['{"text": "Bo", "label": [[0, 2, 7]]}', '{"text": "x", "label": null}'],
        ["B-7", "O"],
        said("doccano", 2),
    ),
    "answers": (
        [
            '{"text": "a", "spans": [], "answer": "reject"}',
            '{"text": "b", "answer": "ignore"}',
            '{"text": "c", "spans": [{"start": 0, "end": 1, "label": "X", "token_end": 0}]}',
        ],
        ["B-X"],
        said("prodigy", 1) | {"texts with the answer reject": 1, "texts with the answer ignore": 1},
    ),
    "misfits": (
        ['{"text": "Bo ran", "label": [[0, 2, "A"], [0, 1, "B"], [2, 3, "C"], [3, 9, "D"]]}'],
        ["B-A O"],
        said("doccano", 1)
        | {
            "spans that overlap a longer or equal one": 1,
            "spans that are empty, or white space alone": 1,
            "spans that reach outside their text, or end before they start": 1,
        },
    ),
    "tuples, one a line": (
        ['["Bo ran", {"entities": [[0, 2, "A", "Q1"]]}]', '["x", {}]'],
        ["B-A O", "O"],
        said("spacy", 2),
    ),
    "one tuple": (['["Bo ran", {"entities": []}]'], ["O O"], said("spacy", 1)),
}


@pytest.mark.parametrize("case", LINES)
def test_lines(read, tmp_path, case):
    lines, labels, tally = LINES[case]
    (tmp_path / "x.jsonl").write_text("\ufeff" + "\r\n".join(lines) + "\n", "utf-8")
    found, counted = read("spans", tmp_path / "x.jsonl")
    assert [" ".join(e.target) for e in found] == labels
    assert counted == tally


def annotation(*values, **fields):
    return {"result": [{"value": value} for value in values]} | fields


def test_annotations_of_label_studio(read, tmp_path):
    bo = {"start": 0, "end": 2, "text": "Bo", "labels": ["PER", "ORG"]}
    rows = [
        {
            "data": {"text": "Bo ran"},
            "annotations": [annotation(was_cancelled=True), annotation(bo), annotation()],
        },
        {"data": {"text": "Bo"}, "annotations": [annotation(bo, was_cancelled=True)]},
        {"data": {"text": "Bo"}, "annotations": []},
        {"data": {"text": "Al"}, "annotations": [annotation(bo, {"rating": 3}), {}]},
    ]
    rows[0]["annotations"][1]["result"].append({"type": "relation", "from_id": "a"})
    (tmp_path / "x.json").write_text(json.dumps(rows))
    found, tally = read("spans", tmp_path / "x.json")
    assert [e.target for e in found] == [["B-PER", "O"], ["O"]]
    assert tally == said("label-studio", 2) | {
        "cancelled annotations": 2,
        "texts without a completed annotation": 2,
        "annotations of a text after the first completed one": 2,
        "results that are neither spans nor choices": 2,
        "spans that overlap a longer or equal one": 1,  # the second label of the same span
        "spans whose exported text is not the text at their offsets": 2,
    }


def test_the_field_of_the_text(read, tmp_path):
    rows = [{"data": {"review": "Bo"}, "annotations": [annotation()]}]
    (tmp_path / "x.json").write_text(json.dumps(rows))
    with pytest.raises(DataError, match="item 1: field 'text' is missing; known: review; set opt"):
        read("spans", tmp_path / "x.json")
    assert read("spans", tmp_path / "x.json", text="review")[0][0].tokens == ["Bo"]


def test_a_label_for_the_file(read, tmp_path):
    path = write("doccano", MADE, tmp_path, "classification")
    found, _ = read("spans", path, "multilabel", file_label="all")
    assert {tuple(e.target) for e in found} == {("all",)}


def test_documents_of_spacy(read, tmp_path):
    from spacy.tokens import Doc, DocBin, Span
    from spacy.vocab import Vocab

    words = ["Bo", " ", "Wu", "can", "not"]
    docs = [Doc(Vocab(), words=words, spaces=[False, False, True, False, False]) for _ in range(2)]
    docs[0].set_ents([Span(docs[0], 0, 3, "PER")], missing=[docs[0][4:5]], default="outside")
    docs[1].spans["sc"] = [Span(docs[1], 0, 1, "PER")]
    DocBin(docs=docs).to_disk(tmp_path / "x.spacy")
    found, tally = read("spans", tmp_path / "x.spacy")
    assert [e.tokens for e in found] == [["Bo", "Wu", "can", "not"]] * 2
    assert [e.target for e in found] == [["B-PER", "I-PER", "O", None], [None] * 4]
    assert tally == said("spacy", 2) | {"spans in groups, which are not entities": 1}


def test_a_damaged_document_of_spacy(read, tmp_path):
    """The name of an entity's type is not in the table of strings."""
    import zlib

    path = write("spacy", examples(2), tmp_path)
    raw = zlib.decompress(path.read_bytes())
    path.write_bytes(zlib.compress(raw.replace(b"PER", b"PEX")))
    with pytest.raises(DataError, match=r"but spaCy cannot read it .KeyError: .*E018"):
        read("spans", path)


def test_spacy_is_not_installed(read, tmp_path, monkeypatch):
    path = write("spacy", MADE, tmp_path)
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    with pytest.raises(
        DataError, match=r"not installed; get it with: pip install \"taskrel\[spacy\]"
    ):
        read("spans", path)


LS = '{"data": {"text": "a"}, "annotations": %s}'
REFUSED = {  # content → kind, complaint
    '{"text": "a", "label": [["0", 1, "X"]]}': (
        "tagging",
        r"a span such as .*found \['0', 1, 'X'\]",
    ),
    '{"text": "a", "label": [[0, 1.5, "X"]]}': ("tagging", r"found \[0, 1.5,"),
    '{"text": "a", "label": [[true, 1, "X"]]}': ("tagging", r"found \[True, 1,"),
    '{"text": "a", "label": [[0, 1]]}': ("tagging", r"found \[0, 1\]"),
    '{"text": "a", "label": ["X"]}': ("tagging", "item 1: expected a span .*found 'X'"),
    '{"text": "a", "label": [[0, 1, " "]]}': ("tagging", "expected a label, found ' '"),
    '{"text": "a", "label": [[0, 1, null]]}': ("tagging", r"expected a span such as"),
    '{"label": [[0, 1, "X"]]}': ("tagging", "field 'text' is missing; known: label; set options"),
    '{"text": 7, "label": [[0, 1, "X"]]}': ("tagging", "field 'text': expected a text, found 7"),
    '{"text": "a", "label": []}\n\n{"text": "a"}': ("tagging", "line 3: expected the spans or lab"),
    '{"text": "a", "label": []}\n{"text": "a", "label": 3}': ("tagging", "'label': expected a lis"),
    '{"text": "a", "label": []}\n3': ("tagging", "line 2: expected an object with a text, found 3"),
    '{"text": "a", "entities": [{"start_offset": 0, "label": "X"}]}': ("tagging", "start_offset"),
    '{"text": "a", "spans": {}}': ("tagging", "field 'spans': expected a list, found {}"),
    '{"text": "a", "answer": "maybe"}': ("tagging", "accept, reject or ignore, found 'maybe'"),
    '["a", {}]\n["a", 3]': ("tagging", r"line 2: expected \[\"text\", .* found \['a', 3\]"),
    '["a", {"cats": {"x": "1"}}]': ("multilabel", 'field "cats": expected a number for each lab'),
    '["a", {"cats": {"x": 1, "y": 0.5}}]': (
        "classification",
        r"one label, found 2 \(x, y\); set k",
    ),
    '{"text": "a", "label": [["x"]]}': ("multilabel", r"expected a label, found \['x'\]"),
    LS % '[{"result": 3}]': ("tagging", "item 1: not as Label Studio exports it: Expected `array`"),
    LS % '[{"result": [{"value": {"labels": ["X"]}}]}]': ("tagging", "expected start and end of a"),
    LS % '[{"result": [{"value": {"start": "/p[1]", "labels": ["X"]}}]}]': (
        "tagging",
        "Expected `",
    ),
    LS % '[{"result": [{"value": {"labels": "X"}}]}]': ("tagging", "Expected `array"),
    '[{"text": "a", "ner": [{"start": 0, "end": 1, "labels": ["X"]}]}]': (
        "classification",
        "JSON-MIN",
    ),
    "": ("tagging", "found no text in it"),
    "[]": ("tagging", "expected an export of an annotation tool, found no text in it"),
    '{"text": "a", "label": "x"}': (
        "tagging",
        r"found {'text': 'a', 'label': 'x'} .dict.; for JSON",
    ),
    "7": ("tagging", "found 7"),
    '{"text": "a", "label": []}\n{"te': ("tagging", "line 2: not valid JSON: Unterminated string"),
    '[{"text": "a", "label": []},\n{"te': ("tagging", "x.json, line 2: not valid JSON: Untermin"),
    '{"text": "a", "label": [[0, NaN, "X"]]}': ("tagging", "expected a span such"),
    '{"text": "a", "label": [[0, 1e999, "X"]]}': ("tagging", "expected a span such"),
    '{"text": "a", "label": [[0, %s, "X"]]}' % ("1" * 5000): (
        "tagging",
        "not valid JSON: Exceeds the limit",
    ),
    "[" * 100_000: ("tagging", "line 1: JSON is nested too deeply"),
    '{"text": "a", "label": [%s]}' % ("[" * 900 + "]" * 900): ("tagging", "expected a span such"),
    b"x\x9cdamaged": ("tagging", "expected a .spacy file .DocBin., but spaCy cannot read it"),
}


@pytest.mark.parametrize("content", REFUSED, ids=lambda c: c[:60])
def test_refused(read, tmp_path, content):
    kind, complaint = REFUSED[content]
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "x.json").write_bytes(raw)
    with pytest.raises(DataError, match=complaint) as error:
        read("spans", tmp_path / "x.json", kind)
    assert str(tmp_path / "x.json") in str(error.value)
    assert "\n" not in str(error.value)


def test_the_card_may_name_the_tool(read, tmp_path):
    path = write("doccano", MADE, tmp_path)
    assert len(read("spans", path, tool="doccano")[0]) == len(MADE)
    with pytest.raises(DataError, match=r"line 1: expected \[\"text\", "):
        read("spans", path, tool="spacy")
    with pytest.raises(DataError, match=r"this is a \.spacy file, not one of prodigy"):
        read("spans", write("spacy", MADE, tmp_path), tool="prodigy")


def test_a_text_without_a_label_is_counted(read, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "a", "label": ["up"]}\n{"text": "b", "label": []}\n')
    examples, tally = read("spans", path, "classification", tool="doccano")
    assert [e.target for e in examples] == ["up", None]
    assert tally["texts without a label"] == 1
