"""Files are recognised by their content."""

import codecs

import pytest

from taskrel.errors import DataError
from taskrel.tasks.guess.look import look
from taskrel.tasks.guess.row_files import has_spans

CONLL = "Ana B-PER\nleft O\nearly O\n\nBo B-PER\n\nrain O\nfell O\n\n" * 3
CONLLU = "# text = a b\n" + "".join(
    f"{i}\t{w}\t{w}\tNOUN\tNN\t_\t0\troot\t_\t_\n" for i, w in ((1, "a"), (2, "b"))
)


@pytest.mark.parametrize(
    ("content", "reader", "options", "names"),
    [
        ("text,label\na b,x\nc d,y\n", "csv", {}, ["text", "label"]),
        ("text;label\na, b;x\nc, d;y\n", "csv", {"separator": ";"}, ["text", "label"]),
        ("sep=;\ntext;label\na b;x\nc d;y\n", "csv", {}, ["text", "label"]),
        (',text,label\n0,"a, b",x\n1,c d,y\n', "csv", {}, ["", "text", "label"]),
        ('q\tl\n"Oh" he said\tx\nb\ty\n', "csv", {"separator": "\t", "quoting": False}, ["q", "l"]),
        ("a b\tx\nc d\ty\ne f\tx\n", "delimited", {}, ["1", "2"]),
        (
            "What did you like about our new shop,Age\na b,31\nc d,45\ne f,31\n",
            "csv",
            {},
            ["What did you like about our new shop", "Age"],
        ),
        ("x,a b\ny,c d\nx,e f\n", "delimited", {"separator": ","}, ["1", "2"]),
        (
            'x,"a, b"\ny,"c\nd"\nx,e f\n',
            "delimited",
            {"separator": ",", "quoting": True},
            ["1", "2"],
        ),
        ('"Oh" he said\ty\nb c\ty\nb d\tx\n', "delimited", {}, ["1", "2"]),
        ("1.5,a b\n2.5,c d\n", "delimited", {"separator": ","}, ["1", "2"]),
        (CONLL, "columns", {"label": -1, "separator": " "}, []),
        (CONLL.replace(" ", "\t"), "columns", {"label": -1}, []),
        (CONLL.replace(" ", "  "), "columns", {"label": -1, "separator": ""}, []),
        ("-DOCSTART- O\n\n" + CONLL, "columns", {"label": -1, "separator": " "}, []),
        (
            CONLL.replace(" ", "\t").replace("Ana", "# id 1 a\nAna"),
            "columns",
            {"label": -1, "comments": ["# "]},
            [],
        ),
        (
            "".join(f"{i}\t{line}\n" if line else "\n" for i, line in enumerate(
                CONLL.replace(" ", "\t").split("\n"))),
            "columns",
            {"label": -1, "word": 2},
            [],
        ),
        ("token tag\n" + CONLL, "columns", {"label": -1, "separator": " ", "header": True}, []),
        (
            (CONLL + "#nlp B-TAG\n\n#doc1\n").replace(" ", "\t"),
            "columns",
            {"label": -1},
            [],
        ),
        (CONLLU * 3, "conllu", {}, []),
        (CONLLU.replace("NOUN", "_") * 3, "conllu", {"column": "xpos"}, []),
        ("# global.columns = ID FORM LABEL\n1\ta\tx\n\n", "conllu", {}, []),
        ("#FORMAT=WebAnno TSV 3.3\n\n", "webanno", {}, []),
        ('{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n', "jsonl", {}, ["text", "label"]),
        ('[{"data": {"text": "a"}, "label": "x"}]', "jsonl", {}, ["data.text", "label"]),
        ('{"text": "Bo left", "label": [[0, 2, "PER"]]}\n', "spans", {}, []),
        ('{"question": "a b", "answer": "yes"}\n{"question": "c", "answer": "no"}\n', "jsonl", {},
         ["question", "answer"]),
    ],
)  # fmt: skip
def test_a_text_file(tmp_path, content, reader, options, names):
    (tmp_path / "made").write_text(content)
    sample = look(tmp_path / "made")
    assert (sample.reader, sample.options) == (reader, options)
    assert list(sample.columns) == names
    assert sample.said[0].endswith(".")


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", None),
        ("utf-8", codecs.BOM_UTF8, None),
        ("cp1252", b"", "cp1252"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
def test_an_encoding(tmp_path, encoding, mark, found):
    (tmp_path / "made").write_bytes(mark + "text,label\ncafé a,x\nb c,y\n".encode(encoding))
    sample = look(tmp_path / "made")
    assert sample.reader == "csv"
    assert sample.options.get("encoding") == found
    assert any("encoding" in sentence for sentence in sample.said) == (found is not None)


def test_one_bad_byte_in_utf_8_is_named(tmp_path):
    rows = "".join(f"café número {i},x\n" for i in range(9)).encode()
    (tmp_path / "made").write_bytes(b"text,label\n" + rows + b"caf\xe9,y\n")
    with pytest.raises(DataError, match="line 11: byte 0xe9 is not utf-8"):
        look(tmp_path / "made")


@pytest.mark.parametrize(
    ("value", "spans"),
    [
        ({"label": [[0, 5, "PER"]]}, True),
        ({"a": [{"b": {"start": 0, "end": 2}}]}, True),
        ([["text", {"entities": [[0, 1, "X"]]}]], True),
        ({"label": ["a", "b"]}, False),
        ({"scores": [1, 2, 3]}, False),
        ({"start": 3}, False),
    ],
)
def test_spans(value, spans):
    assert has_spans(value) == spans
