"""TSV and CSV of many shapes, one-text-a-line files, and what they refuse."""

import csv

import pytest

from taskrel.errors import CardError, DataError

LABELS = {"labels_file": "moods.txt", "label_separator": ","}
CSV = {"separator": ",", "quoting": True, "header": True}


def test_tsv_without_quoting_and_with_numbered_labels(read, made_up):
    examples, tally = read("delimited", made_up / "comments.tsv", "multilabel", key=3, **LABELS)
    assert [tuple(e[:4]) for e in examples] == [
        (["So", '"', "glad", "to", "be", "here"], ["glad"], "c1", None),
        (["why", "?", "?", "no", ",", "stop"], ["cross", "calm"], "c2", None),
        (["fine", "by", "me", "..."], ["calm"], "c3", None),
    ]
    assert tally == {"blank lines": 1}


@pytest.mark.parametrize(
    "columns",
    [
        {"text": "words", "label": "verdict", "key": "id"},
        {"text": 4, "label": 3, "key": 1},
    ],
)
def test_csv_with_quoted_line_breaks_and_a_header(read, made_up, columns):
    examples, _ = read("delimited", made_up / "shops.csv", "classification", **CSV, **columns)
    assert [tuple(e[:4]) for e in examples] == [
        (["It", "was", '"', "lovely", '"', ",", "really"], "Good", "7", None),
        (["Cold", "tea"], "Bad", "8", None),
        ([], "Bad", "8", None),
    ]


def test_several_text_columns_repairs_and_labels_from_one(read, made_up):
    examples, _ = read(
        "delimited",
        made_up / "bulletins.csv",
        "classification",
        text=[2, 3],
        label=1,
        separator=",",
        quoting=True,
        header=["other.csv"],
        labels_file="sections.txt",
        first_label=1,
        replace={"\\": " ", " #39;": "'"},
    )
    assert [(" ".join(e.tokens), e.target) for e in examples] == [
        ("Rain ahead It 's wet , so stay in", "weather"),
        ("Cup won A 3-1 win", "sport"),
    ]


def test_header_may_be_that_of_some_files_only(read, tmp_path):
    for name, text in {"a.tsv": "text\tlabel\nhi\tx\n", "b.tsv": "ho\ty\n"}.items():
        (tmp_path / name).write_text(text)
        examples, _ = read("delimited", tmp_path / name, "classification", header=["a.tsv"])
        assert len(examples) == 1


def test_a_file_label_needs_no_label_column(read, tmp_path):
    (tmp_path / "x.tsv").write_text("one\ntwo\n")
    examples, _ = read("delimited", tmp_path / "x.tsv", "multilabel", file_label="a,b")
    assert [e.target for e in examples] == [["a", "b"]] * 2


def test_a_multilabel_text_may_have_no_label(read, tmp_path):
    (tmp_path / "x.tsv").write_text("one\t\n")
    assert read("delimited", tmp_path / "x.tsv", "multilabel")[0][0].target == []


def test_a_field_longer_than_the_csv_module_allows(read, tmp_path):
    limit = csv.field_size_limit()
    (tmp_path / "x.csv").write_text(f'"{"a " * limit}",y\n')
    examples, _ = read(
        "delimited", tmp_path / "x.csv", "classification", quoting=True, separator=","
    )
    assert len(examples[0].tokens) == limit
    assert csv.field_size_limit() == limit


FLAGS = {"flags": {"keen": "eager", "2": "calm"}, "header": True, "text": "words"}


def test_columns_of_yes_and_no(read, tmp_path):
    (tmp_path / "x.tsv").write_text("keen\t2\twords\ny\ty\thi\nn\tn\tho\nn\ty\tha\n")
    examples, _ = read("delimited", tmp_path / "x.tsv", "multilabel", **FLAGS)
    assert [e.target for e in examples] == [["eager", "calm"], [], ["calm"]]
    (tmp_path / "x.tsv").write_text("keen\t2\twords\ny\tyes\thi\n")
    with pytest.raises(
        DataError,
        match=r"line 2: column 2, of label 'calm': expected "
        "'y' or 'n', found 'yes'; set options.yes",
    ):
        read("delimited", tmp_path / "x.tsv", "multilabel", **FLAGS)


