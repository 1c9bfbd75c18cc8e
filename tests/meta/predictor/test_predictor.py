import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.features.names import ENCODER_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.caveats import FEW_TASKS
from taskrel.meta.predictor.prediction import LIKELY_GAIN, LIKELY_LOSS, UNCLEAR, Measured, verdict
from taskrel.meta.predictor.predictor import ONE_MODEL, GainPredictor

NAN = float("nan")
OUT_OF_RANGE = "Out of the evidence's feature range, and clipped to it: "
SIMPLER = (
    "A simpler model answers, because this pair has no linear probe of main's labels on aux's "
    "encoder or share of main's test texts in aux's training texts."
)


def made(n_tasks=8, n_families=4, **options):
    """Evidence of gains that the auxiliary's label entropy and the pair's cosine cause.

    Tasks t00 and t04, t01 and t05 … share a family. A few columns are missing
    altogether, as they are in real evidence.
    """
    evidence = planted_evidence(n_tasks, n_families, **options)
    evidence.tasks[["oov_rate", "curve_c"]] = NAN
    evidence.pairs["label_similarity"] = NAN
    return evidence


def with_gains(evidence, rows, gain):
    """The same evidence with another mean gain where the mask says so."""
    return replace(
        evidence, summary=evidence.summary.assign(gain=evidence.summary.gain.where(~rows, gain))
    )


def without_pair(evidence, main, aux):
    rows = evidence.summary
    return replace(evidence, summary=rows[(rows.main != main) | (rows.aux != aux)])


@pytest.fixture(scope="module")
def evidence():
    return made()


@pytest.fixture(scope="module")
def predictor(evidence):
    return GainPredictor().fit(evidence)


def logit(p):
    return np.log(p / (1 - p))


def figures(answer):
    """What the predictor itself says; measured, of course, is another thing."""
    return replace(answer, measured=None, validation={}, evidence="")


def test_it_finds_what_decides(predictor):
    cosines = predictor.evidence_.pairs.text_cosine
    found = [
        (p.score, p.gain, p.measured.gain, cosines[p.main, p.aux])
        for main in predictor.evidence_.tasks.index
        for p in predictor.ranked(main)
    ]
    score, gain, measured, cosine = np.array(found).T
    assert np.corrcoef(gain, measured)[0, 1] > 0.5
    assert np.corrcoef(score, cosine)[0, 1] > 0.5


@pytest.mark.parametrize("aux", ["t01", "t04"])  # t04 is of main's family
def test_the_answer_is_no_memory_of_mains_family(evidence, predictor, aux):
    summary = evidence.summary
    family = ["t00", "t04"]
    touched = summary.main.isin(family) | summary.aux.isin(family)
    rng = np.random.default_rng(8)
    other = with_gains(evidence, touched, pd.Series(rng.normal(0, 50, len(summary))))
    here, there = (p.predict("t00", aux) for p in (predictor, GainPredictor().fit(other)))
    assert figures(there) == figures(here)
    assert there.measured != here.measured
    # Other families' gains do count.
    learned = with_gains(evidence, ~touched, -evidence.summary.gain)
    assert GainPredictor().fit(learned).predict("t00", aux).probability != here.probability


def test_nor_of_the_other_direction(evidence, predictor):
    """t01 is another family; its pairs with t00 as auxiliary are not learned from, either."""
    rows = (evidence.summary.main == "t01") & (evidence.summary.aux == "t00")
    other = GainPredictor().fit(with_gains(evidence, rows, 99.0))
    assert figures(other.predict("t00", "t01")) == figures(predictor.predict("t00", "t01"))


