"""The predictor: from features of main task, auxiliary and pair to the gain of training both.

    GainPredictor().fit(evidence).predict("mwe", "chunk")

An answer about a task that the evidence knows comes from a fit without that
task's family in either role. So it is never a memory, and for an auxiliary of another
family it is as good as leave-family-out validation says.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.pair_names import ENCODER_FEATURES, START_FEATURES
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.prediction import Measured, Prediction, Reason, verdict
from taskrel.meta.predictor.table.aux_identity import ANY, is_identity
from taskrel.meta.predictor.table.pair_data import headroom, pair_data
from taskrel.meta.predictor.table.pair_rows import pair_rows
from taskrel.meta.predictor.table.pair_table import AUX, MAIN, PAIR

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.base import ClassifierMixin, RegressorMixin

#: Below this number of tasks an answer comes with a warning.
FEW_TASKS = 6
N_REASONS = 5
#: Which features a simpler model goes without, the richest model first.
LEVELS: dict[str, tuple[str, ...]] = {"all": (), "without_encoder": ENCODER_FEATURES}


class GainPredictor:
    """P(gain), expected gain with interval, and a ranking of auxiliaries.

    The default is the paper's logistic regression with columns and penalty
    chosen, and log-odds calibrated, by leave-family-out inside the evidence, and
    a ranker beside it. Pairs without a defined gain are left out.

    Parameters
    ----------
    classifier : scikit-learn classifier, or None
        In place of the logistic regression; it cannot be saved.
    regressor : scikit-learn regressor, or None
        Its expected gain enters calibration and interval; it cannot be saved.
    probe : bool
        Whether models may read the start of each pair's run; such a predictor cannot
        be saved.

    Attributes
    ----------
    evidence_ : Evidence
    models_ : dict of (level, family left out or "") → Model, as far as needed yet

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4.
    """

    def __init__(
        self,
        classifier: "ClassifierMixin | None" = None,
        regressor: "RegressorMixin | None" = None,
        probe: bool = False,
    ):
        self.classifier, self.regressor, self.probe = classifier, regressor, probe

    def fit(self, evidence: Evidence) -> "GainPredictor":
        """Take `evidence` as what to learn from; a model is fitted when it is first asked.

        Raises `EvidenceError` where no pair was measured, or where the pairs are
        all gains or all losses.
        """
        self.evidence_, self.models_ = evidence, {}
        self.validation_: dict[str, Any] = {}
        self.model("all", "")
        return self

    def model(self, level: str, family: str) -> Model:
        """The model of a level of `LEVELS`, fitted without `family` ("": to all pairs)."""
        if (level, family) not in self.models_:
            # Not at the top: an answer from saved models must not wait for scikit-learn.
            from taskrel.meta.predictor.fitting import fit_model

            data = pair_data(self.evidence_, LEVELS[level])
            train = np.ones(len(data.gain), bool)
            if family:
                train = data.without_family(data.families.index(family))
            try:
                self.models_[level, family] = fit_model(
                    data,
                    train,
                    classifier=self.classifier,
                    regressor=self.regressor,
                    probe=self.probe,
                )
            except EvidenceError as e:
                without = f" without {family}" if family else ""
                raise EvidenceError(f"evidence {self.evidence_.name}{without}: {e}") from None
        return self.models_[level, family]

    def predict(self, main: str, aux: str) -> Prediction:
        """Answer for one directed pair.

        The model is fitted without main's family where the evidence knows main.
        Where the pair lacks features that need the corpora or an encoder, a
        simpler model answers; a warning says so.

        Raises `UsageError` for an unknown task and for main = aux, and
        `EvidenceError` where the pairs to learn from are all gains or all losses.
        """
        self._check(main, aux)
        return self._predict(main, aux, *self._level(main, aux))

    def _predict(self, main: str, aux: str, level: str, warnings: list[str]) -> Prediction:
        evidence = self.evidence_
        if self._family(main) and evidence.families[main] == evidence.families[aux]:
            warnings.append(
                f"{aux} is of the family of {main}, which the answer does not know: "
                "validation is about other auxiliaries"
            )
        model = self.model(level, self._family(main))
        x = pair_rows(evidence, [(main, aux)], model.columns)
        room = headroom(evidence.about["stl"])[[evidence.tasks.index.get_loc(main)]]
        answers = model.answer(x, room)
        outside = model.outside(x)[0]
        # A main task like any other is the most extreme of n + 1 in 2 / (n + 1) of its features.
        # They are a third to a half of the columns, so this is two to three times as much.
        features = [not is_identity(c) for c in model.columns]
        covered = outside[features].mean() <= 2 / (model.n_tasks + 1)
        measured, more = self._measured(main, aux)
        numbers = {name: float(value[0]) for name, value in answers._asdict().items()}
        warnings += [*self._doubts(model, x[0], outside, covered), *more]
        return Prediction(
            main,
            aux,
            **numbers,
            verdict=verdict(numbers["low"], numbers["high"], covered),
            reasons=_reasons(model, x, aux),
            measured=measured,
            evidence=evidence.name,
            validation=self._worth(level),
            warnings=tuple(warnings),
        )

    def ranked(self, main: str, auxs: Sequence[str] | None = None) -> list[Prediction]:
        """Answers for these auxiliaries of `main` (None: all), the most promising first.

        Scores of two rankers do not compare: where one auxiliary needs the simpler model,
        that answers for all.
        """
        self.evidence_.check(main)
        if auxs is None:
            auxs = self.evidence_.tasks.index.drop(main)
        for aux in auxs:
            self._check(main, aux)
        found = {aux: self._level(main, aux) for aux in auxs}
        simplest = max((level for level, _ in found.values()), key=[*LEVELS].index, default=None)
        for level, warnings in found.values():
            if level != simplest:
                warnings.append(
                    "answered by the simpler model without the features that need "
                    "the corpora and an encoder, as others here are: orders of two "
                    "models do not compare"
                )
        answers = [
            self._predict(main, aux, simplest, warnings) for aux, (_, warnings) in found.items()
        ]
        return sorted(answers, key=lambda p: (-p.score, p.aux))

    def rank(self, main: str) -> "pd.DataFrame":
        """`ranked` as a table: aux, score, probability, gain, low, high, verdict, measured."""
        import pandas as pd

        columns = ("aux", "score", "probability", "gain", "low", "high", "verdict")
        return pd.DataFrame(
            [
                {c: getattr(p, c) for c in columns}
                | {"measured": p.measured.gain if p.measured else np.nan}
                for p in self.ranked(main)
            ]
        )

    def _check(self, main: str, aux: str) -> None:
        self.evidence_.check(main)
        self.evidence_.check(aux)
        if main == aux:
            raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")

    def _worth(self, level: str) -> dict[str, Any]:
        """The validation of the models of a level: its verdict ``text``, and its figures."""
        found = self.validation_
        if level == "without_encoder":
            return found | {
                key: found[f"new_{key}"]
                for key in ("text", "interval", "by_unit")
                if f"new_{key}" in found
            }
        return found

    def _family(self, task: str) -> str:
        """The task's family, or "" where no pair of it was measured: there is nothing to forget."""
        families = self.evidence_.families
        learned = set(families[self.evidence_.measured_tasks])
        return families[task] if families[task] in learned else ""

    def _level(self, main: str, aux: str) -> tuple[str, list[str]]:
        """The richest level that lacks no feature the evidence has, and what to say of it."""
        evidence = self.evidence_
        pair = (
            evidence.pairs.loc[[(main, aux)]]
            if (main, aux) in evidence.pairs.index
            else evidence.pairs.iloc[:0].reindex([(main, aux)])
        )
        somewhere = evidence.pairs.columns[evidence.pairs.notna().any()]
        lacks = [
            f for f in somewhere if pair[f].isna().all() and (self.probe or f not in START_FEATURES)
        ]
        simpler = "probe" in lacks
        needed = [f for f in lacks if f in ENCODER_FEATURES]
        rest = [f for f in lacks if f not in ENCODER_FEATURES]
        warnings = []
        if simpler:
            warnings.append(
                f"no {', '.join(needed)} for this pair: answered by the simpler model "
                "without the features that need the corpora and an encoder"
            )
        if rest:
            warnings.append(f"no {', '.join(rest)} for this pair: the evidence's median stands in")
        learned_from = evidence.tasks.loc[evidence.measured_tasks]
        known = learned_from.columns[learned_from.notna().any()]
        for task in (main, aux):
            missing = [f for f in known if np.isnan(evidence.tasks.loc[task, f])]
            if len(missing) == len(known):
                raise EvidenceError(
                    f"evidence {evidence.name}: no features of {task!r}; its "
                    "single-task runs are missing, and run_pairs trains them"
                )
            if missing:
                warnings.append(
                    f"{task} has no {', '.join(missing)}: the evidence's median stands in"
                )
        return ("without_encoder" if simpler else "all"), warnings

    def _measured(self, main: str, aux: str) -> tuple[Measured | None, list[str]]:
        """The pair's own gain, if it was run, and what to mind about it."""
        rows = self.evidence_.summary
        row = rows[(rows["main"] == main) & (rows["aux"] == aux)]
        if row.empty:
            return None, []
        gain, low, high, n = row[["gain", "low", "high", "n_seeds"]].iloc[0]
        if np.isnan(gain):
            return None, [
                "the pair was trained, but its gain is undefined: the single-task score "
                "is missing or below the floor"
            ]
        return Measured(float(gain), float(low), float(high), int(n)), []

    def _doubts(self, model: Model, x: np.ndarray, outside: np.ndarray, covered: bool) -> list[str]:
        """What makes an answer less sure than it looks."""
        found = []
        if model.n_tasks < FEW_TASKS:
            found.append(
                f"few tasks: learned from pairs of {model.n_tasks}, so this is a first "
                "hint and no more"
            )
        # Of ratios, many are the most extreme one; of tasks and pairs it is worth a word.
        beyond = [
            c
            for c, out in zip(model.columns, outside, strict=True)
            if out and c.startswith((MAIN, AUX, PAIR)) and not c.startswith("main/")
        ]
        if beyond:
            found.append(
                "outside what the evidence covers, taken at its edge"
                + ("" if covered else ", and so much of it that there is no verdict")
                + f": {', '.join(beyond)}"
            )
        return found


def _reasons(model: Model, x: np.ndarray, aux: str) -> tuple[Reason, ...]:
    """The strongest contributions to the log-odds of a gain, for the row x (1, n_columns).

    Who the auxiliary is speaks in many columns with one voice, so it is one reason.
    """
    found, identity, known = [], 0.0, False
    for column, value, part, mean, outside in zip(
        model.columns, x[0], model.contributions(x)[0], model.mean, model.outside(x)[0], strict=True
    ):
        if is_identity(column):
            identity += part
            known |= column == ANY + aux and not outside
        else:
            found.append(Reason(column, float(value), float(part), bool(value > mean)))
    if identity:
        found.append(Reason(ANY + aux, 1.0 if known else np.nan, float(identity), bool(known)))
    found.sort(key=lambda r: -abs(r.contribution))
    return tuple(r for r in found[:N_REASONS] if r.contribution)