def test_texts_may_be_left_out(read, tmp_path):
    (tmp_path / "x.tsv").write_text("no reply \tx\nno\ty\nNo  reply.\ty\nno reply to me\tx\n")
    examples, tally = read(
        "delimited",
        tmp_path / "x.tsv",
        "regression",
        leave_out=r"(?i)no\s(reply)?\.?",
        replace={"  ": " "},
    )
    assert [(" ".join(e.tokens), e.target) for e in examples] == [
        ("no", "y"),
        ("no reply to me", "x"),
    ]
    assert tally == {"texts that options.leave_out matches": 2}


def test_a_pattern_finds_the_columns(read, tmp_path):
    (tmp_path / "x.txt").write_text("AB:c so glad: yes\n\nD:e no\n")
    examples, tally = read(
        "delimited",
        tmp_path / "x.txt",
        "classification",
        pattern=r"([A-Z]+):(\w+) (.*)",
        label=1,
        text=3,
        key=2,
    )
    assert [(" ".join(e.tokens), e.target, e.key) for e in examples] == [
        ("so glad : yes", "AB", "c"),
        ("no", "D", "e"),
    ]
    assert tally == {"blank lines": 1}


def test_a_pattern_names_the_columns_of_a_header(read, tmp_path):
    (tmp_path / "x.txt").write_text("mood words\n+ hi you\n")
    examples, _ = read(
        "delimited",
        tmp_path / "x.txt",
        "classification",
        pattern=r"(\S+) (.*)",
        header=True,
        label="mood",
        text="words",
    )
    assert [(e.tokens, e.target) for e in examples] == [(["hi", "you"], "+")]


REFUSED = {  # what the file holds, the options, the complaint
    "few columns": ("a\tx\nb\n", {}, r"x.tsv, line 2: expected at least 2 columns .*, found 1"),
    "far column": ("a\tx\n", {"key": 9}, "line 1: expected at least 9 columns"),
    "TAB in a text": (
        "a\tx\nb\tc\ty\nd\tz\n",
        {},
        "line 2: expected 2 columns, as most rows of this file have, found 3; correct the line, or "
        "if a text has .* in it, write the file with quotes and set options.quoting = true",
    ),
    "comma in a text": (
        '"a, b",x\nc, d,y\ne,z\n',
        {"separator": ",", "quoting": True},
        "line 2: expected 2 columns, .*, found 3; .*put it in quotes",
    ),
    "more than the header": (
        "text\tlabel\n1\ta\tx\n2\tb\ty\n",
        {"header": True, "text": "text", "label": "label"},
        "line 2: expected 2 columns, as its header has, found 3",
    ),
    "other separator": (
        "sep=;\na\tx\n",
        {},
        "line 1: this line says that the separator is ';', and the card .*set options.separator",
    ),
    "JSON": ('[{"a": 1}]', {}, 'this is one JSON value; use reader = "jsonl"'),
    "JSON lines": (
        '{"text": "a", "label": "x"}\n',
        {"separator": ",", "quoting": True},
        'this is JSON lines; use reader = "jsonl"',
    ),
    "huge number": ("a\t" + "1" * 5000, {"labels_file": "moods.txt"}, "a label from 0 to 2"),
    "label number": (
        "a\t3\n",
        {"labels_file": "moods.txt"},
        "line 1: expected a label from 0 to 2, the number of a line of moods.txt, found '3'",
    ),
    "no number": ("a\t-1\n", {"labels_file": "moods.txt"}, "found '-1'"),
    "first label": ("a\t0\n", {"labels_file": "moods.txt", "first_label": 1}, "from 1 to 3"),
    "labels file": ("a\t0\n", {"labels_file": "gone.txt"}, "gone.txt: no such file"),
    "no header": (
        "a\tx\n",
        {"text": "words"},
        "options.text is the name of a column, 'words', but the file has no header",
    ),
    "no such name": (
        "text\tlabel\na\tx\n",
        {"label": "labl", "header": True},
        "line 1: options.label: no column is called 'labl'; did you mean label",
    ),
    "open quote": (
        'a\tx\n"b\tx\nc\tx\n',
        {"quoting": True},
        r"line 2: the quoted row that starts "
        r"here is malformed \(unexpected end of data\)",
    ),
    "quote inside": ('"a\nb"\tx\n"b" c\tx\n', {"quoting": True}, "line 3: the quoted row"),
    "leave_out": (
        "a\tx\n",
        {"leave_out": "(a"},
        "options.leave_out is not a regular expression: missing \\)",
    ),
    "repetition": (
        "a\tx\n",
        {"pattern": "x{99999999999}"},
        "options.pattern is not a regular expression: the repetition number is too large",
    ),
    "pattern": ("a\tx\n", {"pattern": "(a"}, "options.pattern is not a regular expression: "),
    "no match": (
        "1 a\nb\n",
        {"pattern": "([0-9]) (.*)"},
        "line 2: expected a line that options.pattern matches as a whole, found 'b'",
    ),
    "few groups": (
        "1 a\n",
        {"pattern": "([0-9]) .*"},
        "line 1: expected at least 2 columns that options.pattern finds, found 1",
    ),
    "pattern and quotes": ("a\n", {"pattern": "(a)", "quoting": True}, "cannot both be set"),
    "flags without a header": (
        "a\tx\n",
        {"flags": {"b": "b"}},
        "options.flags is the name of a column",
    ),
    "long separator": ("a||x\n", {"quoting": True, "separator": "||"}, "must be one character"),
    "encoding": ("a\tx\nb\xe9\tx\n", {}, "line 2: byte 0xe9 is not utf-8; set options.encoding"),
}


