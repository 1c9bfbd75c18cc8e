"""The findings of Bingel & Søgaard (EACL 2017), checked one by one on any evidence.

A finding holds, does not, or this evidence cannot say (None): its tasks or
features are missing, an interval spans zero, or chance does as well.
"""

from collections.abc import Callable
from typing import Any

from taskrel.meta.evidence.evidence import Evidence
from taskrel.validation.paper.about_features import (
    balance_does_not,
    data_below_majority,
    early_gradients,
    entropy_predicts,
    flat_main_steep_aux,
    ratios_predict_less,
)
from taskrel.validation.paper.about_gains import help_most, helps_nobody, profit_most, symbiosis
from taskrel.validation.paper.case import Answer, Case


def _of(check: Callable[..., Answer], *tasks: str) -> Callable[[Case], Answer]:
    """The check of a finding about these tasks; a capped one stands for its whole card."""

    def checked(case: Case) -> Answer:
        known = case.evidence.tasks.index
        return check(
            case, *(t if t in known else next(iter(case.evidence.capped(t)), t) for t in tasks)
        )

    return checked


#: What the paper says → its check. By "semantic tagging" it means its task SEM, SemCor.
FINDINGS: dict[str, Callable[[Case], Answer]] = {
    "chunking and semantic tagging (SemCor) help most": _of(help_most, "chunk", "semcor"),
    "hyperlinks help nobody": _of(helps_nobody, "hyperlink"),
    "MWE and hyperlinks profit most": _of(profit_most, "mwe", "hyperlink"),
    "POS and CCG help each other": _of(symbiosis, "pos", "ccg"),
    "MWE and compression help each other": _of(symbiosis, "mwe", "compression"),
    "loss slopes at 20–30 % are most important": early_gradients,
    "a flat main curve and a steep auxiliary curve make a gain": flat_main_steep_aux,
    "ratios predict less than features of one task": ratios_predict_less,
    "the auxiliary's label entropy predicts": entropy_predicts,
    "data-set balance does not predict": balance_does_not,
    "data features alone stay below the majority's F1": data_below_majority,
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
        As `paper_tables` makes them; empty where the paper's features are missing.

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
