"""The predictor: from features of main and auxiliary task to the probability of a gain.

``GainPredictor().fit(evidence).predict("mwe", "chunk")`` is the logistic
regression of Bingel & Søgaard (2017, Section 4). A pair that was measured
itself is predicted from the other pairs only, so that a prediction is never a
memory.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence import TASK_FEATURES, Evidence
from taskrel.meta.pair_table import AUX, MAIN, pair_table
from taskrel.meta.prediction import Measured, Prediction, Reason

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

#: Below this number of tasks a prediction comes with a warning.
FEW_TASKS = 6
N_REASONS = 5


class GainPredictor:
    """Logistic regression on the features of main task, auxiliary and their ratio.

    Missing values take the column's median, columns are scaled to [0, 1] over
    the measured pairs (values beyond are taken at the edge), and the label of a
    pair is whether its mean gain over seeds is above 0; pairs without a defined
    gain are left out.

    Parameters
    ----------
    features : sequence of str
        Names of columns of `Evidence.tasks`; default: the paper's 14.
    C : float
        Inverse strength of the L2 penalty; 1.0 is what the paper used, the
        default of scikit-learn.

    Attributes
    ----------
    evidence_ : Evidence
    pairs_ : list of (main, aux), the measured pairs learned from
    gains_ : Series of the mean gain in percent, index (main, aux)

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4.
    """

    def __init__(self, features: Sequence[str] = tuple(TASK_FEATURES), C: float = 1.0):
        self.features, self.C = features, C

    def fit(self, evidence: Evidence,
            leave_out: Collection[tuple[str, str]] | None = None) -> "GainPredictor":
        """Learn from all measured pairs of `evidence` but those in `leave_out`.

        Raises `EvidenceError` where these pairs are all gains or all losses.
        """
        out = set(leave_out or ())
        defined = evidence.summary.dropna(subset="gain").set_index(["main", "aux"])
        self.evidence_, self.gains_ = evidence, defined["gain"]
        self.pairs_ = [pair for pair in defined.index if pair not in out]
        self.model_ = self._model(self.pairs_, tuple(self.features))
        return self

    def predict(self, main: str, aux: str) -> Prediction:
        """Answer for one directed pair.

        If the pair was measured, its own row is left out of the fit. Features
        that one of the two tasks lacks are left out, too: a smaller model
        answers, and a warning says so.

        Raises `UsageError` for an unknown task and for main = aux, and
        `EvidenceError` where the other pairs are all gains or all losses.
        """
        evidence, pair = self.evidence_, (main, aux)
        evidence.check(main)
        evidence.check(aux)
        if main == aux:
            raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")
        features, warnings = self._usable(pair)
        others = [p for p in self.pairs_ if p != pair]
        model = self.model_
        if others != self.pairs_ or features != tuple(self.features):
            model = self._model(others, features, but=pair)
        measured, more = self._measured(pair)
        return Prediction(main, aux, *model.explain(pair), measured, evidence.name,
                          (*warnings, *model.warnings(pair), *more))

    def ranked(self, main: str) -> list[Prediction]:
        """Answers for all auxiliaries of `main`, the most promising first.

        A pair that the evidence cannot answer comes last, with the reason among
        its warnings; raises only if that is so for all of them.
        """
        self.evidence_.check(main)
        answers, errors = [], []
        for aux in self.evidence_.tasks.index.drop(main):
            try:
                answers.append(self.predict(main, aux))
            except EvidenceError as e:
                errors.append(e)
                measured, more = self._measured((main, aux))
                answers.append(Prediction(main, aux, np.nan, (), measured, self.evidence_.name,
                                          (str(e), *more)))
        if len(errors) == len(answers):
            raise errors[0]
        return sorted(answers, key=lambda p: (np.isnan(p.probability), -p.probability, p.aux))

    def rank(self, main: str) -> "pd.DataFrame":
        """`ranked` as a table: aux, probability and the measured gain, low, high, n_seeds."""
        import pandas as pd

        return pd.DataFrame([{"aux": p.aux, "probability": p.probability,
                              **vars(p.measured or Measured(np.nan, np.nan, np.nan, 0))}
                             for p in self.ranked(main)])

    def _usable(self, pair: tuple[str, str]) -> tuple[tuple[str, ...], list[str]]:
        """The features that both tasks have; a warning for those that others have."""
        tasks = self.evidence_.tasks[list(self.features)]
        has = tasks.loc[list(pair)].notna()
        usable = tuple(has.columns[has.all()])
        if not usable:
            lacking = " and ".join(repr(t) for t in pair if not has.loc[t].any())
            raise EvidenceError(f"evidence {self.evidence_.name}: no features of {lacking or pair};"
                                " its single-task runs are missing, and run_pairs trains them")
        somewhere = tasks.columns[tasks.notna().any()]
        warnings = []
        for task in pair:
            lacks = [f for f in somewhere if not has.loc[task, f]]
            if lacks:
                warnings.append(f"{task} has no {', '.join(lacks)}: answered by the smaller model "
                                f"without ({len(usable)} of {len(somewhere)} features)")
        return usable, warnings

    def _model(self, pairs: list[tuple[str, str]], features: tuple[str, ...],
               but: tuple[str, str] | None = None) -> "_Model":
        """Fit to the measured `pairs`."""
        gain = self.gains_.loc[pairs] > 0 if pairs else self.gains_.iloc[:0] > 0
        if gain.nunique() < 2:
            other = f" other than {but[0]} with {but[1]}" if but else ""
            what = "gains" if gain.any() else "without a gain"
            count = f"all {len(pairs)} measured pairs{other} are {what}" if len(pairs) > 1 else \
                f"it has {len(pairs)} measured pair{'' if pairs else 's'}{other}"
            raise EvidenceError(f"evidence {self.evidence_.name}: {count}; a prediction needs "
                                "gains and losses to tell apart, so train more pairs")
        return _Model(self.evidence_, pairs, features, gain.to_numpy(), self.C)

    def _measured(self, pair: tuple[str, str]) -> tuple[Measured | None, list[str]]:
        """The pair's own gain, if it was run, and what to mind about it."""
        rows = self.evidence_.summary
        row = rows[(rows["main"] == pair[0]) & (rows["aux"] == pair[1])]
        if row.empty:
            return None, []
        gain, low, high, n = row[["gain", "low", "high", "n_seeds"]].iloc[0]
        if np.isnan(gain):
            return None, ["the pair was trained, but its gain is undefined: the single-task score "
                          "is missing or below the floor"]
        return Measured(float(gain), float(low), float(high), int(n)), []


