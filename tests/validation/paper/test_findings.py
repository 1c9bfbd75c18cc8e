from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from made_evidence import made_evidence
from made_scripts import script

from taskrel.meta.features.names import PAPER_FEATURES
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.paper import tables
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
from taskrel.validation.paper.case import Case
from taskrel.validation.paper.findings import FINDINGS, check_findings
from taskrel.validation.paper.tables import table_3, table_4

NINE = tuple("abcdefghi")


def case(gain, tasks=NINE, features=None, intervals=None, coefficients=None, table_3=()):
    """A case with `gain(main, aux)` for all directed pairs of the tasks."""
    gains = {pair: gain(*pair) for pair in permutations(tasks, 2)}
    rows = [{"feature": f, "mean": b} for f, b in (coefficients or {}).items()]
    return Case(made_evidence(gains, features, intervals), list(table_3), rows)


def early(task):
    """A number per task, the higher, the earlier in the alphabet."""
    return float(ord("i") - ord(task))


def test_a_capped_task_counts_as_its_card():
    evidence = made_evidence(
        {
            pair: float(pair[1] == "chunk_9")
            for pair in permutations(["chunk_9", "semcor", *NINE], 2)
        }
    )
    finding = "Chunking and semantic tagging (SemCor) are the best auxiliaries."
    figure = FINDINGS[finding](Case(evidence, [], []))[1]
    assert figure == "no measured pairs of chunk"
    evidence = replace(evidence, entries={"chunk_9": {"card": "chunk", "limit": 9}})
    assert "chunk_9 1.00, semcor" in FINDINGS[finding](Case(evidence, [], []))[1]


def test_mean_ranks_by_hand():
    gains = {
        ("a", "b"): 5,
        ("a", "c"): 1,
        ("a", "d"): 3,
        ("b", "c"): -1,
        ("b", "a"): -2,
        ("c", "a"): 9,
    }  # c has one auxiliary: no rank
    ranks = Case(made_evidence(gains), [], []).mean_ranks
    # among a's: c 0, d ½, b 1; among b's: a 0, c 1
    assert ranks.to_dict() == {"a": 0, "b": 1, "c": 0.5, "d": 0.5}


@pytest.mark.parametrize(
    ("check", "of"), [(best_auxiliaries, lambda m, a: a), (largest_gains, lambda m, a: m)]
)
def test_the_two_with_the_highest_values(check, of):
    made = case(lambda m, a: early(of(m, a)) - 3)
    assert check(made, "a", "b")[0] is True
    holds, figure = check(made, "c", "d")
    assert holds is False
    assert "highest other: a " in figure
    assert "(p = 0.028)" in check(made, "b", "a")[1]  # one set of 36


def test_too_few_tasks_to_stand_out():
    made = case(lambda m, a: early(a), "abcd")  # six sets of two: p is 1/6 at best
    holds, figure = best_auxiliaries(made, "a", "b")
    assert holds is None
    assert "(p = 0.167)" in figure
    assert best_auxiliaries(made, "a", "z") == (None, "no measured pairs of z")


@pytest.mark.parametrize(
    ("gain", "interval", "holds"),
    [
        (-1, None, True),
        (2, None, False),
        (2, (-1, 5), True),
        (2, (1, 3), False),
        (0, None, True),
    ],
)
def test_improves_none(gain, interval, holds):
    made = case(
        lambda m, a: gain if (m, a) == ("b", "a") else -3,
        intervals={("b", "a"): interval} if interval else None,
    )
    found, figure = improves_none(made, "a")
    assert found is holds
    assert figure.startswith(f"{int(not holds)} of 8 main tasks gain")
    assert ("b +2.0 %" in figure) is not holds


def test_nobody_was_asked():
    assert improves_none(case(lambda m, a: 1), "z") == (None, "no measured pairs of z")


@pytest.mark.parametrize(
    ("gains", "intervals", "holds"),
    [
        ((4, 2), (None, None), True),
        ((4, -2), (None, None), False),
        ((4, 2), ((1, 7), (1, 3)), True),
        ((4, 2), ((1, 7), (-1, 5)), None),
        ((4, -2), ((1, 7), (-3, 1)), False),
    ],
)
def test_improve_each_other(gains, intervals, holds):
    two = dict(zip([("a", "b"), ("b", "a")], gains, strict=True))
    known = {pair: i for pair, i in zip(two, intervals, strict=True) if i}
    found, figure = improve_each_other(
        case(lambda m, a: two.get((m, a), -1), intervals=known), "a", "b"
    )
    assert found is holds
    assert figure.startswith(f"a with b: {gains[0]:+.1f} %")
    assert figure.endswith(f"both tasks gain in {int(min(gains) > 0)} of 36 pairs of tasks")


def test_improving_each_other_needs_both_directions():
    made = Case(made_evidence({("a", "b"): 1.0, ("b", "c"): 1.0}), [], [])
    assert improve_each_other(made, "a", "b") == (
        None,
        "a and b were not measured in both directions",
    )


@pytest.mark.parametrize(
    ("coefficients", "holds"),
    [
        ({"main_gradient_30": -2.0, "main_size": 1.0}, True),
        ({"main_size": 1.0, "aux_gradient_20": 0.5}, False),
        ({"main_gradient_10": -2.0, "main_size": 1.0}, None),
        ({}, None),
    ],
)
def test_early_gradients(coefficients, holds):
    assert early_gradients(case(lambda m, a: 1, coefficients=coefficients))[0] is holds


