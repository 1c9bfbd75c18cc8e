"""WebAnno TSV 3: numbers of spans, stacked and escaped annotations, parts of tokens."""

import pytest

from taskrel.errors import DataError

HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Ent|value\n\n\n"


@pytest.fixture
def labels(read, tmp_path):
    """Function that writes cells of one sentence and gives their labels and the tally."""

    def run(*cells, **options):
        rows = [f"1-{i}\t{i}-{i + 1}\tw{i}\t{cell}\t\n" for i, cell in enumerate(cells, start=1)]
        (tmp_path / "a.tsv").write_text(HEAD + "#Text=w\n" + "".join(rows))
        examples, tally = read("webanno", tmp_path / "a.tsv", **options)
        return examples[0].target, tally

    return run


@pytest.mark.parametrize(
    ("cells", "expected", "tally"),
    [
        (["PER[1]", "PER[2]", "PER[2]", "_"], "B-PER B-PER I-PER O", {}),
        (["PER", "LOC", "LOC"], "B-PER B-LOC B-LOC", {}),
        # The longest of those that begin together, then what begins before
        (["PER[1]|LOC[2]", "LOC[2]"], "B-LOC I-LOC", {"spans that overlap another one": 1}),
        (["A[1]", "A[1]|B[2]", "B[2]"], "B-A I-A O", {"spans that overlap another one": 1}),
        ([r"a\|b[3]", r"a\|b[3]", r"c\_d", r"e\[1\]"], r"B-a|b I-a|b B-c_d B-e[1]", {}),
        (["*[1]", "*[1]", "X"], "O O B-X", {"annotations without a value": 2}),
        (["A[1]", "_", "A[1]"], "B-A O B-A", {}),
    ],
)
def test_cells(labels, cells, expected, tally):
    assert labels(*cells) == (expected.split(), tally)


def test_plain_values(labels):
    assert labels("NN", "_", "VB", scheme="plain") == (
        ["NN", None, "VB"],
        {"tokens without a label": 1},
    )


def test_sentences_layers_and_parts(read, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.tsv").write_text(
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=de.lexmorph.POS|PosValue|coarseValue\n#T_SP=x.Mark|\n"
        "#T_SP=de.ner.NamedEntity|identifier|value\n#T_RL=x.Rel|BT_x.Mark\n\n\n"
        "#Text=New\\tYorker, so\n#Text=on\n"
        "1-1\t0-3\tNew\\\\\tNN\tN\t*\tQ1[1]\tLOC[1]\t_\t\n"
        "1-2\t4-10\tYorker\tNN\tN\t_\t_\t_\t_\t\n"
        "1-2.1\t4-8\tYork\t_\t_\t_\tQ1[1]\tLOC[1]\t_\t\n"
        "2-1\t11-13\tso\tRB\tR\t_\t_\t_\t_\t\n"
    )
    path = tmp_path / "docs"
    examples, tally = read("webanno", path, layer="NamedEntity")
    assert [(e.tokens, e.target) for e in examples] == [
        (["New\\", "Yorker"], ["B-LOC", "I-LOC"]),
        (["so"], ["O"]),
    ]
    assert {e.key for e in examples} == {str(path / "a.tsv")}
    assert tally == {"annotations of a part of a token, read as of the whole token": 1}
    examples, _ = read("webanno", path, layer="POS", feature="PosValue", scheme="plain")
    assert [e.target for e in examples] == [["NN", "NN"], ["RB"]]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("1\ta\n", {}, "line 1: expected '#FORMAT=WebAnno TSV 3', found '1.*use another reader"),
        ("", {}, "expected '#FORMAT=WebAnno TSV 3', found ''"),
        (HEAD + "1-1\t0-1\ta\n", {}, "line 5: expected a token's number, such as 2-5, and 3 more"),
        (HEAD + "x\t0-1\ta\t_\n", {}, "line 5: expected a token's number"),
        (HEAD + "1-1.1\t0-1\ta\t_\n", {}, "1-1.1 is a part of a token that is not there"),
        (HEAD, {"layer": "Entt"}, "the file has no layer 'Entt'; did you mean Ent"),
        (HEAD, {"feature": "valu"}, "layer Ent has no feature 'valu'; did you mean value"),
        (
            HEAD.replace("\n\n\n", "\n#T_SP=x.Other|value\n"),
            {},
            "the file has 2 layers of spans; known: Ent, Other",
        ),
        ("#FORMAT=WebAnno TSV 3.3\n", {}, "0 layers of spans; it has no layer of spans"),
    ],
)
def test_refused(read, tmp_path, text, options, said):
    (tmp_path / "a.tsv").write_text(text)
    with pytest.raises(DataError, match=said):
        read("webanno", tmp_path / "a.tsv", **options)


def test_a_folder_without_files(read, tmp_path):
    with pytest.raises(DataError, match=r"expected .tsv files in this folder, found none"):
        read("webanno", tmp_path)
