"""Fit the projection of all-MiniLM-L6-v2 that ships with taskrel: its states' principal components.

python experiments/library_minilm/basis.py basis.safetensors

It needs the extra ``minilm`` and the corpora of the cards in the data folder. The file has
figures alone. Another machine rounds differently, and its components then differ from the shipped
ones within half precision.
"""

import sys
from pathlib import Path

import numpy as np

from taskrel.io.paths import data_folder
from taskrel.models.frozen.basis import Basis, principal_components, save_basis
from taskrel.models.frozen.compute import FrozenModel
from taskrel.study.experiment.file import load_experiment
from taskrel.tasks.card import load_card
from taskrel.tasks.parsed import read_task
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.training.inputs import cut_texts

#: Cards of the library, and those whose corpora came later.
CARDS = [
    *(entry.card for entry in load_experiment("library").tasks),
    *("banking77", "clinc150", "davidson", "paraphrase", "entailment"),
]
TEXTS, TOKENS, LONGEST, KEPT = 150, 1500, 60, 192


def main(out: Path) -> None:
    """Fit, write, and print the share of each card's variance that parts of the basis keep."""
    data = data_folder()
    model = FrozenModel(find_pretrained("minilm", data).path, None)
    rng, found = np.random.default_rng(0), {}
    for name in CARDS:
        task = read_task(load_card(name), data, limit=TEXTS)
        states = model.of_words(task.words, cut_texts(task, "train", LONGEST))
        found[name] = states[rng.permutation(len(states))[:TOKENS]]
    basis = principal_components(np.concatenate([*found.values()]))
    save_basis(Basis(basis.mean, basis.components[:, :KEPT]), out)
    for name, states in found.items():
        shares = [
            basis.project(states, dims).var(0).sum() / states.var(0).sum()
            for dims in (64, 128, KEPT)
        ]
        print(name.ljust(18), *(f"{share:.2f}" for share in shares))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
