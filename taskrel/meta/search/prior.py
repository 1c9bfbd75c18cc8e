"""The prior of a search, from an evidence: how gains of other main tasks vary and are predicted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.meta.search.variation import Main, Variation, fit_variation, standardised
from taskrel.study.analysis.smoothed import DEV
from taskrel.tasks.task import label_level

if TYPE_CHECKING:
    import pandas as pd


def variation_for(predictor: GainPredictor, main: str) -> Variation:
    """How the scores of `main` vary, as far as main tasks of other families tell.

    Main tasks with labels of another level do not count, where two of its own level are known.
    """
    evidence = predictor.evidence_
    families, kinds = evidence.families, evidence.about["kind"]
    others = [
        task
        for task in predictor.learned_from_.mains
        if families[task] != families[main] and task != main
    ]
    level = label_level(kinds[main])
    same = [task for task in others if label_level(kinds[task]) == level]
    for tasks in (same, others):
        found = fit_variation(measured_mains(predictor, tasks))
        if found.n_mains:
            return replace(found, n_dev=_n_dev(evidence, tasks))
    return found


def _n_dev(evidence: Evidence, tasks: Sequence[str]) -> float | None:
    """Mean number of dev texts of these tasks, as far as entries say; None where none does."""
    known = [evidence.entries[t]["dev"] for t in tasks if "dev" in evidence.entries.get(t, {})]
    return float(np.mean(known)) if known else None


def measured_mains(predictor: GainPredictor, tasks: Sequence[str]) -> Iterator[Main]:
    """What the evidence measured of these main tasks, with auxiliaries of their own level.

    Predictions are those without the main task's family. Where the evidence has no scores on dev,
    those on test take their place.
    """
    for task in tasks:
        measured = measured_main(predictor, task)
        if measured is not None:
            yield measured[1]


def measured_main(predictor: GainPredictor, task: str) -> tuple[list[str], Main] | None:
    """Auxiliaries of the task's own level that have all of its seeds, and what was measured.

    None where there is nothing, or where nothing can be predicted.
    """
    evidence = predictor.learned_from_
    rows = evidence.gains[
        (evidence.gains["main"] == task)
        & evidence.gains["recipe"].isin(evidence.summary["recipe"].unique())
    ]
    level = evidence.about["kind"].map(label_level)
    rows = rows[rows["aux"].map(level) == level[task]]
    if rows.empty:
        return None
    on_test = _scores(rows, "stl", "mtl")
    on_dev = _scores(rows, *DEV) if {*DEV} <= {*rows} else None
    auxs = list(on_test.index[1:])
    if on_dev is None or not set(auxs) <= set(on_dev.index):
        on_dev = None
    try:
        answers = {p.aux: p.score for p in predictor.ranked(task, auxs)} if auxs else {}
    except EvidenceError:
        return None
    z = standardised([answers[aux] for aux in auxs])
    test = on_test.to_numpy()
    return auxs, Main(test, None, z) if on_dev is None else Main(
        on_dev.loc[["", *auxs]].to_numpy(), test, z
    )


def _scores(rows: "pd.DataFrame", single: str, multi: str) -> "pd.DataFrame":
    """Scores by auxiliary and seed, of auxiliaries with all seeds; those alone in row ""."""
    import pandas as pd

    table = rows.pivot_table(index="aux", columns="seed", values=multi)
    alone = rows.groupby("seed")[single].first()
    table = pd.concat([alone.to_frame("").T, table])
    complete = table.columns[table.loc[""].notna()]
    table = table[complete]
    return table[table.notna().all(axis="columns")]


def ranking_scores(predictor: GainPredictor, main: str, auxs: Sequence[str]) -> np.ndarray | None:
    """Standardised ranker scores of these auxiliaries; None where the evidence cannot rank them."""
    try:
        scores = {p.aux: p.score for p in predictor.ranked(main, auxs)}
    except EvidenceError:
        return None
    return standardised([scores[aux] for aux in auxs])
