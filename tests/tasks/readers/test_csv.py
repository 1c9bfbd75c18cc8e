"""CSV: separator, encoding and header as spreadsheets and pandas write them; ragged rows."""

import pandas as pd
import pytest

from taskrel.errors import DataError

TEXT = 'text,label\n"a, ""b""\nc",up\n\nd,0.0\n,up\ne,\n'
EXPECTED = [(["a", ",", '"', "b", '"', "c"], "up"), (["d"], "0"), ([], None), (["e"], None)]


def read_text(read, tmp_path, text, written="utf-8", **options):
    (tmp_path / "x.csv").write_bytes(text.encode(written))
    return read("csv", tmp_path / "x.csv", "classification", **options)


def test_rows(read, tmp_path):
    examples, tally = read_text(read, tmp_path, TEXT)
    assert [tuple(e[:2]) for e in examples] == EXPECTED
    assert tally == {"blank lines": 1, "texts without a label": 1}


@pytest.mark.parametrize(
    ("header", "row", "detected"),
    [
        ("text,label", "x 3.5,up", ()),
        ("text;label", "x 3,5;up", (";",)),
        ("id;a,b,c,d;text;label", "1;2;x 3,5;up", (";",)),
        ("text\tlabel", "x\tup", ("\t",)),
        ("text|label", "x|up", ("|",)),
        ("sep=;\ntext;label", "x, y;up", (";",)),
        ("SEP=|\ntext|label", "x;up|up", ("|",)),
        ('"sep=;"\ntext;label', "x, y;up", (";",)),
        ("sep=,\ntext,label", "x,up", ()),
        (' text ,"label"', "x,up", ()),
        (",text,label,", "0,x,up,", ()),
        ("text", "x;y,z", None),
    ],
)
def test_the_separator_is_detected_and_said(read, tmp_path, header, row, detected):
    if detected is None:
        examples, tally = read_text(read, tmp_path, f'{header}\n"{row}"', file_label="up")
        detected = ()
    else:
        examples, tally = read_text(read, tmp_path, f"{header}\n{row}\n")
    assert [(e.tokens[0], e.target) for e in examples] == [("x", "up")]
    assert tally == {f"note: files read with separator {s!r} (detected)": 1 for s in detected}


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ("utf-16",)),
        ("utf-16-le", ("utf-16-le",)),
        ("utf-16-be", ("utf-16-be",)),
        ("utf-32", ("utf-32",)),
        ("cp1252", ("cp1252",)),
    ],
)
def test_the_encoding_is_detected_and_said(read, tmp_path, encoding, detected):
    examples, tally = read_text(read, tmp_path, "text,label\ngrün,dürftig\n", encoding)
    assert (examples[0].tokens, examples[0].target) == (["grün"], "dürftig")
    assert tally == {f"note: files read as {e} (detected)": 1 for e in detected}


def test_line_ends(read, tmp_path):
    for end in ("\r\n", "\r"):
        examples, _ = read_text(read, tmp_path, f"text,label{end}a,up{end}b,down{end}")
        assert [e.target for e in examples] == ["up", "down"]


def test_without_quoting(read, tmp_path):
    examples, _ = read_text(read, tmp_path, 'text\tlabel\n"a\tup\n5" b\tup\n', quoting=False)
    assert [e.tokens for e in examples] == [['"', "a"], ["5", '"', "b"]]


def test_a_long_field(read, tmp_path):
    examples, _ = read_text(read, tmp_path, "text,label\n" + "a " * 100_000 + ",up\n")
    assert len(examples[0].tokens) == 100_000


def test_what_pandas_writes(read, tmp_path):
    frame = pd.DataFrame({"text": ["a", "b"], "labels": [["x", "y"], []], "x": [1, 0]})
    frame.to_csv(tmp_path / "x.csv")
    examples, _ = read("csv", tmp_path / "x.csv", "multilabel")
    assert [e.target for e in examples] == [["x", "y"], []]
    examples, _ = read("csv", tmp_path / "x.csv", "multilabel", flags=["x"])
    assert [e.target for e in examples] == [["x"], []]


REFUSED = {  # text, complaint
    "text,label\na,up\nb, c,up\n": "line 3: expected 2 fields as in the header, found 3; put fields "
    "that contain ',' in quotes",
    'text,label\n"a\nb",up\nc\n': "line 4: expected 2 fields as in the header, found 1",
    "text,label,label\na,up,up\n": "line 1: two columns are called 'label'; rename one",
    "a,up\nb,down\n": r"expected a header with a column 'text', found 'a', 'up'; .*"
    'no header, use reader = "delimited"',
    "text,lable\na,up\n": r"line 2: there is no field 'label' .*; did you mean lable\?",
    'text,label\n"a,up\n': "line 2: the quoted row that starts here is malformed",
    "": "expected a header with the columns' names, found no line",
    "\n\n": "expected a header with the columns' names, found no line",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(read, tmp_path, text):
    with pytest.raises(DataError, match=REFUSED[text]):
        read_text(read, tmp_path, text)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"separator": "::"}, "options.separator: expected one character, found '::'"),
        ({"encoding": "ascii"}, "line 2: byte 0xc3 is not ascii"),
        ({"encoding": "undefined"}, "unknown encoding 'undefined'"),
    ],
)
def test_options_that_do_not_fit(read, tmp_path, options, complaint):
    with pytest.raises(DataError, match=complaint):
        read_text(read, tmp_path, "text,label\nü,up\n", **options)


def test_quotes_that_join_rows_are_noticed(read, tmp_path):
    text = 'text,label\na,up\n"b,up\nc,down\nd",up\n"e, f\ng, h",up\n'
    examples, tally = read_text(read, tmp_path, text)
    assert [e.target for e in examples] == ["up", "up", "up"]
    assert tally == {
        "warning: quoted record at line 3 of x.csv spans lines that look like rows; check its "
        "quotes": 1
    }


def test_no_header_in_a_file_of_tokens(read, tmp_path):
    (tmp_path / "x.csv").write_text("a,up\nb,down\n")
    with pytest.raises(DataError, match='if each line has one token, use reader = "columns"'):
        read("csv", tmp_path / "x.csv", "tagging")


def test_a_pair_with_a_blank_text_is_counted(read, tmp_path):
    text = "text,b,label\na,,up\n,,up\nc,d,up\n"
    examples, tally = read_text(read, tmp_path, text, text_pair="b")
    assert [len(e.tokens) for e in examples] == [2, 0, 3]
    assert tally == {"pairs with a blank text": 1}
