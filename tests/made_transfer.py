"""Evidence of transfer in a folder, with the encoders of its two auxiliaries; trained in a second."""

from pathlib import Path

from made import WORDS, multilabel_task, text_task
from made_transformer import tiny_transformer

from taskrel.meta.evidence.encoders import encoders_of, write_encoders
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.files import read_evidence, write_evidence
from taskrel.meta.evidence.from_store import evidence_from_store
from taskrel.meta.features.measure import measure
from taskrel.meta.features.task_info import task_info
from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.training.recipes.recipe import Adam, Attention, Recipe, States

AUXS = ("more", "many")
TASKS = {
    t.name: t
    for t in (
        text_task("small"),
        text_task("less", (40, 20, 20), 9),
        text_task("more", (80, 20, 20), 4),
        multilabel_task(n=(80, 20, 20)),
    )
}
#: A task that the evidence does not know.
SHOP = text_task("shop", (30, 20, 50), 7)


def transfer_recipe(folder: Path) -> Recipe:
    """Transfer on the frozen states of a transformer that is made in `folder`."""
    model = tiny_transformer(folder / "tiny", [" ".join(WORDS)])
    return Recipe(
        states=States(str(model)),
        encoder=Attention(6),
        steps=20,
        aux_steps=40,
        batch=8,
        evaluations=5,
        checkpoint="mean",
        schedule="transfer",
        evaluate="main",
        optimiser=Adam(lr=0.02),
    )


def transfer_evidence(recipe: Recipe, study_folder: Path, folder: Path) -> Evidence:
    """Evidence of two main tasks and two auxiliaries, two seeds, written into `folder`."""
    study = prepare_study(
        Experiment(
            "made",
            tuple(Entry(name) for name in TASKS),
            (0, 1),
            {"transfer": recipe},
            ("transfer",),
            runs={"transfer": Runs(mains=("small", "less"), auxiliaries=AUXS)},
        ),
        given=TASKS,
    )
    assert study.train(study_folder, task_info, jobs=1, bar=False) == 0
    measure(study, study_folder, jobs=1, bar=False)
    found = evidence_from_store(study_folder)
    write_evidence(found, folder)
    write_encoders(folder, encoders_of(found, study_folder))
    return read_evidence(folder)