@pytest.mark.parametrize(
    ("text", "options", "targets", "tally"),
    [
        # Empty cells and nan are missing; numbers have one form; blanks are dropped.
        (
            "a\t\nb\tnan\nc\t 1.0 \nd\t1\n",
            {},
            [None, None, "1", "1"],
            {"texts without a label": 2},
        ),
        ("a\t2.0\n", {"labels_file": "moods.txt"}, ["calm"], {}),
        ("a\tx\r\t\rb\ty\r", {}, ["x", "y"], {"blank lines": 1}),
        ("a\tx\rb\ty\rc\tz\n", {}, ["x", "y", "z"], {}),
        ("sep=;\r\na;x\r\n", {"separator": ";"}, ["x"], {}),
        ('"sep=;"\n"a";x\n', {"separator": ";", "quoting": True}, ["x"], {}),
        # Empty cells at the end of a row, as spreadsheets write them, are no further columns.
        ("a;x;;\nb;y\n;;\nc;z\n", {"separator": ";"}, ["x", "y", "z"], {"blank lines": 1}),
        (
            "a\tx\t1\nb\ty\t2\nc\tz\n",
            {},
            ["x", "y", "z"],
            {
                "warning: rows of x.tsv with 2 columns where 3 are usual, the first at line 3; "
                "check that their labels are in the right column": 1
            },
        ),
    ],
)
def test_labels_and_rows(read, tmp_path, text, options, targets, tally):
    (tmp_path / "x.tsv").write_text(text, newline="")
    examples, found = read("delimited", tmp_path / "x.tsv", "classification", **options)
    assert [e.target for e in examples] == targets
    assert found == tally


def test_lists_as_python_prints_them(read, tmp_path):
    (tmp_path / "x.tsv").write_text("a\t['pos', 'loud']\nb\t[]\nc\tneg,1.0\nd\tnan\n")
    examples, tally = read("delimited", tmp_path / "x.tsv", "multilabel")
    assert [e.target for e in examples] == [["pos", "loud"], [], ["neg", "1"]]
    assert tally == {"texts without a list of labels": 1}


