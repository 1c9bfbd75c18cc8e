"""Small inputs that users meet, one folder each: cards, data, and what should happen.

The folder `cases` is next to the one of the real corpora.
"""

import itertools
import os
import re
from pathlib import Path

import numpy as np
import pytest
from seqeval.metrics import f1_score

from taskrel.errors import TaskrelError
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task
from taskrel.training.evaluation.metrics import score

pytestmark = pytest.mark.real_data

IOB = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
TWO = ("neg", "pos")

#: Case, card → labels and number of texts of what is read, and warnings that there must be.
READ = [
    ("01-docstart", "plain", IOB, 90, ()),
    ("01-docstart", "commented", IOB, 90, ()),
    ("03-trailing-blank-label", "trail", IOB, 90, ()),
    ("04-nbsp-token", "tab", ("B-LOC", "B-NUM", *IOB[1:]), 90, ()),
    ("04-nbsp-token", "white", ("B-LOC", "B-NUM", *IOB[1:]), 90, ()),
    ("07-ragged-columns", "last", IOB, 90, ("with 2 columns where 3 are usual",)),
    (
        "12-label-only-in-test",
        "onlytest",
        IOB,
        90,
        (r"test has 2 labels \('I-GPE', 'B-GPE'\) that training never shows",),
    ),
    (
        "15-header-as-data",
        "hdr",
        ("label", *TWO),
        121,
        ("label 'label' occurs once, with 'text', like the names of columns",),
    ),
    ("16-quotes-without-quoting", "withq", TWO, 120, ()),
    ("20d-excel-sep-line", "sep", ("dürftig", "gut"), 120, ()),
    ("21-json-array-pretty", "arr", TWO, 120, ()),
    ("21b-json-array-one-line", "arr1", TWO, 120, ()),
    ("22-doccano-classification", "docc", TWO, 120, ()),
    ("23d-nested-fields", "nest", TWO, 120, ()),
    ("24-jsonl-label-blanks", "jb", ("Neg", "Pos", *TWO), 120, ("'pos', 'Pos' .*differ only in",)),
    ("27-multilabel-python-lists", "pyl", ("loud", *TWO), 120, ()),
    ("29-cr-line-ends", "mac", TWO, 120, ()),
    ("33b-bz2", "bz", TWO, 120, ()),
    ("33c-zip", "zi", TWO, 120, ()),
    (
        "39-one-rare-example",
        "imb",
        TWO,
        201,
        ("test has only one label, 'pos', so that its macro_f1 says nothing",),
    ),
    ("39b-rare-stratified", "imbs", TWO, 203, ()),
    ("44-card-bom-crlf", "bom", TWO, 120, ()),
    ("44c-card-folder-mixed", "mi", TWO, 120, ()),
    ("48-brat-plain", "brat", IOB, 60, ()),
    ("50-sentence-pair", "pair", TWO, 120, ()),
]
#: Case, card → what the error says.
REFUSED = [
    ("07-ragged-columns", "ragged", "t.txt, line 1: expected 3 columns, .* found 2; .*label = -1"),
    ("09-lower-outside", "low", "no training token has the outside label 'O'; did you mean o"),
    ("09-lower-outside", "misspelt", "no training token has the outside label '_'; known: B-LOC"),
    ("11-webanno-tsv3", "webanno", 'this is WebAnno TSV; use reader = "webanno"'),
    ("13-test-without-gold", "glue", "every label of the test split is unknown in training"),
    ("16-quotes-without-quoting", "noq", "t.csv, line 1: expected 2 columns, .*quoting = true"),
    ("20-excel-utf16", "noenc", 'this looks like UTF-16: set options.encoding = "utf-16"'),
    ("20e-cp1252", "cp", "t.csv, line 3: byte 0xfc is not utf-8; set options.encoding"),
    ("23-doccano-spans", "dspan", 'line 1: .* spans of characters, .* set reader = "spans"'),
    ("23c-label-studio-json", "ls", 'item 1: .* spans of characters, .* set reader = "spans"'),
    ("33e-parquet-like", "pq", 'this is a parquet file; use reader = "parquet"'),
    ("36b-single-example", "sing", "1 text is too few for 3 splits"),
    ("36d-empty-file", "emptyf", "t.tsv: the file is empty"),
    ("36f-all-texts-equal", "eq", "120 texts are 1 group, because equal texts stay together"),
    ("38b-huge-sentence", "hs", "a sentence of the train split has 51,900 tokens, more than"),
    ("44c-card-folder-mixed", "experiment", "this is an experiment, because it has no kind"),
]
#: Cases whose spans are scored: name → how a label is written for seqeval.
SCHEMES = {
    "10-scheme-bilou": {"L": "E", "U": "S"},
    "10-scheme-bmes": {"M": "I"},
    "10-scheme-lower": {},
}


@pytest.fixture(scope="module")
def cases(data_folder):
    folder = Path(os.environ.get("TASKREL_DATA", data_folder)).resolve().parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"no folder of cases next to {data_folder}")
    return folder


def load(cases, case, card):
    return load_task(load_card(cases / case / "cards" / f"{card}.toml"), cases / case / "data")


def test_no_case_is_forgotten(cases):
    listed = {case for case, *_ in [*READ, *REFUSED]} | {*SCHEMES}
    assert {path.name for path in cases.iterdir() if path.is_dir()} == listed


@pytest.mark.parametrize(("case", "card", "labels", "texts", "warnings"), READ)
def test_read(cases, case, card, labels, texts, warnings):
    task = load(cases, case, card)
    assert set(task.labels) == set(labels)
    assert sum(len(split) for split in task.splits.values()) == texts
    found = "\n".join(task.report().warnings)
    for warning in warnings:
        assert re.search(warning, found), found


@pytest.mark.parametrize(("case", "card", "says"), REFUSED)
def test_refused(cases, case, card, says):
    with pytest.raises(TaskrelError, match=says):
        load(cases, case, card)


def test_the_token_with_a_no_break_space(cases):
    for card in ("tab", "white"):
        task = load(cases, "04-nbsp-token", card)
        assert "10\u00a0000" in task.words


def test_one_rare_label_in_each_split(cases):
    task = load(cases, "39b-rare-stratified", "imbs")
    rare = task.labels.index("neg")
    assert [int((split.targets == rare).sum()) for split in task.splits.values()] == [1, 1, 1]


@pytest.mark.parametrize("case", SCHEMES)
def test_span_f1_is_that_of_seqeval(cases, case):
    task = load(cases, case, case.removeprefix("10-scheme-"))
    gold = task.splits["test"].targets
    rng = np.random.default_rng(0)
    predicted = np.where(rng.random(len(gold)) < 0.2, rng.choice(gold, len(gold)), gold)

    def named(codes):
        names = [task.labels[code] for code in codes]
        letters = [(name[0].upper(), name[1:].upper()) for name in names]
        names = [SCHEMES[case].get(letter, letter) + rest for letter, rest in letters]
        ends = task.splits["test"].offsets
        return [names[a:b] for a, b in itertools.pairwise(ends)]

    expected = f1_score(named(gold), named(predicted), zero_division=0)
    assert 0.3 < expected < 0.95
    assert score(task, "test", predicted)["span_f1"] == pytest.approx(expected)
