"""STREUSLE, SemCor, FrameNet and brat, on made-up files in their formats."""

import gzip

import pytest

from taskrel.errors import DataError

SPLITS = {"train": "reviews_train_ids.txt", "test": "reviews_test_ids.txt"}


# She took her [New York ~ friend] into account and is well ~ off ~ now
@pytest.mark.parametrize(
    ("layer", "labels", "marks"),
    [
        ("mwe", "O B O O O O I I O O B I I", 0),
        (
            "supersense",
            "O B-cognition O B-LOCATION I-LOCATION B-PERSON I-cognition I-cognition O O O O B-TIME",
            2,
        ),
    ],
)
def test_streusle(read, made_up, layer, labels, marks):
    examples, tally = read("streusle", made_up / "reviews.tags", layer=layer, splits=SPLITS)
    assert [e.split for e in examples] == ["train", "test"]
    assert [e.key for e in examples] == ["reviews-000012", "reviews-000034"]
    assert examples[0].target == labels.split()
    assert examples[0].tokens[:3] == ["She", "took", "her"]
    assert tally.pop("sentences that no list of a split has") == 1
    # Auxiliary "is", and discourse "Next up" once.
    assert sum(tally.values()) == marks


def test_streusle_without_lists_leaves_the_split_open(read, made_up):
    examples, tally = read("streusle", made_up / "reviews.tags", layer="mwe")
    assert [e.split for e in examples] == [None] * 3
    assert tally == {}


TAG_ROW = "1\ta\ta\tDT\t{tag}\t{parent}\t{strength}\t\t{id}\n"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tag": "X"}, "line 1: expected one of O o B b .* found 'X'"),
        ({"tag": "Ī", "parent": "1", "strength": "_"}, "line 1: expected the offset of an earlier"),
        ({"tag": "Ī", "parent": "", "strength": "_"}, "line 1: expected the offset of an earlier"),
        ({"id": "12"}, "line 1: expected a sentence id such as"),
        ({"id": "a.b.c.1\textra"}, "line 1: expected 9 columns separated by a TAB, found 10"),
    ],
)
def test_malformed_streusle(read, tmp_path, fields, message):
    path = tmp_path / "bad.tags"
    row = {"tag": "O", "parent": "0", "strength": "", "id": "ewtb.r.000001.1"} | fields
    path.write_text(TAG_ROW.format(**row))
    with pytest.raises(DataError, match=message):
        read("streusle", path, layer="supersense")


def test_malformed_list_of_sentences(read, made_up, tmp_path):
    (tmp_path / "ids.txt").write_text("# sent_id = reviews-000012-0001\nreviews-000034-0012\n")
    with pytest.raises(DataError, match=r"ids\.txt, line 2: expected '# sent_id = …'"):
        read(
            "streusle",
            made_up / "reviews.tags",
            folder=tmp_path,
            layer="mwe",
            splits={"train": "ids.txt"},
        )


@pytest.mark.parametrize("packed", [False, True])
def test_semcor(read, made_up, tmp_path, packed):
    path = made_up / "supersenses.txt"
    if packed:
        path = tmp_path / "supersenses.gz"
        path.write_bytes(gzip.compress((made_up / "supersenses.txt").read_bytes()))
    examples, tally = read("semcor", path)
    assert [(e.tokens, e.target, e.key) for e in examples] == [
        (
            ["The", "café", "owner", "smiled"],
            ["0", "B-noun.group", "I-noun.group", "B-verb.body"],
            "br-z01",
        ),
        (["Rain"], ["B-noun.phenomenon"], "br-z01"),
        (["Go"], ["B-verb.motion"], "br-z02"),
    ]
    assert tally == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            gzip.compress(b"0-a\tA DT 0\n1-a\tB 0\n", mtime=0),
            "line 2: expected 'word POS label'.* found 'B 0'",
        ),
        (gzip.compress(b"0-a\tA DT 0\n", mtime=0)[:-9], "damaged packed file"),
    ],
)
def test_malformed_semcor(read, tmp_path, content, message):
    path = tmp_path / "bad.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read("semcor", path)


