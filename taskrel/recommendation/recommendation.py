"""A recommendation: the predictor's ranking of auxiliary tasks for one main task."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.prediction import Prediction

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.recommendation.leaks import Leaks
    from taskrel.recommendation.search.result import SearchResult

#: Columns of a recommendation as a table.
COLUMNS = ("aux", "probability", "gain", "low", "high", "verdict")

#: Why leaks could not be looked for, mostly.
_ABSENT = ", because files are not in the data folder; taskrel fetch NAME gets them."


@dataclass(frozen=True, repr=False)
class Recommendation:
    """Predictions for one main task, the most promising auxiliary first.

    main : the main task
    predictions : one for each candidate
    evidence : what they come from, with the tasks that were trained for this question
    search : what came of training pairs, if that was asked for
    says_nothing : whether the evidence is of a generated language and the main task is not
    minutes : in which a search among these auxiliaries finds most of what there is to find; None:
        not known
    leaks : test texts of the main task among the auxiliaries' training texts; None: not looked
        for, because the evidence knows all tasks
    """

    main: str
    predictions: tuple[Prediction, ...]
    evidence: Evidence
    search: "SearchResult | None" = None
    leaks: "Leaks | None" = None
    says_nothing: bool = False
    minutes: int | None = None

    def __len__(self) -> int:
        return len(self.predictions)

    def __getitem__(self, aux: str) -> Prediction:
        """The prediction for one auxiliary task."""
        for p in self.predictions:
            if p.aux == aux:
                return p
        raise KeyError(aux)

    def __iter__(self):
        return iter(self.predictions)

    @property
    def validation(self) -> dict[str, Any]:
        """How well this evidence predicts new tasks, as plain data; empty where unknown."""
        return self.predictions[0].validation if self.predictions else {}

    @property
    def warnings(self) -> list[str]:
        """Each warning once, with the auxiliaries that it is about unless it is about all."""
        about: dict[str, list[str]] = {}
        for p in self.predictions:
            for warning in p.warnings:
                about.setdefault(warning, []).append(p.aux)
        return [
            warning if len(auxs) == len(self.predictions) else f"{', '.join(auxs)}: {warning}"
            for warning, auxs in about.items()
        ] + self._unchecked()

    def _unchecked(self) -> list[str]:
        """For each reason, a sentence about the auxiliaries whose texts could not be compared."""
        because: dict[str, list[str]] = {}
        for aux, reason in (self.leaks.unchecked if self.leaks else {}).items():
            because.setdefault(_ABSENT if "no such file" in reason else f": {reason}", []).append(
                aux
            )
        return [
            f"It could not be checked whether test texts of {self.main} are in the training split "
            f"of {', '.join(auxs)} ({len(auxs)} of {len(self.predictions)}){why}"
            for why, auxs in because.items()
        ]

    def to_frame(self) -> "pd.DataFrame":
        """The ranking as a table, best first.

        Returns
        -------
        DataFrame
            aux, probability (P(gain > 0)), gain, low, high (expected gain in percent and its
            prediction interval), verdict, measured (mean gain in percent where the pair was
            measured for the evidence, else NaN)
        """
        import pandas as pd

        rows = [
            {c: getattr(p, c) for c in COLUMNS}
            | {"measured": p.measured.gain if p.measured else np.nan}
            for p in self.predictions
        ]
        return pd.DataFrame(rows, columns=[*COLUMNS, "measured"])

    def __repr__(self) -> str:
        n = len(self.predictions)
        best = f", best ranked: {self.predictions[0].aux}" if n else ""
        return (
            f"Recommendation({self.main}: {n} auxiliary task{'' if n == 1 else 's'}{best}; "
            f"evidence {self.evidence.name})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.to_frame().to_html(float_format='%.2f')}"
