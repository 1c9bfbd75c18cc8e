"""CoNLL columns and CoNLL-U, on made-up files."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskrel.errors import CardError, DataError

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
        ("a\t\tO\n", {}, r"line 1: column 2 \(label\) is empty"),
    ],
)
def test_malformed_columns(read, tmp_path, content, options, message):
    path = tmp_path / "bad.tsv"
    path.write_text(content)
    with pytest.raises(DataError, match=message) as error:
        read("columns", path, **options)
    assert str(path) in str(error.value)


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


words = st.text(
    st.characters(codec="utf-8", exclude_characters="\t\n\r \ufeff"), min_size=1
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
    assert pairs(examples) == [([w for w, _ in s], [y for _, y in s]) for s in sentences]


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


def test_conllu_knows_its_columns(read, made_up):
    with pytest.raises(CardError, match="field 'column'"):
        read("conllu", made_up / "words.conllu", column="feats")