def test_framenet(read, made_up):
    examples, tally = read("framenet", made_up / "fulltext")
    assert [(e.key, e.split) for e in examples] == [("Harbour", None), ("Market", None)]
    # A target in two parts; one that covers a piece of a token; ends are inclusive;
    # an annotation without a frame is none.
    harbour = dict(zip(examples[0].tokens, examples[0].target, strict=True))
    assert [w for w, y in harbour.items() if y == "TARGET"] == ["gave", "up", "fish-sellers"]
    assert " ".join(examples[0].tokens) == "We gave the boat up , fish-sellers & all ."
    assert examples[1].target == ["O", "TARGET", "O"]
    assert tally == {"sentences without a manual frame annotation": 1}


def test_framenet_splits_by_document(read, made_up):
    examples, tally = read("framenet", made_up / "fulltext", test=["Market"])
    assert [(e.key, e.split) for e in examples] == [("Market", "test")]
    assert tally == {"documents in no split": 1}


def test_framenet_misses_a_document(read, made_up):
    with pytest.raises(DataError, match=r"expected Bazaar\.xml, found no such file"):
        read("framenet", made_up / "fulltext", test=["Market", "Bazaar"])


def test_framenet_without_offsets(read, made_up, tmp_path):
    text = (made_up / "fulltext/Market.xml").read_text().replace('end="10"', 'end="ten"')
    (tmp_path / "Market.xml").write_text(text)
    with pytest.raises(DataError, match=r"Market\.xml: expected whole numbers .* '7' and 'ten'"):
        read("framenet", tmp_path)


FILMS = ["Thin Fe-Cr alloy films were grown .", "They cool slowly in dry air , and crack ."]


@pytest.mark.parametrize(
    ("options", "first", "second"),
    [
        ({}, "I I I I O O O", "I I I O I I O O I O"),
        (
            {"typed": True},
            "I-Material I-Material I-Material I-Material O O O",
            "I-Process I-Process I-Process O I-Material I-Material O O I-Process O",
        ),
        ({"scheme": "bio"}, "B I I I O O O", "B B I O B I O O I O"),
        (
            {"scheme": "bio", "typed": True},
            "B-Material I-Material I-Material I-Material O O O",
            "B-Process B-Process I-Process O B-Material I-Material O O I-Process O",
        ),
    ],
)
def test_brat(read, made_up, options, first, second):
    """One span nested, one repeated with another type, one discontinuous, one over CRLF."""
    examples, tally = read("brat", made_up / "brat", **options)
    assert [" ".join(e.tokens) for e in examples] == FILMS
    assert [" ".join(e.target) for e in examples] == [first, second]
    assert {e.key for e in examples} == {"films"}
    assert tally == {"spans that overlap a longer or equal one": 2, "texts without an .ann file": 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tProcess 0 3\trun", "line 1: expected 'run' at characters 0 3, found 'Run'"),
        ("T1\tProcess 0 99\tRun", r"line 1: expected 'Run' at characters 0 99, found 'Run\."),
        ("T1\tProcess 0 x\tRun", "line 1: expected 'T1<TAB>Type start end<TAB>text'"),
        ("T1 Process 0 3 Run", "line 1: expected 'T1<TAB>Type start end<TAB>text'"),
    ],
)
def test_malformed_brat(read, tmp_path, line, message):
    (tmp_path / "a.txt").write_text("Run. Stop.")
    (tmp_path / "a.ann").write_text(line + "\n")
    with pytest.raises(DataError, match=message):
        read("brat", tmp_path)


def test_spans_that_share_one_token_are_counted(read, tmp_path):
    (tmp_path / "a.txt").write_text("Fe-Cr melts.")
    (tmp_path / "a.ann").write_text("T1\tMetal 0 2\tFe\nT2\tMetal 3 5\tCr\n")
    examples, tally = read("brat", tmp_path)
    assert examples[0].target == ["I", "O", "O"]
    assert tally == {
        "spans that cut through a token and take the whole of it": 1,
        "spans all of whose tokens belong to an earlier span": 1,
    }


def test_brat_needs_a_folder_of_texts(read, made_up):
    with pytest.raises(DataError, match=r"expected \.txt and \.ann files, found no \.txt"):
        read("brat", made_up / "fulltext")
