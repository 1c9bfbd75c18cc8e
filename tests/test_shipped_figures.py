"""What ships answers as it did: figures of its predictors, computed once they were fitted."""

import json
import re
from pathlib import Path

import pytest

import taskrel as tr
from taskrel.io.paths import shipped

FIGURES = json.loads((Path(__file__).parent / "data" / "shipped_figures.json").read_text())
NUMBERS = ("probability", "gain", "low", "high", "score")
#: Numbers are stored with nine digits behind the point, those of validations with six.
CLOSE = {"rel": 0, "abs": 1e-6}


@pytest.fixture(scope="module", params=FIGURES)
def shipped_evidence(request):
    """Figures, evidence, and all predictions by pair."""
    evidence = tr.load_evidence(request.param)
    predictor = tr.load_predictor(evidence)
    answers = {main: predictor.ranked(main) for main in evidence.mains}
    return FIGURES[request.param], evidence, answers


def test_predictions(shipped_evidence):
    figures, _, answers = shipped_evidence
    pairs = [p for ranked in answers.values() for p in ranked]
    assert len(pairs) == figures["pairs"]
    assert {main: ranked[0].aux for main, ranked in answers.items()} == figures["first"]
    assert _counts(p.verdict for p in pairs) == figures["verdicts"]
    sums = {name: sum(getattr(p, name) for p in pairs) for name in NUMBERS}
    assert sums == pytest.approx(figures["sums"], **CLOSE)
    by_pair = {f"{p.main} {p.aux}": [getattr(p, name) for name in NUMBERS] for p in pairs}
    for pair, expected in figures["answers"].items():
        assert by_pair[pair] == pytest.approx(expected, **CLOSE)


def test_measured_gains(shipped_evidence):
    figures, evidence, _ = shipped_evidence
    expected = dict(figures["measured"])
    assert _counts(evidence.summary["verdict"].dropna()) == expected.pop("verdicts")
    assert evidence.summary[[*expected]].sum().to_dict() == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("name", FIGURES)
def test_validation(name):
    document = json.loads((shipped("experiments") / name / "validation.json").read_text())
    scores = document["protocols"]["leave_family_out"]
    expected = dict(FIGURES[name]["validation"])
    assert _numbers(document["verdict"]["text"]) == _numbers(expected.pop("text"))
    for key, value in expected.items():
        model, _, score = key.partition(" ")
        found = scores[model][score] if score else document[key]
        assert found is value is None or found == pytest.approx(value, **CLOSE)


def _counts(verdicts):
    verdicts = list(verdicts)
    return {v: verdicts.count(v) for v in sorted(set(verdicts))}


def _numbers(text):
    """The numbers of a text; its words and the order of its sentences may change."""
    return sorted(re.findall(r"-?\d+(?:\.\d+)?", text))
