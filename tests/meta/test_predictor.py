from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence import TASK_FEATURES, Evidence
from taskrel.meta.predictor import GainPredictor

TASKS = list("abcdefgh")
#: By construction an auxiliary helps where its label entropy is high.
HELPFUL = set("bdeg")


def summary(gains):
    """Summary of measured pairs: (main, aux) → gain."""
    return pd.DataFrame([{"main": m, "aux": a, "gain": g, "low": g - 2, "high": g + 2,
                          "n_seeds": 3} for (m, a), g in gains.items()])


def gain_of(aux):
    return 3.0 if aux in HELPFUL else -3.0


def made(pairs=None, tasks=TASKS, symmetric=False, flip=(), features=tuple(TASK_FEATURES)):
    """Evidence of the pairs (default: all), the gain's sign reversed for those in `flip`."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.uniform(1, 2, (len(TASKS), len(TASK_FEATURES))), TASKS,
                         list(TASK_FEATURES))
    frame["label_entropy"] = [2 + i / 100 if t in HELPFUL else 1 + i / 100
                              for i, t in enumerate(TASKS)]
    pairs = list(permutations(tasks, 2)) if pairs is None else pairs
    gains = {(m, a): gain_of(a) * (-1 if (m, a) in flip else 1) for m, a in pairs}
    return Evidence("made", {}, symmetric, frame.loc[list(tasks), list(features)],
                    pd.DataFrame(), summary(gains))


def logit(p):
    return np.log(p / (1 - p))


def test_it_finds_the_feature_that_decides():
    predictor = GainPredictor().fit(made())
    for main, aux in permutations(TASKS, 2):
        answer = predictor.predict(main, aux)
        assert (answer.probability > 0.5) == (aux in HELPFUL), (main, aux)
        strongest = answer.reasons[0]
        assert strongest.feature == "aux_label_entropy"
        assert (strongest.contribution > 0) == strongest.above == (aux in HELPFUL)
        assert len(answer.reasons) == 5
        sizes = [abs(r.contribution) for r in answer.reasons]
        assert sizes == sorted(sizes, reverse=True)


def test_a_measured_pair_is_predicted_and_not_remembered():
    pair = ("a", "b")
    others = [p for p in permutations(TASKS, 2) if p != pair]
    unseen = GainPredictor().fit(made(others)).predict(*pair)
    assert unseen.measured is None
    for evidence in (made(), made(flip=[pair])):
        seen = GainPredictor().fit(evidence).predict(*pair)
        assert seen.probability == unseen.probability
        assert seen.reasons == unseen.reasons
        assert abs(seen.measured.gain) == 3
    assert seen.measured == (type(seen.measured))(gain=-3, low=-5, high=-1, n_seeds=3)


def test_pairs_left_out_are_not_learned_from():
    out = [("a", "b"), ("c", "b")]
    rest = [p for p in permutations(TASKS, 2) if p not in out]
    left = GainPredictor().fit(made(flip=out), leave_out=out)
    assert left.pairs_ == rest
    expected = GainPredictor().fit(made(rest)).predict("d", "b").probability
    assert left.predict("d", "b").probability == expected
    assert left.predict(*out[0]).measured.gain == -3


def test_contributions_add_up_to_the_difference_in_log_odds():
    unseen = [("a", "b"), ("c", "d")]  # not measured, so one model answers both
    rest = [p for p in permutations(TASKS, 2) if p not in unseen]
    predictor = GainPredictor(features=["label_entropy"]).fit(made(rest))
    one, two = (predictor.predict(*pair) for pair in unseen)
    total = [sum(r.contribution for r in p.reasons) for p in (one, two)]
    assert total[0] - total[1] == pytest.approx(logit(one.probability) - logit(two.probability))
    values = {r.feature: r.value for r in one.reasons}
    assert values == pytest.approx({"main_label_entropy": 1.0, "aux_label_entropy": 2.01,
                                    "main/aux_label_entropy": 1 / 2.01})


def test_what_all_tasks_share_is_no_reason():
    evidence = made()
    evidence.tasks["size"] = 100.0
    reasons = GainPredictor(["size", "label_entropy"]).fit(evidence).predict("a", "b").reasons
    assert {r.feature for r in reasons} == {
        "main_label_entropy", "aux_label_entropy", "main/aux_label_entropy"}


def test_c_is_the_inverse_of_the_penalty():
    weak, strong = (GainPredictor(C=C).fit(made()).predict("a", "b").probability
                    for C in (100.0, 0.001))
    assert strong == pytest.approx(0.5, abs=0.05)
    assert weak > 0.95


def test_features_that_a_task_lacks_are_left_out_and_that_is_said():
    evidence = made()
    lacking = [n for n in TASK_FEATURES if n.startswith(("gradient_", "curve_"))]
    evidence.tasks.loc["a", lacking] = np.nan
    rest = [n for n in TASK_FEATURES if n not in lacking]
    answer = GainPredictor().fit(evidence).predict("a", "b")
    smaller = GainPredictor(rest).fit(made()).predict("a", "b")
    assert answer.probability == pytest.approx(smaller.probability)
    assert {r.feature for r in answer.reasons}.isdisjoint(
        f"{p}{n}" for p in ("main_", "aux_", "main/aux_") for n in lacking)
    assert answer.warnings == (f"a has no {', '.join(lacking)}: answered by the smaller model "
                               "without (7 of 14 features)",)
    assert GainPredictor().fit(evidence).predict("c", "d").warnings == ()


def test_a_feature_that_no_task_has_is_no_loss_and_no_warning():
    evidence = made()
    evidence.tasks["oov_rate"] = np.nan
    rest = [n for n in TASK_FEATURES if n != "oov_rate"]
    answer = GainPredictor().fit(evidence).predict("a", "b")
    assert answer.probability == pytest.approx(
        GainPredictor(rest).fit(made()).predict("a", "b").probability)
    assert answer.warnings == ()


def test_a_ratio_without_denominator_is_imputed():
    evidence = made()
    evidence.tasks.loc["b", "oov_rate"] = 0
    answer = GainPredictor(["oov_rate", "label_entropy"]).fit(evidence).predict("a", "b")
    assert answer.probability > 0.5
    assert answer.warnings == ()
    assert np.isnan([r.value for r in answer.reasons if r.feature == "main/aux_oov_rate"]).all()


def test_a_task_without_features_cannot_be_answered():
    evidence = made()
    evidence.tasks.loc["a"] = np.nan
    with pytest.raises(EvidenceError, match="no features of 'a'"):
        GainPredictor().fit(evidence).predict("a", "b")


def test_undefined_gains_are_neither_learned_from_nor_measured():
    evidence = made()
    rows = evidence.summary
    rows.loc[rows["aux"] == "b", ["gain", "low", "high"]] = np.nan
    predictor = GainPredictor().fit(evidence)
    assert len(predictor.pairs_) == 56 - 7
    answer = predictor.predict("a", "b")
    assert answer.measured is None
    assert "its gain is undefined" in answer.warnings[-1]


@pytest.mark.parametrize(("tasks", "n"), [("abcde", 5), ("abcdef", None)])
def test_few_tasks_are_warned_about(tasks, n):
    warnings = GainPredictor().fit(made(tasks=list(tasks))).predict("a", "b").warnings
    assert [w for w in warnings if w.startswith("few tasks")] == (
        [f"few tasks: learned from pairs of {n}, so this is a first hint and no more"] if n else [])


def test_tasks_beyond_the_evidence_are_taken_at_its_edge_and_warned_about():
    rest = [p for p in permutations(TASKS, 2) if "a" not in p]
    evidence = made(rest)
    answers = []
    for size in (50.0, 5000.0):
        evidence.tasks.loc["a", "size"] = size
        answers.append(GainPredictor(["size", "label_entropy"]).fit(evidence).predict("a", "b"))
    assert answers[0].probability == answers[1].probability
    assert answers[0].warnings == (
        "outside what the evidence covers, taken at its edge: main_size, main_label_entropy",)


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_reverse_pair_of_the_same_runs_is_mentioned(symmetric):
    one_way = [p for p in permutations(TASKS, 2) if p != ("b", "a")]
    says = [any("the reverse pair's gain comes from the same runs" in w
                for w in GainPredictor().fit(evidence).predict("a", "b").warnings)
            for evidence in (made(symmetric=symmetric), made(one_way, symmetric=symmetric))]
    assert says == [symmetric, False]


@pytest.mark.parametrize(("pairs", "says"), [
    ([("a", "b"), ("c", "b")], "all 2 measured pairs are gains; a prediction needs gains"),
    ([("b", "a"), ("b", "c")], "all 2 measured pairs are without a gain"),
    ([("a", "b")], "it has 1 measured pair;"),
    ([], "it has 0 measured pairs;"),
])
def test_one_class_cannot_be_learned_from(pairs, says):
    evidence = made(pairs or [("a", "b")])
    if not pairs:
        evidence.summary["gain"] = np.nan
    with pytest.raises(EvidenceError, match=f"evidence made: {says}"):
        GainPredictor().fit(evidence)


def test_one_class_among_the_other_pairs():
    predictor = GainPredictor().fit(made([("a", "b"), ("a", "c"), ("b", "c")]))
    with pytest.raises(EvidenceError,
                       match="all 2 measured pairs other than a with b are without a gain"):
        predictor.predict("a", "b")


def test_names_are_checked():
    predictor = GainPredictor().fit(made())
    with pytest.raises(UsageError, match="both 'a'"):
        predictor.predict("a", "a")
    for main, aux in (("a", "x"), ("x", "a")):
        with pytest.raises(UsageError, match="task 'x' is not in evidence made; known: a, b"):
            predictor.predict(main, aux)
    with pytest.raises(UsageError, match="task 'x'"):
        predictor.ranked("x")


def test_ranking():
    table = GainPredictor().fit(made()).rank("a")
    assert list(table.columns) == ["aux", "probability", "gain", "low", "high", "n_seeds"]
    assert sorted(table["aux"]) == TASKS[1:]
    assert set(table["aux"][:4]) == HELPFUL
    assert table["probability"].is_monotonic_decreasing
    assert table["gain"].tolist() == [3] * 4 + [-3] * 3
    unmeasured = made([p for p in permutations(TASKS, 2) if p != ("a", "b")])
    row = GainPredictor().fit(unmeasured).rank("a").set_index("aux").loc["b"]
    assert np.isnan(row["gain"])
    assert row["n_seeds"] == 0


def test_what_cannot_be_answered_ranks_last_and_says_why():
    # Without (a, b) there are without a gain only; (a, c) and the rest can be answered.
    answers = GainPredictor().fit(made([("a", "b"), ("a", "c"), ("b", "c")])).ranked("a")
    assert [np.isnan(p.probability) for p in answers] == [False] * 6 + [True]
    assert answers[-1].aux == "b"
    assert "other than a with b are without a gain" in answers[-1].warnings[0]
    assert answers[-1].measured.gain == 3
