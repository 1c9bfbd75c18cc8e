"""Caveats of an answer: missing features, few tasks, features out of the evidence's range."""

from collections.abc import Iterable, Sequence

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.names import ENCODER_FEATURES, PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.table.pair_table import AUX, MAIN, PAIR, column_in_words

#: Below this number of tasks an answer comes with a warning.
FEW_TASKS = 6
#: So many features are named in a sentence; of more it gives the number.
SHOWN = 4


def caveats_of_features(
    evidence: Evidence, main: str, auxs: Sequence[str]
) -> list[tuple[bool, list[str]]]:
    """For each auxiliary: whether only the simpler model can answer, and sentences that say why.

    Raises `EvidenceError` where a task has no features at all.
    """
    index = [(main, aux) for aux in auxs]
    somewhere = evidence.pairs.columns[evidence.pairs.notna().any()]
    missing = evidence.pairs[somewhere].reindex(index).isna().to_numpy()
    learned_from = evidence.tasks.loc[evidence.measured_tasks]
    known = list(learned_from.columns[learned_from.notna().any()])
    values = dict(zip(evidence.tasks.index, evidence.tasks[known].to_numpy(float), strict=True))
    of_task = {
        task: _missing_of_task(evidence.name, task, values[task], known) for task in (main, *auxs)
    }
    found = []
    for aux, lacks in zip(auxs, missing, strict=True):
        names = [name for name, lacking in zip(somewhere, lacks, strict=True) if lacking]
        needed = [PAIR_FEATURES[n] for n in names if n in ENCODER_FEATURES]
        rest = [PAIR_FEATURES[n] for n in names if n not in ENCODER_FEATURES]
        simpler = "probe" in names
        own = []
        if simpler:
            own.append(
                f"A simpler model answers, because this pair has no {_listed(needed, 'or')}."
            )
        if rest:
            own.append(
                f"This pair has no {_listed(rest, 'or')}. The evidence's median is used instead."
            )
        own += [sentence for task in (main, aux) for sentence in of_task[task]]
        found.append((simpler, own))
    return found


def _missing_of_task(evidence: str, task: str, values: np.ndarray, known: list[str]) -> list[str]:
    """What a task lacks of the features that some measured task has."""
    missing = [f for f, value in zip(known, values, strict=True) if np.isnan(value)]
    if missing and len(missing) == len(known):
        raise EvidenceError(
            f"evidence {evidence}: task {task!r} has no features, because its single-task runs "
            "are missing; taskrel run trains them"
        )
    if not missing:
        return []
    words = [TASK_FEATURES[name] for name in missing]
    return [f"{task} has no {_listed(words, 'or')}. The evidence's median is used instead."]


def caveats_of_model(model: Model, out_of_range: np.ndarray, in_range: bool) -> list[str]:
    """Sentences about the evidence's size, and about features out of its range.

    out_of_range : bool array (n_columns,), of one pair
    in_range : whether few enough features are out of range for a verdict
    """
    found = []
    if model.n_tasks < FEW_TASKS:
        found.append(
            f"The evidence has only {model.n_tasks} tasks. Take this answer as a first hint."
        )
    # Ratios are often extreme. A feature of a task or pair out of range is worth a sentence.
    beyond = [
        column_in_words(c)
        for c, out in zip(model.columns, out_of_range, strict=True)
        if out and c.startswith((MAIN, AUX, PAIR))
    ]
    if beyond:
        found.append(
            f"Out of the evidence's feature range, and clipped to it: {_listed(beyond, 'and')}."
            + ("" if in_range else " That is too much for a verdict.")
        )
    return found


def _listed(words: Iterable[str], last: str) -> str:
    """Words of a list as part of a sentence.

    >>> _listed(["size", "loss"], "or")
    'size or loss'
    """
    words = list(words)
    if len(words) > SHOWN:
        words = [*words[: SHOWN - 1], f"{len(words) - SHOWN + 1} other features"]
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
