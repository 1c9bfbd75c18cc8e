"""Tables that an experiment asks for: comparison with published scores, convergence, contrasts."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from taskrel.study.analysis.comparison import comparison
from taskrel.study.analysis.contrasts import contrasts
from taskrel.study.analysis.convergence import Curves, convergence, dev_means
from taskrel.study.planned import PlannedStudy


@dataclass
class ScoreTables:
    """The tables that an experiment asks for; None, or without rows, where it does not ask.

    comparison, contrasts, convergence : as the functions of these names return them
    dev : as `dev_means` returns it
    """

    comparison: pd.DataFrame
    contrasts: pd.DataFrame
    convergence: pd.DataFrame | None = None
    dev: pd.DataFrame | None = None

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """The tables as JSON has them."""
        fast = [] if self.convergence is None else self.convergence.to_dict("records")
        return {
            "comparison": self.comparison.to_dict("records"),
            "convergence": fast,
            "contrasts": self.contrasts.to_dict("records"),
        }


def score_tables(study: PlannedStudy, scores: pd.DataFrame, curves: Curves) -> ScoreTables:
    """Make the tables of these scores, as `comparison` takes them, and these dev curves."""
    fast = (convergence(study, curves), dev_means(study, curves)) if study.convergence else ()
    return ScoreTables(comparison(study, scores), contrasts(study, scores), *fast)
