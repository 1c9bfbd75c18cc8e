"""CoNLL columns, on made-up files."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskrel.errors import CardError, DataError
from taskrel.tasks.readers.labels import label_of

CHUNKS = [
    (["Old", "cats", "sleep", "."], ["B-NP", "I-NP", "B-VP", "O"]),
    (["Rain", "fell"], ["B-NP", "B-VP"]),
]


def pairs(examples):
    return [(e.tokens, e.target) for e in examples]


@pytest.mark.parametrize(
    ("file", "options", "expected"),
    [
        ("chunks.txt", {"label": 3, "separator": " "}, CHUNKS),
        ("chunks.txt", {"label": 3, "separator": ""}, CHUNKS),
        (
            "chunks.txt",
            {"word": 2, "label": 1, "separator": " ", "header": True},
            [(["NNS", "VBP", "."], ["cats", "sleep", "."]), (["NN", "VBD"], ["Rain", "fell"])],
        ),
        # No comments unless the card says so; a lone TAB ends a sentence.
        (
            "tweets.conll",
            {},
            [(["#sun", "in", "Lima"], ["O", "O", "B-location"]), (["# ", "hi"], ["O", "O"])],
        ),
        # Comments by prefix, TABs in them or not; the token "#" is none.
        (
            "supertags.conll",
            {"label": 4, "comments": ["# ", "###"]},
            [(["Rain", "fell~down", "#"], ["CON", "EPS", "NIL"]), (["It"], ["PRO"])],
        ),
        (
            "supertags.conll",
            {"label": 5, "comments": ["# ", "###"]},
            [(["Rain", "fell~down", "#"], ["n", "s:dcl\\np", "."]), (["It"], ["np"])],
        ),
    ],
)
def test_columns(read, made_up, file, options, expected):
    examples, tally = read("columns", made_up / file, **options)
    assert pairs(examples) == expected
    assert tally == {}


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a\tO\nb c\n", {}, "line 2: expected at least 2 columns separated by a TAB, found 1"),
        (
            "a O\n",
            {"label": 3, "separator": " "},
            "line 1: expected at least 3 columns separated by one blank, found 2",
        ),
        ("a O\n", {"separator": "||"}, r"separated by '\|\|', found 1"),
        ("a\tO\n\tO\n", {}, r"line 2: column 1 \(word\) is empty"),
        (
            "Ana\tNN\tB-PER\nBo\tI-PER\nso\tRB\tO\n",
            {},
            "line 2: expected 3 columns, as in most rows of its sentence, found 2; .* set "
            "options.label = -1",
        ),
        (
            "Rain O\nin O\nNew York B-LOC\n",
            {"separator": ""},
            "line 3: expected 2 columns, .*found 3; .* where a token has a separator in it",
        ),
        (
            "a O\n\n# text = b c\nb O\nc O\n",
            {"separator": " "},
            "line 3: expected 2 columns, .*, found 5; if it is a comment, set options.comments",
        ),
        ("a\n", {"label": -2}, "line 1: expected at least 2 columns"),
        ("#FORMAT=WebAnno TSV 3.3\n", {"comments": ["#"]}, 'use reader = "webanno"'),
    ],
)
def test_malformed_columns(read, tmp_path, content, options, message):
    path = tmp_path / "bad.tsv"
    path.write_text(content)
    with pytest.raises(DataError, match=message) as error:
        read("columns", path, **options)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("content", "options", "expected", "tally"),
    [
        # Blanks behind a label, with a TAB and with blanks between columns
        ("a\tB-X \nb\tO\t\n", {}, [(["a", "b"], ["B-X", "O"])], {}),
        ("a B-X \nb  O\n", {"separator": ""}, [(["a", "b"], ["B-X", "O"])], {}),
        ("a B-X  \nb O\n", {"separator": " "}, [(["a", "b"], ["B-X", "O"])], {}),
        # A no-break space is a part of its token.
        ("10\u00a0000 \t B-N\n", {"separator": ""}, [(["10\u00a0000"], ["B-N"])], {}),
        (
            "a\t\tx\nb\tnan\tx\nc\tO\tx\n",
            {},
            [(["a", "b", "c"], [None, None, "O"])],
            {"tokens without a label": 2},
        ),
        (
            "a\tB-X\nb\tNN\tO\nc\tNN\tO\n",
            {"label": -1},
            [(["a", "b", "c"], ["B-X", "O", "O"])],
            {
                "warning: rows of x.txt with 2 columns where 3 are usual, the first at line 1; "
                "their labels are in the last column": 1
            },
        ),
        (  # What is usual is so over all rows, not only over those of such a sentence.
            "a\tX\tO\n\nb\tO\nc\tX\tO\n",
            {"label": -1},
            [(["a"], ["O"]), (["b", "c"], ["O", "O"])],
            {
                "warning: rows of x.txt with 2 columns where 3 are usual, the first at line 3; "
                "their labels are in the last column": 1
            },
        ),
        (
            "a O x\n\nb O\n\nc O\n",
            {"separator": " "},
            [(["a"], ["O"]), (["b"], ["O"]), (["c"], ["O"])],
            {
                "warning: sentences of x.txt with 3 columns where 2 are usual, the first at line 1;"
                " check that their labels are in the right column": 1
            },
        ),
    ],
)
def test_widths_and_missing_labels(read, tmp_path, content, options, expected, tally):
    (tmp_path / "x.txt").write_text(content)
    examples, found = read("columns", tmp_path / "x.txt", **options)
    assert pairs(examples) == expected
    assert found == tally


@pytest.mark.parametrize("mark", ["-DOCSTART-", "-DOCSTART- -X- O O", "-DOCSTART-\tO"])
def test_documents(read, tmp_path, mark):
    path = tmp_path / "x.txt"
    path.write_text(f"{mark}\n\na\tO\nb\tO\n\nc\tO\n{mark}\nd\tO\n-DOCSTART-x\tO\n")
    examples, tally = read("columns", path)
    assert [e.tokens for e in examples] == [["a", "b"], ["c"], ["d", "-DOCSTART-x"]]
    assert [e.key.rpartition(" ")[2] for e in examples] == ["1", "1", "2"]
    assert tally == {"note: lines that mark a document (-DOCSTART-)": 2}
    assert pairs(read("columns", path, comments=["-DOCSTART- ", "-DOCSTART-"])[0])[0][0] == [
        "a",
        "b",
    ]


def test_undecodable_bytes_name_their_line(read, tmp_path):
    path = tmp_path / "latin.tsv"
    path.write_bytes(b"a\tO\ncaf\xe9\tO\n")
    with pytest.raises(DataError, match=r"line 2: byte 0xe9 is not utf-8; set options\.encoding"):
        read("columns", path)
    assert pairs(read("columns", path, encoding="latin-1")[0]) == [(["a", "café"], ["O", "O"])]


def test_unknown_encoding(read, made_up):
    with pytest.raises(DataError, match="unknown encoding 'utf9'"):
        read("columns", made_up / "tweets.conll", encoding="utf9")


def test_columns_count_from_one(read, made_up):
    with pytest.raises(CardError, match=r"field 'word': expected `int` >= 1"):
        read("columns", made_up / "chunks.txt", word=0)
    with pytest.raises(
        CardError, match="field 'label': columns are counted from 1, or from the la"
    ):
        read("columns", made_up / "chunks.txt", label=0)


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\t\n\r \ufeff"), min_size=1
).filter(str.strip)
sentences = st.lists(st.lists(st.tuples(words, words), min_size=1), max_size=4)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(sentences, st.sampled_from(["\t", " "]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_columns_give_back_what_was_written(read, tmp_path, sentences, separator, end, closed):
    """Whatever the words are: `#`, quotes, line separators of Unicode."""
    text = (end * 2).join(end.join(separator.join(row) for row in s) for s in sentences)
    path = tmp_path / "any.tsv"
    path.write_bytes((text + end * closed).encode())
    examples, _ = read("columns", path, separator=separator)
    assert pairs(examples) == [([w for w, _ in s], [label_of(y) for _, y in s]) for s in sentences]
