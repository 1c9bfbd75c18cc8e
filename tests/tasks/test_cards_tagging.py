"""The shipped cards of the tagging corpora, without the corpora themselves."""

import re

import pytest

from taskrel.errors import CardError, DataError
from taskrel.io.toml import convert
from taskrel.tasks.card import load_card, parse_card
from taskrel.tasks.load import load_task
from taskrel.tasks.readers import READERS

FAMILIES = {
    "pos": "ewt",
    "xpos": "ewt",
    "deprel": "ewt",
    "mwe": "ewt",
    "supersense": "ewt",
    "ccg": "pmb",
    "semtag": "pmb",
    "chunk": "chunk",
    "semcor": "semcor",
    "frames": "frames",
    "keyphrase": "keyphrase",
    "ner": "ner",
    "disease_chemical": "bc5cdr",
    "entity": "gum",
}


@pytest.mark.parametrize("name", FAMILIES)
def test_card_is_complete(name):
    card = load_card(name)
    convert(card.options, READERS[card.reader].Options, name, CardError)
    assert card.kind == "tagging"
    assert card.family == FAMILIES[name]
    assert card.licence and re.search(r"\(\d{4}\), .+, [A-Z]", card.citation)
    for file in card.files:
        assert file.url.startswith("https://")
        assert not file.sha256 or re.fullmatch("[0-9a-f]{64}", file.sha256)
    splits = {file.split for file in card.files}
    assert (
        {"train", "dev", "test"} <= splits
        or card.cut.dev
        or "splits" in card.options
        or "test" in card.options
    )


SIDE = {
    "schema": 1,
    "name": "side",
    "title": "t",
    "kind": "tagging",
    "metric": "accuracy",
    "reader": "streusle",
    "cut": {"dev": 0.5, "seed": 3, "by": ["key"]},
    "options": {"layer": "mwe", "splits": {"train": "ids.txt", "test": "reviews_test_ids.txt"}},
}
IDS = "# sent_id = reviews-000012-0001\n# sent_id = reviews-000056-0001\n"


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ({"path": "ids.txt"}, None),
        ({"path": "ids.txt", "sha256": "0" * 64}, "wrong checksum"),
        (
            {"path": "gone.txt", "url": "https://example.org/gone.txt"},
            "get it with: taskrel fetch side",
        ),
    ],
)
def test_side_files_are_checked_but_not_read(tmp_path, made_up, side, message):
    for name in ("reviews.tags", "reviews_test_ids.txt"):
        (tmp_path / name).write_bytes((made_up / name).read_bytes())
    (tmp_path / "ids.txt").write_text(IDS)
    card = parse_card(SIDE | {"files": [{"path": "reviews.tags"}, side | {"split": "side"}]}, "c")
    if message:
        with pytest.raises(DataError, match=message):
            load_task(card, tmp_path)
    else:
        task = load_task(card, tmp_path)
        assert [len(task.splits[s]) for s in ("train", "dev", "test")] == [1, 1, 1]
        assert task.left_out == {}
