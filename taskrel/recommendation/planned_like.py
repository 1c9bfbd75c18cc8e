"""Plan runs like those that an evidence was measured with: its recipe, its model."""

import logging
from collections.abc import Mapping, Sequence

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.planned import PlannedStudy
from taskrel.study.prepare import prepare_study
from taskrel.tasks.overlap import REMOVED
from taskrel.tasks.task import Task
from taskrel.training.recipes.recipe import Recipe, parse_recipe

log = logging.getLogger("taskrel")


def recipe_of(evidence: Evidence) -> Recipe:
    """The recipe of the evidence's runs; `EvidenceError` where it is not one of taskrel's."""
    if not evidence.of_taskrel:
        raise EvidenceError(
            f"evidence {evidence.name} was not measured with taskrel, so nothing can be trained "
            "with its recipe; name other evidence with --evidence"
        )
    return parse_recipe(evidence.own_recipe, f"evidence {evidence.name}")


def planned_like(
    evidence: Evidence,
    entries: Sequence[Entry],
    workspace: Workspace,
    name: str,
    seeds: Sequence[int],
    *,
    main: str | None = None,
    remove_leaks: bool = False,
) -> PlannedStudy:
    """Plan single tasks, or one main task alone and with each of the others.

    Parameters
    ----------
    evidence : Evidence
        Its recipe is used.
    entries : sequence of Entry
        The tasks.
    workspace : Workspace
        Where data are, and where runs are kept.
    name : str
        Of experiment and recipe, in messages.
    seeds : sequence of int
        Random seeds of each run.
    main : str or None
        The main task of pairs; None: each task is trained alone.
    remove_leaks : bool
        Whether to train without the main task's dev and test texts in the others.
    """
    runs = {} if main is None else {name: Runs(alone=(main,))}
    experiment = Experiment(
        name, tuple(entries), tuple(seeds), {name: recipe_of(evidence)}, (name,), runs=runs
    )
    study = prepare_study(
        experiment,
        data=workspace.data,
        given=workspace.tasks,
        main=main,
        single=main is None,
        remove_leaks=remove_leaks,
    )
    part = study.parts[0]
    if part.checksum != evidence.recipe.get("vectors_sha256"):
        recipe = part.recipe
        log.warning(
            "warning: %s are not those that evidence %s was measured with; features and gains may "
            "differ",
            f"the weights of {recipe.states.model}"
            if recipe.states
            else f"word vectors {recipe.vectors}",
            evidence.name,
        )
    return study


def other_data(tasks: Mapping[str, Task], evidence: Evidence) -> list[str]:
    """Sentences about tasks whose data are not what the evidence measured under their name."""
    digests, sizes = evidence.about["digest"], evidence.tasks["size"]
    return [
        f"the data of {name} are not exactly those that evidence {evidence.name} measured "
        f"({len(task.splits['train']):,} training examples here, {sizes[name]:,.0f} there); the "
        "prediction is about those"
        for name, task in tasks.items()
        if digests.get(name, "") not in ("", task.digest) and REMOVED not in task.left_out
    ]
