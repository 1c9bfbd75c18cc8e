"""The predictor: from features of main task, auxiliary and pair to the gain of training both.

    GainPredictor().fit(evidence).predict("mwe", "chunk")

An answer about a task that the evidence knows comes from a model fitted without that task's
family in either role. So it never repeats a measurement, and leave-family-out validation says
how good it is for an auxiliary task of another family.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.caveats import caveats_of_features, caveats_of_model
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.prediction import Measured, Prediction, verdict
from taskrel.meta.predictor.reasons import reasons
from taskrel.meta.predictor.table.pair_data import PairData, headroom, pair_data
from taskrel.meta.predictor.table.pair_rows import pair_rows
from taskrel.meta.predictor.table.pair_table import AUX, MAIN

if TYPE_CHECKING:
    import pandas as pd

#: Features that a simpler model is fitted without, the richest model first.
FEATURE_SETS: dict[str, tuple[str, ...]] = {"all": (), "without_encoder": ENCODER_FEATURES}
#: What a user should know where one auxiliary makes the simpler model answer for all of them.
ONE_MODEL = (
    "A simpler model answers, because other auxiliary tasks of this ranking lack the features that "
    "need both corpora and an encoder."
)


class GainPredictor:
    """P(gain), expected gain with interval, and a ranking of auxiliary tasks.

    A ranker scores the auxiliaries of a main task. P(gain) is the paper's logistic regression, of
    that score and of features of the main task; the expected gain is a linear regression of the
    same two. So all three give one ranking. Columns, penalties and calibration are chosen by
    leave-family-out inside the evidence. Pairs without a defined gain are left out.

    Attributes
    ----------
    learned_from_ : Evidence
        The evidence that models are fitted to.
    evidence_ : Evidence
        The same, or with more tasks (`with_tasks`).
    models_ : dict
        (feature set, family left out or "") → Model, as far as needed yet.
    validation_ : dict
        How well this evidence predicts new tasks, as plain data; empty where nobody validated.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4.
    """

    def __repr__(self) -> str:
        fitted = getattr(self, "learned_from_", None)
        return f"GainPredictor({fitted.name if fitted else ''})"

    # -- fitting ------------------------------------------------------------------------

    def fit(self, evidence: Evidence) -> "GainPredictor":
        """Learn from `evidence`; models without a family are fitted when they are first needed.

        Raises `EvidenceError` where no pair was measured, or where all pairs are gains or
        all are losses.
        """
        self._take(evidence, {}, {})
        self.model("all", "")
        return self

    @classmethod
    def fitted(
        cls, evidence: Evidence, models: dict[tuple[str, str], Model], validation: dict[str, Any]
    ) -> "GainPredictor":
        """A predictor whose models have been fitted before, to the same evidence."""
        return cls()._take(evidence, models, validation)

    def _take(self, evidence: Evidence, models: dict, validation: dict) -> "GainPredictor":
        self.learned_from_ = self.evidence_ = evidence
        self.models_, self.validation_ = models, validation
        self._data: dict[str, PairData] = {}
        return self

    def with_tasks(self, evidence: Evidence) -> "GainPredictor":
        """A predictor with the same models that answers about the tasks of `evidence`, too.

        evidence : the evidence that this one was fitted to, with further tasks and their
            features (`recommendation.new_tasks`); the gains that models learn from stay the same
        """
        other = GainPredictor()
        other.__dict__.update(self.__dict__)
        other.evidence_ = evidence
        return other

    def data(self, feature_set: str = "all") -> PairData:
        """The measured pairs that models of a feature set are fitted to."""
        if feature_set not in self._data:
            self._data[feature_set] = pair_data(self.learned_from_, FEATURE_SETS[feature_set])
        return self._data[feature_set]

    def model(self, feature_set: str, family: str) -> Model:
        """The model of a feature set, fitted without `family` ("": to all pairs)."""
        if (feature_set, family) not in self.models_:
            # Not at the top: an answer from saved models must not wait for scikit-learn.
            from taskrel.meta.predictor.fitting import fit_model

            data = self.data(feature_set)
            train = np.ones(len(data.gain), bool)
            if family:
                train = data.without_family(data.families.index(family))
            try:
                self.models_[feature_set, family] = fit_model(data, train)
            except EvidenceError as e:
                without = f" without family {family}" if family else ""
                raise EvidenceError(f"evidence {self.learned_from_.name}{without}: {e}") from None
        return self.models_[feature_set, family]

    # -- answers ------------------------------------------------------------------------

    def predict(self, main: str, aux: str) -> Prediction:
        """Answer for one directed pair.

        The model is fitted without main's family where the evidence knows main. Where the
        pair lacks features that need the corpora or an encoder, a simpler model answers; a
        warning says so.

        Raises `UsageError` for an unknown task and for main = aux, and `EvidenceError` where
        all pairs to learn from are gains or all are losses.
        """
        return self.ranked(main, [aux])[0]

    def ranked(self, main: str, auxs: Sequence[str] | None = None) -> list[Prediction]:
        """Answers for these auxiliary tasks of `main` (None: all), the most promising first.

        Scores of two models do not compare: where one auxiliary needs the simpler model, that
        model answers for all.
        """
        evidence = self.evidence_
        evidence.check(main)
        auxs = list(evidence.candidates(main) if auxs is None else auxs)
        for aux in auxs:
            evidence.check(aux)
            if main == aux:
                raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")
        if not auxs:
            return []
        found = caveats_of_features(evidence, main, auxs)
        simpler = any(needs_simpler for needs_simpler, _ in found)
        caveats = [
            [*own, *([ONE_MODEL] if simpler and not needs_simpler else [])]
            for needs_simpler, own in found
        ]
        answers = self._answers(main, auxs, "without_encoder" if simpler else "all", caveats)
        return sorted(answers, key=lambda p: (-p.score, p.aux))

    def _answers(
        self, main: str, auxs: list[str], feature_set: str, caveats: list[list[str]]
    ) -> list[Prediction]:
        evidence = self.evidence_
        family = self._family(main)
        model = self.model(feature_set, family)
        x = pair_rows(evidence, [(main, aux) for aux in auxs], model.columns)
        room = headroom(evidence.about["stl"])[evidence.tasks.index.get_loc(main)]
        numbers = model.answer(x, np.full(len(auxs), room))
        out = model.out_of_range(x)
        in_range = _in_range(model.columns, out, model.n_tasks)
        because = reasons(model, x, auxs)
        validation = self._validation_of(feature_set)
        families = evidence.families.to_dict()
        rows = evidence.summary[evidence.summary["main"] == main].set_index("aux")
        runs = rows[["gain", "low", "high", "n_seeds"]].to_dict("index")
        found = []
        for i, aux in enumerate(auxs):
            measured, undefined = _measured(runs.get(aux))
            probability, gain, low, high, score = (float(values[i]) for values in numbers)
            warnings = [
                *(_one_family(main, aux, families) if family else []),
                *caveats[i],
                *caveats_of_model(model, out[i], bool(in_range[i])),
                *undefined,
            ]
            found.append(
                Prediction(
                    main,
                    aux,
                    probability,
                    gain,
                    low,
                    high,
                    score,
                    verdict=verdict(low, high, bool(in_range[i])),
                    reasons=because[i],
                    measured=measured,
                    evidence=evidence.name,
                    validation=validation,
                    warnings=tuple(warnings),
                )
            )
        return found

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

    def _validation_of(self, feature_set: str) -> dict[str, Any]:
        """The validation of the models of a feature set: its ``text`` and its figures."""
        found = self.validation_
        if feature_set == "without_encoder":
            if "new_text" not in found:  # new tasks have all features, so it was not validated
                return {}
            new = ("text", "interval", "by_unit", "within_unit")
            return found | {key: found[f"new_{key}"] for key in new if f"new_{key}" in found}
        return found

    def _family(self, task: str) -> str:
        """The family to leave out; "" where no pair of it was measured."""
        families = self.evidence_.families
        learned = set(families[self.learned_from_.measured_tasks])
        return families[task] if families[task] in learned else ""


def _in_range(columns: tuple[str, ...], out: np.ndarray, n_tasks: int) -> np.ndarray:
    """Whether few enough features of main and of auxiliary are out of range, bool (n_pairs,).

    A task like any other is the most extreme of n + 1 in 2 / (n + 1) of its features; here it
    may be in 2.5 times as many. Ranks and identities have no range.

    out : bool array (n_pairs, n_columns)
    """
    found = np.ones(len(out), bool)
    for whose in (MAIN, AUX):
        own = [c.startswith(whose) for c in columns]
        if any(own):
            found &= out[:, own].mean(axis=1) <= 5 / (n_tasks + 1)
    return found


def _one_family(main: str, aux: str, families: dict[str, str]) -> list[str]:
    """What to know where main and auxiliary are of one family."""
    if families[main] != families[aux]:
        return []
    return [
        f"{aux} and {main} belong to one family, {families[main]}. The answer was fitted without "
        "that family, and validation covers auxiliary tasks of other families only."
    ]


def _measured(run: dict[str, float] | None) -> tuple[Measured | None, list[str]]:
    """The measured gain of a pair, or why a pair that was run has none."""
    if run is None:
        return None, []
    if np.isnan(run["gain"]):
        return None, [
            "The pair was trained, but its gain is undefined: the single-task score is missing or "
            "too low for a relative gain."
        ]
    return Measured(run["gain"], run["low"], run["high"], int(run["n_seeds"])), []
