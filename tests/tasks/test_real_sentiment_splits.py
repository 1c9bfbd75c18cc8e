"""Overlap of the published splits of the tweets: the figures in the cards' comments."""

from collections import defaultdict

import pytest

from taskrel.tasks.card import load_card
from taskrel.tasks.cut import FIELDS, cut
from taskrel.tasks.task import SPLITS

pytestmark = pytest.mark.real_data

CARDS = {  # sizes; test rows whose id, and whose text, training has; those of training and dev
    "sentiment_rows": ((51_677, 1000, 22_147), (22_086, 2076), (22_095, 2233)),
    "sentiment_official": ((66_889, 6935, 1000), (903, 472), (1000, 518)),
}


@pytest.mark.parametrize("name", CARDS)
def test_leaks(data_folder, read, name):
    card = load_card(name)
    parts = {split: [] for split in SPLITS}
    for file in card.files:
        examples = read(card.reader, data_folder / file.path, card.kind, **card.options)[0]
        parts["train" if file.split == "all" else file.split] += [e for e in examples if e.tokens]
    cut(parts, card.cut)

    def leaks(*splits):
        seen = {by: {FIELDS[by](e) for s in splits for e in parts[s]} for by in ("key", "text")}
        return tuple(sum(FIELDS[by](e) in seen[by] for e in parts["test"]) for by in seen)

    sizes, train, all_but_test = CARDS[name]
    assert tuple(len(parts[s]) for s in SPLITS) == sizes
    assert (leaks("train"), leaks("train", "dev")) == (train, all_but_test)
    labels = defaultdict(set)
    for e in parts["train"]:
        labels[e.key].add(e.target)
    assert sum(labels.get(e.key) == {e.target} for e in parts["test"]) == train[0]  # the id tells