def slopes(value, kinds=("smooth_",)):
    return {f"{kind}gradient_{p}": {t: value(t) for t in NINE} for kind in kinds for p in (20, 30)}


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        (early, True),  # a is the flattest
        (lambda t: -early(t), False),
        (lambda t: float("fbgaiechd".index(t)), None),
        (lambda t: -1.0, None),  # all alike
        (lambda t: np.nan if t == "c" else early(t), None),
    ],
)
def test_a_flat_main_and_a_steep_auxiliary(value, holds):
    made = case(lambda m, a: early(m) - early(a), features=slopes(value))
    assert flat_main_steep_aux(made)[0] is holds


def test_smoothed_slopes_decide():
    features = slopes(early) | slopes(lambda t: -early(t), ("",))
    holds, figure = flat_main_steep_aux(case(lambda m, a: early(m) - early(a), features=features))
    assert holds is True
    assert "by smoothed slopes +0." in figure
    assert "by the paper's slopes -0." in figure


@pytest.mark.parametrize(("ratio", "single", "holds"), [(0.1, 1.0, True), (1.0, 0.1, False)])
def test_ratios(ratio, single, holds):
    coefficients = {}
    for i, name in enumerate(PAPER_FEATURES):
        coefficients |= {
            f"main_{name}": -single - i / 100,
            f"aux_{name}": single,
            f"main/aux_{name}": -ratio,
        }
    made = case(lambda m, a: 1, coefficients=coefficients)
    holds_, figure = ratios_predict_less(made)
    assert holds_ is holds
    assert f"{ratio:.2f} for ratios" in figure
    assert ratios_predict_less(case(lambda m, a: 1))[0] is None


@pytest.mark.parametrize(
    ("entropy", "holds"),
    [
        (early, True),
        (lambda t: -early(t), False),
        (lambda t: float("fbgaiechd".index(t)), None),
        (lambda t: 1.0, None),
        (lambda t: np.nan if t == "b" else early(t), None),
    ],
)
def test_entropy_of_the_auxiliary(entropy, holds):
    features = {"label_entropy": {t: entropy(t) for t in NINE}}
    assert entropy_predicts(case(lambda m, a: early(a), features=features))[0] is holds


@pytest.mark.parametrize(
    ("size", "weak", "holds"),
    [
        (lambda t: 10 + early(t), True, False),  # the gain follows the ratio
        (lambda t: 1.0 + "fbgaiechd".index(t), True, True),
        (lambda t: 1.0 + "fbgaiechd".index(t), False, None),
        (lambda t: 7.0, True, None),
    ],
)
def test_balance(size, weak, holds):
    columns = ["main_labels", "main/aux_size"] if weak else ["main/aux_size", "main_labels"]
    made = case(
        lambda m, a: early(m) - early(a),
        features={"size": {t: size(t) for t in NINE}},
        coefficients=dict(zip(columns, (1.0, 0.1), strict=True)),
    )
    assert size_ratio_does_not_predict(made)[0] is holds


@pytest.mark.parametrize(("f1", "holds"), [(0.5, True), (0.7, False)])
def test_data_features_and_the_majority(f1, holds):
    rows = [
        {"model": "majority", "f1": 0.6},
        {
            "model": "best_data",
            "f1": f1,
            "f1_low": f1 - 0.1,
            "f1_high": f1 + 0.1,
            "nested_f1": 0.4,
            "columns": ["main_size"],
        },
    ]
    found, figure = data_below_majority(case(lambda m, a: 1, table_3=rows))
    assert found is holds
    assert f"F1 of the best 1 columns: {f1:.3f}" in figure
    assert data_below_majority(case(lambda m, a: 1))[0] is None


def test_evidence_of_other_tasks_without_features_cannot_be_decided():
    rows = check_findings(made_evidence({("x", "y"): 1.0, ("y", "x"): -1.0}), [], [])
    assert [row["finding"] for row in rows] == [*FINDINGS]
    assert all(row["holds"] is None and row["figure"] for row in rows)


@pytest.mark.real_data
def test_on_the_papers_evidence(data_folder, monkeypatch):
    for name, n in (("RUNS", 20), ("CHOICE_RUNS", 3), ("NESTED_RUNS", 1)):
        monkeypatch.setattr(tables, name, n)
    evidence = script("bingel2017/from_logs").published_evidence(data_folder / "bingel2017")
    data = pair_data(evidence)
    holds = {
        row["finding"]: row["holds"]
        for row in check_findings(evidence, table_3(data), table_4(data))
    }
    assert [*holds.values()] == [
        True,  # chunking and SemCor
        False,  # one task gains from hyperlinks: CCG, by 0.2 %
        True,  # MWE and hyperlinks
        True,  # POS and CCG
        True,  # MWE and compression
        True,  # slopes at 20–30 %
        None,  # a flat main and a steep auxiliary: not by the smoothed slopes
        True,  # ratios
        None,  # label entropy: coefficient +0.8, but ten tasks are few
        True,  # balance
        True,  # data features and the majority
    ]
