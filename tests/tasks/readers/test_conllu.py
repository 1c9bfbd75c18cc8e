"""CoNLL-U and CoNLL-U Plus, on made-up files."""

import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.conllu import COLUMNS


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("upos", ["AUX", "PART", "VERB", "SYM", "NUM"], ["INTJ"]),
        ("xpos", ["VB", "RB", "VB", "NN", None], ["UH"]),
        ("deprel", ["aux", "advmod", "root", "obl:npmod", "nummod"], ["root"]),
    ],
)
def test_conllu(read, made_up, column, first, second):
    examples, tally = read("conllu", made_up / "words.conllu", column=column)
    assert [e.tokens for e in examples] == [["Do", "n't", "go", "#", "1"], ["Yes"]]
    assert [e.target for e in examples] == [first, second]
    assert [e.key for e in examples] == ["letter-1", "letter-2"]
    assert sum(tally.values()) == first.count(None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1\tYes\tINTJ", "line 1: expected 10 columns separated by a TAB, found 3"),
        ("x" + "\ta" * 9, r"line 1: expected a number, .* in column 1 \(id\), found 'x'"),
    ],
)
def test_malformed_conllu(read, tmp_path, line, message):
    path = tmp_path / "bad.conllu"
    path.write_text(line + "\n")
    with pytest.raises(DataError, match=message):
        read("conllu", path)


def row(id_, form, **fields):
    return "\t".join(fields.get(c, "_") for c in COLUMNS[2:]).join([f"{id_}\t{form}\t", "\n"])


@pytest.mark.parametrize(
    ("column", "labels"),
    [
        ("feats.Number", ["Sing", None]),
        ("FEATS.Case", ["Nom", None]),
        ("misc.SpaceAfter", [None, "No"]),
        ("feats", ["Case=Nom|Number=Sing", None]),
        ("upos", ["NOUN", "VERB"]),
    ],
)
def test_a_value_in_a_column(read, tmp_path, column, labels):
    (tmp_path / "x.conllu").write_text(
        row(1, "rain", upos="NOUN", feats="Case=Nom|Number=Sing")
        + row(2, "falls", upos="VERB", misc="SpaceAfter=No")
    )
    examples, tally = read("conllu", tmp_path / "x.conllu", column=column)
    assert examples[0].target == labels
    assert sum(tally.values()) == labels.count(None)


def test_conllu_plus(read, tmp_path):
    (tmp_path / "x.conllup").write_text(
        "# global.columns = ID FORM PARSEME:MWE\n# text = a b\n1\ta\t*\n2\tb\t1:VID\n"
    )
    examples, _ = read("conllu", tmp_path / "x.conllup", column="parseme:mwe")
    assert [(e.tokens, e.target) for e in examples] == [(["a", "b"], ["*", "1:VID"])]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (
            row(1, "a") + row(2, "b") + row(1, "c"),
            "form",
            "line 3: the words' numbers go back to 1",
        ),
        (row(1, "a"), "ups", "options.column: no column is called 'ups'; did you mean upos"),
        ("# global.columns = ID WORD\n1\ta\n", "word", "line 1: expected different names of col"),
        ("# global.columns = ID FORM\n1\ta\n", "entity", "MISC, which is missing"),
    ],
)
def test_refused(read, tmp_path, text, column, message):
    (tmp_path / "x.conllu").write_text(text)
    with pytest.raises(DataError, match=message):
        read("conllu", tmp_path / "x.conllu", column=column)


def test_numbers_of_words_increase(read, tmp_path):
    path = tmp_path / "x.conllu"
    path.write_text(row(1, "a") + row(2, "b") + row(2, "c"))
    with pytest.raises(DataError, match="line 3: the word's number 2 comes after 2"):
        read("conllu", path)


def test_an_encoding(read, tmp_path):
    path = tmp_path / "x.conllu"
    path.write_bytes(row(1, "\u00e9").encode("latin-1"))
    assert read("conllu", path, encoding="latin-1")[0][0].tokens == ["\u00e9"]