class _Model:
    """A fitted pipeline and the pairs it has seen."""

    def __init__(self, evidence: Evidence, pairs: list[tuple[str, str]],
                 features: tuple[str, ...], gain: np.ndarray, C: float):
        self.evidence, self.pairs, self.features = evidence, pairs, features
        self.table = pair_table(evidence.tasks, pairs, features)
        self.pipeline = _pipeline(C).fit(self.table, gain)

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean of the scaled columns over the pairs seen, shape (n_columns,)."""
        return self.pipeline[:-1].transform(self.table).mean(axis=0)

    def explain(self, pair: tuple[str, str]) -> tuple[float, tuple[Reason, ...]]:
        """P(gain) of a pair and the strongest reasons."""
        row = pair_table(self.evidence.tasks, [pair], self.features)
        probability = self.pipeline.predict_proba(row)[0, 1]
        away = self.pipeline[:-1].transform(row)[0] - self.mean
        contribution = self.pipeline[-1].coef_[0] * away
        strongest = np.argsort(-np.abs(contribution), kind="stable")[:N_REASONS]
        return float(probability), tuple(
            Reason(row.columns[i], float(row.iloc[0, i]), float(contribution[i]),
                   bool(away[i] > 0)) for i in strongest if contribution[i])

    def warnings(self, pair: tuple[str, str]) -> list[str]:
        """What makes this model's answer for `pair` less sure than it looks."""
        found = []
        n_tasks = len({task for p in self.pairs for task in p})
        if n_tasks < FEW_TASKS:
            found.append(f"few tasks: learned from pairs of {n_tasks}, so this is a first hint "
                         "and no more")
        row = pair_table(self.evidence.tasks, [pair], self.features).iloc[0]
        beyond = (row < self.table.min()) | (row > self.table.max())
        # Of ratios, many are the most extreme one; of tasks it is worth a word.
        beyond = [c for c in beyond.index[beyond] if c.startswith((MAIN, AUX))]
        if beyond:
            found.append("outside what the evidence covers, taken at its edge: "
                         + ", ".join(beyond))
        if self.evidence.symmetric and pair[::-1] in self.pairs:
            found.append("the recipe treats both tasks alike: the reverse pair's gain comes from "
                         "the same runs, and was learned from")
        return found


def _pipeline(C: float) -> "Pipeline":
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    # A column that no pair has becomes constant, and a constant gets no weight.
    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True),
                         MinMaxScaler(clip=True), LogisticRegression(C=C, solver="newton-cholesky"))
