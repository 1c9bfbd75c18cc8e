"""The tagging cards against counts of the real corpora (skipped where there are none)."""

from functools import cache

import pytest

from taskrel.errors import CardError
from taskrel.io.toml import convert
from taskrel.tasks.card import load_card
from taskrel.tasks.cut import cut
from taskrel.tasks.load import load_task
from taskrel.tasks.readers import READERS
from taskrel.tasks.readers.corpora.brat import read_spans
from taskrel.tasks.readers.source import Source

pytestmark = pytest.mark.real_data

EWT = {"train": (12544, 204577), "dev": (2001, 25147), "test": (2077, 25094)}
STREUSLE = {"train": (2723, 44804), "dev": (554, 5394), "test": (535, 5381)}
PMB = {"train": (7745, 50408), "dev": (1174, 7368), "test": (1053, 6821)}

# Sentences and tokens of each part ("train+dev": a cut divides them), labels, labels
# that only dev or test have, things left out.
COUNTS = {
    "pos": (EWT, 17, 0, {}),
    "xpos": (EWT, 49, 0, {}),
    "deprel": (EWT, 51, 0, {}),
    "chunk": ({"train+dev": (8936, 211727), "test": (2012, 47377)}, 22, 1, {}),
    "mwe": (STREUSLE, 3, 0, {}),
    "supersense": (STREUSLE, 170, 3, {"marks for no supersense, labelled as outside": 2824}),
    "semcor": ({"train+dev+test": (20138, 434774)}, 83, 0, {}),
    "frames": (
        {"train": (1225, 30386), "dev": (279, 7639), "test": (765, 13512)},
        2,
        0,
        {"sentences without a manual frame annotation": 2353},
    ),
    "ccg": (PMB, 294, 18, {}),
    "semtag": (PMB, 69, 0, {}),
    "ner": ({"train": (3394, 62730), "dev": (1009, 15733), "test": (1287, 23394)}, 13, 0, {}),
    "disease_chemical": (
        {"train": (4560, 118170), "dev": (4581, 117453), "test": (4797, 124750)},
        5,
        0,
        {},
    ),
    # 38,031 entities, of which 21,499 are in no other one; none crosses another.
    "entity": (
        {"train": (4906, 102797), "dev": (598, 14201), "test": (680, 14772)},
        21,
        0,
        {"entities inside another one, or overlapping it": 38031 - 21499},
    ),
}


@pytest.fixture(scope="module")
def task(data_folder):
    return cache(lambda name: load_task(load_card(name), data_folder))


def examples(name, data_folder):
    """Examples of the card's first file, before any cut."""
    card = load_card(name)
    reader = READERS[card.reader]
    options = convert(card.options, reader.Options, name, CardError)
    source = Source(data_folder / card.files[0].path, options, card.kind, folder=data_folder)
    return list(reader.read(source))


@pytest.mark.parametrize("name", COUNTS)
def test_counts(task, name):
    sizes, n_labels, n_unseen, left_out = COUNTS[name]
    found = task(name)
    for parts, expected in sizes.items():
        splits = [found.splits[s] for s in parts.split("+")]
        assert (sum(map(len, splits)), sum(len(s.tokens) for s in splits)) == expected, parts
    assert (len(found.labels), len(found.unseen)) == (n_labels, n_unseen)
    assert dict(found.left_out) == left_out


# Tokens that are not outside, by split.
INSIDE = {
    "mwe": (6868, 804, 837),
    "supersense": (19639, 2364, 2331),
    "frames": (8095, 2006, 3122),
    "ner": (3160, 1250, 1740),
    "disease_chemical": (14203, 14064, 14174),
}


@pytest.mark.parametrize("name", INSIDE)
def test_tokens_that_are_labelled(task, name):
    found = task(name)
    outside = found.labels.index(found.outside)
    assert tuple((s.targets != outside).sum() for s in found.splits.values()) == INSIDE[name]


def test_multiword_tokens_of_ewt_are_read_as_words(task):
    """The ranges (``3-4``) hold the spelling "don't"; the words are "do" and "n't"."""
    assert "n't" in task("pos").words and "don't" not in task("pos").words


