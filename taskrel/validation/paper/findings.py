"""The findings of Bingel & Søgaard (EACL 2017), checked one by one on any evidence.

A finding holds, does not hold, or cannot be decided (None): tasks or features are missing, an
interval contains 0, or chance would do as well.
"""

from collections.abc import Callable
from typing import Any

from taskrel.meta.evidence.evidence import Evidence
from taskrel.validation.paper.about_features import (
    data_below_majority,
    early_gradients,
    entropy_predicts,
    flat_main_steep_aux,
    ratios_predict_less,
    size_ratio_does_not_predict,
)
from taskrel.validation.paper.about_gains import (
    best_auxiliaries,
    improve_each_other,
    improves_none,
    largest_gains,
)
from taskrel.validation.paper.case import Answer, Case


def _of(check: Callable[..., Answer], *tasks: str) -> Callable[[Case], Answer]:
    """The check of a finding about these tasks; a capped task counts as its card."""

    def checked(case: Case) -> Answer:
        known = case.evidence.tasks.index
        return check(
            case, *(t if t in known else next(iter(case.evidence.capped(t)), t) for t in tasks)
        )

    return checked


#: The paper's statement → its check. By "semantic tagging" it means its task SEM, SemCor.
FINDINGS: dict[str, Callable[[Case], Answer]] = {
    "Chunking and semantic tagging (SemCor) are the best auxiliaries.": _of(
        best_auxiliaries, "chunk", "semcor"
    ),
    "Hyperlinks improve no main task.": _of(improves_none, "hyperlink"),
    "MWE and hyperlinks are the main tasks with the largest gains.": _of(
        largest_gains, "mwe", "hyperlink"
    ),
    "POS and CCG improve each other.": _of(improve_each_other, "pos", "ccg"),
    "MWE and compression improve each other.": _of(improve_each_other, "mwe", "compression"),
    "Loss slopes at 20–30 % of the run are the most important features.": early_gradients,
    "A flat loss curve of the main task and a steep one of the auxiliary predict a gain.": (
        flat_main_steep_aux
    ),
    "Ratios of two tasks' features predict less than features of one task.": ratios_predict_less,
    "The auxiliary's label entropy predicts gains.": entropy_predicts,
    "The size ratio of the data sets does not predict gains.": size_ratio_does_not_predict,
    "Data features alone have a lower F1 than always answering 'gain'.": data_below_majority,
}


def check_findings(
    evidence: Evidence, table_3: list[dict[str, Any]], table_4: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Check all of `FINDINGS`.

    Parameters
    ----------
    evidence : Evidence
        Has at least one measured pair.
    table_3, table_4 : list of dict
        As in `paper.tables`; empty where the paper's features are missing.

    Returns
    -------
    list of dict
        finding : the sentence
        holds : true, false or None
        figure : the numbers in words

    References
    ----------
    Bingel and Søgaard, EACL 2017, Sections 4 and 5.
    """
    case = Case(evidence, table_3, table_4)
    answers = [(sentence, *check(case)) for sentence, check in FINDINGS.items()]
    return [dict(zip(("finding", "holds", "figure"), answer, strict=True)) for answer in answers]
