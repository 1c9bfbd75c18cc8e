"""Texts and labels in two files."""

import pytest

from taskrel.errors import DataError

LABELS = {"labels": {"texts.txt": "labels.txt"}}


@pytest.fixture
def folder(tmp_path):
    def write(
        texts="so glad\nstop it\n", labels="0\n12 \n", names="0\t:)\t_very_glad_\t\n12\t:(\tno"
    ):
        for name, text in (("texts", texts), ("labels", labels), ("names", names)):
            (tmp_path / f"{name}.txt").write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize("kind", ["classification", "regression"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, ["0", "12"]), ({"names": "names.txt", "name": 3}, ["very glad", "no"])],
)
def test_lines_in_step(read, folder, kind, options, expected):
    path = folder()
    examples, tally = read(
        "parallel", path / "texts.txt", kind, path, replace={"so": "not so"}, **LABELS, **options
    )
    assert [e.tokens for e in examples] == [["not", "so", "glad"], ["stop", "it"]]
    assert [e.target for e in examples] == expected
    assert tally == {}


@pytest.mark.parametrize(
    ("texts", "labels", "options", "said"),
    [
        ("a\nb\n", "0\n", {}, r"texts.txt: expected as many lines as in labels.txt \(1\), found 2"),
        (
            "a\n",
            "7\n",
            {"names": "names.txt"},
            "line 1: expected a label with a name in names.txt on this line of labels.txt, found '7'",
        ),
        (
            "a\n",
            "0\n",
            {"names": "names.txt", "name": 4},
            "expected 4 fields separated by a TAB on each line of names.txt, found ",
        ),
        ("a\n", "0\n", {"names": "gone.txt"}, "gone.txt: no such file"),
        (
            "a\n",
            "0\n",
            {"labels": {"b.txt": "c.txt"}},
            "options.labels: expected a file of labels for 'texts.txt', found files for b.txt",
        ),
    ],
)
def test_refused(read, folder, texts, labels, options, said):
    path = folder(texts, labels)
    with pytest.raises(DataError, match=said):
        read("parallel", path / "texts.txt", "classification", path, **LABELS | options)


def test_a_blank_label_is_missing(read, folder):
    path = folder("a\nb\n", "0\n\n")
    examples, tally = read(
        "parallel", path / "texts.txt", "classification", path, names="names.txt", **LABELS
    )
    assert [e.target for e in examples] == [":)", None]
    assert tally == {"texts without a label": 1}