def test_pairs_of_texts(read, tmp_path):
    (tmp_path / "x.tsv").write_text("id\tfirst\tsecond\tlabel\n1\tit rains\tis it wet?\tyes\n")
    options = {"header": True, "text": "first", "text_pair": "second", "label": "label"}
    examples, _ = read(
        "delimited", tmp_path / "x.tsv", "classification", replace={"wet": "dry"}, **options
    )
    assert examples[0].tokens == ["it", "rains", "<sep>", "is", "it", "dry", "?"]
    assert examples[0].target == "yes"


@pytest.mark.parametrize("case", REFUSED)
def test_refused(read, tmp_path, case):
    text, options, complaint = REFUSED[case]
    (tmp_path / "x.tsv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=complaint):
        read("delimited", tmp_path / "x.tsv", "classification", **options)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"txt": 1}, "unknown field 'txt'; did you mean text"),
        ({"text": 0}, "field 'text': expected `int` >= 1, found 0"),
        ({"separator": ""}, "field 'separator': expected `str` of length >= 1"),
    ],
)
def test_refused_options(read, made_up, options, complaint):
    with pytest.raises(CardError, match=complaint):
        read("delimited", made_up / "comments.tsv", "classification", **options)


@pytest.mark.parametrize(
    ("name", "kind", "target", "texts"),
    [
        ("films.pos", "classification", "good", ["a warm film", "it ’s a treat"]),
        ("films.neg", "multilabel", ["good"], ["no", "", "dull , slow"]),
    ],
)
def test_lines(read, made_up, name, kind, target, texts):
    examples, _ = read("lines", made_up / name, kind, file_label="good")
    assert [" ".join(e.tokens) for e in examples] == texts
    assert all(e.target == target for e in examples)


def test_lines_are_split_at_line_feeds_alone(read, tmp_path):
    (tmp_path / "x.txt").write_bytes("one\x85two\r\nthree".encode("latin-1"))
    examples, _ = read(
        "lines", tmp_path / "x.txt", "classification", file_label="a", encoding="cp1252"
    )
    assert [e.tokens for e in examples] == [["one", "…", "two"], ["three"]]


def test_lines_need_a_label(read, made_up):
    with pytest.raises(DataError, match=r"films.pos: reader 'lines' needs one label .*files.lab"):
        read("lines", made_up / "films.pos", "classification")


@pytest.mark.parametrize("columns", [{"text": 3, "text_pair": 1}, {"text": "b", "text_pair": "a"}])
def test_a_pair_is_one_example_with_a_separator(read, tmp_path, columns):
    (tmp_path / "x.tsv").write_text("a\tlabel\tb\n&lt; is <sep>\tyes\tOh &lt;\n\tno\thi\n\tno\t\n")
    examples, _ = read(
        "delimited",
        tmp_path / "x.tsv",
        "classification",
        label=2,
        header=True,
        replace={"&lt;": "<"},
        **columns,
    )
    assert [(" ".join(e.tokens), e.target) for e in examples] == [
        ("Oh < <sep> < is < sep >", "yes"),
        ("hi <sep>", "no"),
        ("", "no"),
    ]


@pytest.mark.parametrize(("first", "odd"), [("text\ttone", False), ("so good\tup", True)])
def test_a_header_that_looks_like_data(read, tmp_path, first, odd):
    (tmp_path / "x.tsv").write_text(f"{first}\nso bad\tdown\nfine\tup\n")
    examples, tally = read("delimited", tmp_path / "x.tsv", "classification", header=True)
    assert len(examples) == 2
    warning = (
        "warning: header of x.tsv looks like data, because its label 'up' is that of other rows, "
        "too; set options.header = false"
    )
    assert tally == ({warning: 1} if odd else {})


def test_names_of_a_header_are_stripped_and_different(read, tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text(" text\tlabel \na\tup\n")
    names = {"header": True, "text": "text", "label": "label"}
    assert read("delimited", path, "classification", **names)[0][0].target == "up"
    path.write_text("text\ttext \na\tup\n")
    with pytest.raises(DataError, match="line 1: two columns are called 'text'"):
        read("delimited", path, "classification", header=True)
