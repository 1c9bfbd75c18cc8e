"""A study of two capped planted tasks, trained for real in a second."""

from pathlib import Path

from made_experiment import LITTLE, little

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.from_store import evidence_from_store
from taskrel.meta.features.measure import measure
from taskrel.meta.features.task_info import task_info
from taskrel.study.experiment.experiment import Experiment
from taskrel.study.prepare import prepare_study
from taskrel.training.recipes.recipe import BiLSTM, Recipe

RECIPE = Recipe(steps=40, width=4, evaluations=2, encoder=BiLSTM(units=3))
#: The cards of its tasks, which do not ship.
CARDS = str(LITTLE)
#: A task of one's own.
CARD = """
schema = 1
name = "mine"
title = "A task of one's own"
kind = "tagging"
metric = "accuracy"
reader = "planted"
family = "mine"

[options]
labelling = "coarse"
train = 30
dev = 10
test = 10
seed = 99
"""


def tiny_evidence(folder: Path) -> Evidence:
    """Evidence from that study: "fine" and "coarse", 20 texts each, one seed."""
    entries = (little("fine", limit=20), little("coarse", limit=20))
    study = prepare_study(Experiment("tiny", entries, (0,), {"tiny": RECIPE}, ("tiny",)))
    assert study.train(folder, task_info, jobs=1, bar=False) == 0
    measure(study, folder, jobs=1, bar=False)
    return evidence_from_store(folder)