def test_every_supersense_begins_once(data_folder):
    """21,051 of the 23,875 filled cells of the column are supersenses, the others marks."""
    begins = [y for e in examples("supersense", data_folder) for y in e.target if y[0] == "B"]
    assert len(begins) == 21051


@pytest.mark.parametrize(
    ("name", "begins"), [("disease_chemical", (9385, 9593, 9809)), ("entity", (17007, 2216, 2276))]
)
def test_every_entity_begins_once(task, name, begins):
    found = task(name)
    b = [i for i, label in enumerate(found.labels) if label.startswith("B-")]
    assert tuple(sum((s.targets == i).sum() for i in b) for s in found.splits.values()) == begins


def test_entity_has_ten_types(task):
    assert {label[2:] for label in task("entity").labels} - {""} == {
        "abstract",
        "animal",
        "event",
        "object",
        "organization",
        "person",
        "place",
        "plant",
        "substance",
        "time",
    }


def test_chunk_has_a_label_that_only_test_shows(task):
    assert task("chunk").unseen == ("I-LST",)


def test_hashtags_are_no_comments(task):
    found = task("ner")
    assert sum(found.words[t].startswith("#") for t in found.splits["train"].tokens) == 828


def test_comments_of_the_meaning_bank_are_no_tokens(task):
    assert not any(w.startswith(("# ", "###")) for w in task("ccg").words)
    assert any("~" in w for w in task("ccg").words)


def test_streusle_is_a_part_of_ewt_with_the_same_split(task):
    def letters(name, split):
        return ["".join(c for c in text if c.isalnum()) for text in task(name).texts(split)]

    for split in ("train", "dev", "test"):
        known = set(letters("pos", split))
        assert sum(t not in known for t in letters("mwe", split)) <= 4  # respelt since


def test_semcor_is_cut_by_document(data_folder):
    whole = examples("semcor", data_folder)
    assert len({e.key for e in whole}) == 186
    parts = {"train": whole, "dev": [], "test": []}
    cut(parts, load_card("semcor").cut)
    documents = {split: {e.key for e in part} for split, part in parts.items()}
    assert {split: len(keys) for split, keys in documents.items()} == {
        "train": 148,
        "dev": 19,
        "test": 19,
    }
    assert len(set.union(*documents.values())) == 186


def test_frames_split_is_the_published_one(data_folder):
    rows = [
        line.split("\t")
        for line in (data_folder / "framenet17" / "splits.tsv").read_text().splitlines()
    ]
    options = load_card("frames").options
    assert {f"{name}.xml": split for split in options for name in options[split]} == {
        name: split for split, name in rows
    }


# Paragraphs; spans (one of them, in train, is discontinuous); spans that overlap one
# before them in the file; spans left out because they overlap a longer or equal one.
SPANS = {"train": (350, 6732, 637, 664), "dev": (50, 1162, 98, 101), "test": (100, 2052, 155, 169)}


@pytest.mark.parametrize("split", SPANS)
def test_spans_of_scienceie(data_folder, split):
    folder = data_folder / "scienceie" / split
    source = Source(folder, None, "tagging")
    every = {
        p: read_spans(source, p.with_suffix(".ann"), source.text(path=p))
        for p in sorted(folder.glob("*.txt"))
    }
    overlaps = sum(
        any(c < f and e < d for c, d in a.parts for b in spans[:i] for e, f in b.parts)
        for spans in every.values()
        for i, a in enumerate(spans)
    )
    several = sum(len(s.parts) > 1 for spans in every.values() for s in spans)
    assert (len(every), sum(map(len, every.values())), overlaps) == SPANS[split][:3]
    assert several == (split == "train")


def test_keyphrase(task):
    """Tokens and sentences are those of `tasks.text`: exact counts are of what does not depend on them."""
    found = task("keyphrase")
    assert found.labels == ("I", "O")
    assert found.left_out["spans that overlap a longer or equal one"] == sum(
        row[3] for row in SPANS.values()
    )
    # Every span reaches a token of its own; the share of keyphrase tokens is near 3 in 10.
    assert set(found.left_out) == {
        "spans that overlap a longer or equal one",
        "spans that cut through a token and take the whole of it",
    }
    train = found.splits["train"]
    assert 2000 < len(train) < 2600
    assert 0.27 < (train.targets == 0).mean() < 0.32