def test_a_task_without_measured_pairs_takes_all_of_them():
    evidence = made()
    rows = evidence.summary
    shelf = replace(
        evidence,
        summary=rows[(rows.main != "t07") & (rows.aux != "t07")],
        about=evidence.about.assign(family=[*evidence.about.family[:7], "a family of its own"]),
    )
    predictor = GainPredictor().fit(shelf)
    assert list(predictor.models_) == [("all", "")]
    answer = predictor.predict("t07", "t00")
    assert answer.measured is None
    assert list(predictor.models_) == [("all", "")]
    assert predictor.model("all", "").n_tasks == 7
    # But if it shares the corpus of a task that was measured, that is left out.
    predictor = GainPredictor().fit(replace(shelf, about=evidence.about))
    predictor.predict("t07", "t00")
    assert set(predictor.models_) == {("all", ""), ("all", "f3")}
    assert predictor.model("all", "f3").n_tasks == 6


def test_reasons(predictor):
    answer = predictor.predict("t00", "t01")
    model, evidence = predictor.model("all", "f0"), predictor.evidence_
    assert len(answer.reasons) == 5
    sizes = [abs(r.contribution) for r in answer.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert all(sizes)
    mean = dict(zip(model.columns, model.mean, strict=True))
    for r in answer.reasons:
        whose, feature = r.feature.split("_", 1)
        if whose == "is":
            assert (feature, r.value, r.above) == ("t01", 1, True)
        elif whose == "rank":
            of_main = evidence.pairs.loc["t00", feature]
            assert r.value == (of_main.rank()["t01"] - 0.5) / 7 - 0.5
        else:
            task = {"main": "t00", "aux": "t01"}[whose]
            assert r.value == evidence.tasks.loc[task, feature]
            assert r.above == (r.value > mean[r.feature])


def test_contributions_add_up_to_the_difference_in_log_odds(monkeypatch, predictor):
    monkeypatch.setattr("taskrel.meta.predictor.reasons.N_REASONS", 999)
    answers = [predictor.predict("t00", aux) for aux in ("t01", "t02")]
    one, two = (sum(r.contribution for r in p.reasons) for p in answers)
    assert one - two == pytest.approx(logit(answers[0].probability) - logit(answers[1].probability))


@pytest.mark.parametrize(
    ("low", "high", "covered", "says"),
    [
        (0.1, 3, True, LIKELY_GAIN),
        (-3, -0.1, True, LIKELY_LOSS),
        (-1, 2, True, UNCLEAR),
        (0, 2, True, UNCLEAR),
        (-2, 0, True, UNCLEAR),
        (NAN, NAN, True, UNCLEAR),
        (0.1, 3, False, UNCLEAR),
        (-3, -0.1, False, UNCLEAR),
    ],
)
def test_verdict(low, high, covered, says):
    assert verdict(low, high, covered) == says


def sure(**options):
    """Evidence where the auxiliary alone decides, by a margin, so that verdicts are clear.

    Other features are alike in all tasks and pairs.
    """
    evidence = made(16, 8, gain=lambda main, aux: 9.0 if int(aux[1:]) % 2 else -9.0, **options)
    evidence.tasks.loc[:, :] = evidence.tasks.where(evidence.tasks.isna(), 1.5)
    evidence.tasks["label_entropy"] = [1.0 + i % 2 + i / 99 for i in range(16)]
    evidence.pairs.loc[:, :] = evidence.pairs.where(evidence.pairs.isna(), 0.5)
    return evidence


def test_clear_verdicts():
    predictor = GainPredictor().fit(sure())
    # t08 is of t00's family, so the fit has seen neither.
    for p in [p for p in predictor.ranked("t00") if p.aux != "t08"]:
        helps = int(p.aux[1:]) % 2 == 1
        assert p.verdict == (LIKELY_GAIN if helps else LIKELY_LOSS)
        assert (p.probability > 0.5) == (p.gain > 0) == helps
        assert p.low < p.gain < p.high


def test_what_the_evidence_does_not_cover_gets_no_verdict():
    """The fit has not seen t00; all other tasks are alike in these features."""
    evidence = sure()
    rest = evidence.tasks.columns.drop(["label_entropy", "oov_rate", "curve_c"])
    evidence.tasks.loc["t00", rest] = 99.0
    answer = GainPredictor().fit(evidence).predict("t00", "t01")
    assert answer.verdict == UNCLEAR
    warning = next(w for w in answer.warnings if w.startswith(OUT_OF_RANGE))
    assert warning.startswith(f"{OUT_OF_RANGE}number of training sentences (main), ")
    assert warning.endswith(". That is too much for a verdict.")
    # With a feature or two like that, there is one.
    evidence.tasks.loc["t00", rest[2:]] = 1.5
    again = GainPredictor().fit(evidence).predict("t00", "t01")
    assert (again.low, again.high) == (answer.low, answer.high)
    assert again.verdict == LIKELY_GAIN


def test_a_feature_out_of_range_is_clipped():
    answers = []
    for size in (2.0, 200.0):
        evidence = sure()
        evidence.tasks.loc["t07", "size"] = size
        answers.append(GainPredictor().fit(evidence).predict("t07", "t01"))
    near, far = answers
    assert far.probability == near.probability
    assert near.verdict == LIKELY_GAIN
    (warning,) = near.warnings
    assert warning == f"{OUT_OF_RANGE}number of training sentences (main)."


@pytest.fixture(scope="module")
def without_encoder():
    """Predictors of evidence where one pair lacks what needs an encoder, and where all do."""
    one, never = made(), made()
    one.pairs.loc[("t00", "t01"), [*ENCODER_FEATURES]] = NAN
    never.pairs[[*ENCODER_FEATURES]] = NAN
    return GainPredictor().fit(one), GainPredictor().fit(never)


def test_a_pair_without_encoder_features_is_answered_by_the_simpler_model(without_encoder):
    predictor, never = without_encoder
    answer = predictor.predict("t00", "t01")
    assert answer.warnings[0] == SIMPLER
    expected = never.predict("t00", "t01")
    assert figures(answer) == replace(
        figures(expected), warnings=(answer.warnings[0], *expected.warnings)
    )
    assert not [w for w in predictor.predict("t00", "t02").warnings if "simpler" in w]


def test_one_order_is_by_one_ranker(without_encoder):
    """A ranker's scores compare with its own alone."""
    predictor, never = without_encoder
    expected = never.ranked("t00")
    answers = predictor.ranked("t00")
    assert [(p.aux, p.score, p.probability) for p in answers] == [
        (p.aux, p.score, p.probability) for p in expected
    ]
    said = {p.aux: [w for w in p.warnings if "simpler model" in w] for p in answers}
    assert all(len(warnings) == 1 for warnings in said.values())
    assert (said["t01"], said["t02"]) == ([SIMPLER], [ONE_MODEL])
    rest = predictor.ranked("t00", ["t02", "t03"])  # none of these needs it
    assert not [w for p in rest for w in p.warnings if "simpler" in w]
    assert {p.score for p in rest} == {
        predictor.predict("t00", aux).score for aux in ("t02", "t03")
    }


def test_a_pair_that_the_table_lacks_is_missing_all():
    evidence = made()
    evidence = replace(evidence, pairs=evidence.pairs.drop(index=[("t00", "t01")]))
    answer = GainPredictor().fit(evidence).predict("t00", "t01")
    assert 0 < answer.probability < 1
    assert answer.warnings[:2] == (
        SIMPLER,
        "This pair has no log of main size over aux size, share of main's words that aux has, "
        "divergence of the two training texts or 2 other features. The evidence's median is used "
        "instead.",
    )


def test_a_feature_that_a_task_lacks_is_said():
    evidence = made()
    evidence.tasks.loc["t01", ["size", "jsd"]] = NAN
    answer = GainPredictor().fit(evidence).predict("t00", "t01")
    (warning,) = [w for w in answer.warnings if "has no" in w]  # that no task has oov_rate: no loss
    assert warning == (
        f"t01 has no {TASK_FEATURES['size']} or {TASK_FEATURES['jsd']}. The evidence's median is "
        "used instead."
    )


def test_a_task_without_features_cannot_be_answered():
    evidence = made()
    evidence.tasks.loc["t00"] = NAN
    predictor = GainPredictor().fit(evidence)
    for pair in (("t00", "t01"), ("t01", "t00")):
        with pytest.raises(
            EvidenceError, match="task 't00' has no features, because its single-task runs"
        ):
            predictor.predict(*pair)


def test_the_measured_gain_stands_beside():
    evidence = made()
    rows = evidence.summary
    here = (rows.main == "t00") & (rows.aux == "t01")
    rows.loc[here, ["gain", "low", "high", "n_seeds"]] = [2.5, -1.0, 6.0, 3]
    rows.loc[(rows.main == "t00") & (rows.aux == "t02"), ["gain", "low", "high"]] = NAN
    predictor = GainPredictor().fit(without_pair(evidence, "t00", "t03"))
    assert predictor.predict("t00", "t01").measured == Measured(2.5, -1.0, 6.0, 3)
    undefined, unmeasured = (predictor.predict("t00", aux) for aux in ("t02", "t03"))
    assert undefined.measured is unmeasured.measured is None
    assert undefined.warnings[-1].startswith("The pair was trained, but its gain is undefined")
    assert not [w for w in unmeasured.warnings if "undefined" in w]


def test_undefined_gains_are_not_learned_from():
    evidence = made()
    rows = evidence.summary.aux == "t07"
    undefined = GainPredictor().fit(with_gains(evidence, rows, NAN))
    missing = GainPredictor().fit(replace(evidence, summary=evidence.summary[~rows]))
    assert figures(undefined.predict("t01", "t02")) == figures(missing.predict("t01", "t02"))
    assert undefined.model("all", "").n_pairs == 56 - 7


@pytest.mark.parametrize(("n_tasks", "few"), [(FEW_TASKS, True), (FEW_TASKS + 1, False)])
def test_few_tasks_are_warned_about(n_tasks, few):
    """One of them, main's family, is left out."""
    answer = GainPredictor().fit(made(n_tasks, None)).predict("t00", "t01")
    said = [w for w in answer.warnings if "first hint" in w]
    says = f"The evidence has only {FEW_TASKS - 1} tasks. Take this answer as a first hint."
    assert said == ([says] if few else [])


def test_three_tasks_have_no_interval():
    evidence = made(3, None, gain=lambda main, aux: 1.0 if main < aux else -1.0, spread=0)
    answer = GainPredictor().fit(evidence).predict("t00", "t01")
    assert 0 < answer.probability < 1
    assert np.isnan([answer.gain, answer.low, answer.high]).all()
    assert answer.verdict == UNCLEAR


@pytest.mark.parametrize(
    ("gain", "says"),
    [
        (1.0, "evidence made: all 20 measured pairs to learn from are gains"),
        (-1.0, "evidence made: all 20 measured pairs to learn from are without a gain"),
        (NAN, "evidence made: no pair with a defined gain"),
    ],
)
def test_one_class_cannot_be_learned_from(gain, says):
    evidence = made(5, None)
    with pytest.raises(EvidenceError, match=says):
        GainPredictor().fit(with_gains(evidence, evidence.summary.main != "", gain))


def test_one_class_among_the_other_families():
    evidence = made(5, None, gain=lambda main, aux: 1.0 if main == "t00" else -1.0)
    predictor = GainPredictor().fit(evidence)
    assert predictor.predict("t01", "t02").probability < 0.5
    with pytest.raises(EvidenceError, match="made without family t00: all 12 measured pairs"):
        predictor.predict("t00", "t01")


def test_names_are_checked(predictor):
    with pytest.raises(UsageError, match="both 't00'; name two tasks"):
        predictor.predict("t00", "t00")
    for pair in (("t00", "t99"), ("t99", "t00")):
        with pytest.raises(UsageError, match="task 't99' is not in evidence made; known: t00"):
            predictor.predict(*pair)
    with pytest.raises(UsageError, match="task 't99' is not in evidence made"):
        predictor.ranked("t99")


def test_ranking(predictor):
    answers = predictor.ranked("t00")
    assert {p.aux for p in answers} == {f"t{i:02d}" for i in range(1, 8)}
    assert [p.score for p in answers] == sorted((p.score for p in answers), reverse=True)
    for p in answers:  # the same as by itself, to the last bit
        assert figures(p) == figures(predictor.predict("t00", p.aux))
    table = predictor.rank("t00")
    assert list(table.columns) == [
        "aux",
        "score",
        "probability",
        "gain",
        "low",
        "high",
        "verdict",
        "measured",
    ]
    assert table.aux.tolist() == [p.aux for p in answers]
    assert table.measured.tolist() == [p.measured.gain for p in answers]


def test_a_tie_is_ranked_by_name_and_what_was_not_measured_is_missing():
    evidence = made(gain=lambda main, aux: 1.0 if main < "t02" else -1.0, spread=0)
    evidence.tasks.loc[:, :] = 1.0
    evidence.pairs.loc[:, :] = 1.0
    table = GainPredictor().fit(without_pair(evidence, "t00", "t05")).rank("t00")
    assert table.aux.tolist() == sorted(table.aux)
    assert table.measured.isna().tolist() == [aux == "t05" for aux in table.aux]


def test_more_tasks_are_answered_by_the_same_models(predictor):
    evidence = predictor.evidence_
    row = {"t01": "new"}
    pairs = evidence.pairs[evidence.pairs.index.get_level_values("aux") == "t01"]
    grown = replace(
        evidence,
        tasks=pd.concat([evidence.tasks, evidence.tasks.loc[["t01"]].rename(row)]),
        about=pd.concat([evidence.about, evidence.about.loc[["t01"]].rename(row)]),
        pairs=pd.concat([evidence.pairs, pairs.rename(index=row)]),
    )
    larger = predictor.with_tasks(grown)
    assert larger.learned_from_ is predictor.evidence_ is evidence
    assert larger.evidence_ is grown and larger.models_ is predictor.models_
    assert repr(larger.predict("t00", "t01")) == repr(predictor.predict("t00", "t01"))
    assert larger.predict("t00", "new").measured is None
    with pytest.raises(UsageError, match="task 'new' is not in evidence"):
        predictor.predict("t00", "new")


def test_importing_it_imports_nothing_heavy():
    """An answer from saved coefficients must come at once."""
    program = (
        "import sys; from taskrel.meta.predictor.predictor import GainPredictor; "
        "import taskrel.meta.predictor.file, taskrel.meta.evidence.files; "
        "import taskrel.cli.text.prediction\n"
        "print(sorted({'sklearn', 'scipy', 'statsmodels', 'torch', 'matplotlib', 'pandas'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_an_auxiliary_of_mains_own_family_is_not_what_validation_is_about(predictor):
    def said(main, aux):
        return [w for w in predictor.predict(main, aux).warnings if "validation covers" in w]

    assert said("t00", "t04") == [
        "t04 and t00 belong to one family, f0. The answer was fitted without that family, and "
        "validation covers auxiliary tasks of other families only."
    ]
    assert said("t00", "t01") == []


def test_a_new_task_is_told_how_good_answers_about_new_tasks_are():
    evidence = made()
    evidence.pairs.loc["t00", [*ENCODER_FEATURES]] = NAN
    predictor = GainPredictor().fit(evidence)
    predictor.validation_ = {
        "text": "of known tasks",
        "new_text": "of new tasks",
        "interval": {"coverage": 0.8},
        "new_interval": {"coverage": 0.7},
        "by_unit": {"token": 0.8},
        "new_by_unit": {"token": 0.7},
    }
    for main, aux, whose, coverage in (("t00", "t01", "new", 0.7), ("t01", "t02", "known", 0.8)):
        said = predictor.predict(main, aux).validation
        assert said["by_unit"] == {"token": coverage}
        assert (said["text"], said["interval"]) == (f"of {whose} tasks", {"coverage": coverage})
    # Where all tasks have encoder features in validation, the simpler model has not been validated.
    del predictor.validation_["new_text"]
    assert predictor.predict("t00", "t01").validation == {}
    assert predictor.predict("t01", "t02").validation["text"] == "of known tasks"
