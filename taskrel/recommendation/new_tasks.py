"""A task that evidence does not know: train it alone, with the evidence's recipe, and add it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.evidence.from_store import evidence_of_tasks
from taskrel.meta.features.measure import measure
from taskrel.meta.features.pair import profile_features
from taskrel.meta.features.task_info import task_info
from taskrel.recommendation.as_measured import check_vectors, entry_of, recipe_of, runs_folder
from taskrel.study.experiment.experiment import Experiment
from taskrel.study.prepare import prepare_study

#: One run says what the curves look like; its cost is what a prediction costs.
SEED = 0

log = logging.getLogger("taskrel")


def with_new_tasks(
    evidence: Evidence,
    names: Sequence[str],
    *,
    cards: Sequence[str] = (),
    data: str | None = None,
    out: str | None = None,
    jobs: int | None = None,
    bar: bool = True,
) -> Evidence:
    """Evidence with tasks that it did not know, trained alone and measured.

    A run that `out` has already is not trained again. Of pairs with a task of
    the evidence, profiles give what features they can; what needs the other
    corpus or encoder is missing. Where the evidence knows a capped task of the same card,
    a warning says so before anything is read: that is answered about at once.

    Parameters
    ----------
    evidence : Evidence
        With a recipe that can be trained here.
    names : sequence of str
        The tasks; each has a card among `cards` or among the shipped ones.
    cards : sequence of str
        Names, files or folders of cards.
    data : str or None
        The data folder.
    out : str or None
        Folder of the store that keeps the runs; default in the user's cache.
    jobs : int or None
        Processes; default one per core.
    bar : bool
        Whether to show a progress bar.

    Raises
    ------
    UsageError
        For a task that has no card.
    EvidenceError
        Where the evidence's recipe is not one that can be trained here.
    """
    found = tuple(entry_of(name, cards, evidence) for name in names)
    for entry in found:
        if capped := evidence.capped(entry.card):
            log.warning(
                "warning: evidence %s knows %s, cut from the card of %s, and answers about "
                "that at once; %s itself is trained alone now",
                evidence.name,
                " and ".join(capped),
                entry.card,
                entry.name,
            )
    experiment = Experiment("alone", found, (SEED,), {"alone": recipe_of(evidence)}, ("alone",))
    study = prepare_study(experiment, data=data, alone=True)
    part = study.parts[0]
    check_vectors(part, evidence)
    folder = runs_folder(out)
    if study.train(folder, task_info, jobs=jobs, bar=bar):
        raise EvidenceError(
            f"{', '.join(names)}: training alone failed, see above; the traceback is in {folder}"
        )
    measure(study, folder, jobs=jobs, bar=bar)
    new = evidence_of_tasks(folder, part.digest, names, SEED)
    return _joined(evidence, new)


def _joined(evidence: Evidence, new: Evidence) -> Evidence:
    """`evidence` with the tasks of `new`, and pair features between all of them."""
    profiles = evidence.profiles | new.profiles
    rows = {
        (main, aux): profile_features(profiles[main], profiles[aux])
        for a in new.tasks.index
        for b in profiles
        if a != b
        for main, aux in ((a, b), (b, a))
    }
    rows |= {pair: dict(row) for pair, row in new.pairs.iterrows()}
    index = pd.MultiIndex.from_tuples(list(rows), names=["main", "aux"])
    pairs = pd.DataFrame(list(rows.values()), index=index).reindex(columns=evidence.pairs.columns)
    return replace(
        evidence,
        tasks=pd.concat([evidence.tasks, new.tasks]),
        about=pd.concat([evidence.about, new.about])[list(ABOUT)],
        pairs=pd.concat([evidence.pairs, pairs.astype(float)]),
        profiles=profiles,
    )
