"""What ``predict`` prints: rows that are cut, and how far a ranking is to be trusted."""

from dataclasses import replace

import pytest
from made_pairs import planted_evidence

from taskrel.cli.text.prediction import FIRST, LAST, text
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.recommendation.recommendation import Recommendation

BY_LEVEL = {
    "token": {"value": 0.84, "low": 0.7, "high": 0.9},
    "text": {"value": 0.13, "low": -0.1, "high": 0.4},
}


@pytest.fixture(scope="module")
def predictor():
    return GainPredictor().fit(planted_evidence(5, kinds=2))  # t00 is tagging, t01 is not


def answer(predictor, main):
    return Recommendation(main, tuple(predictor.ranked(main)), predictor.evidence_)


def notes(predictor, main):
    """What is printed below the table, without the line breaks."""
    return " ".join(text(answer(predictor, main)).split("\n\n")[-1].split())


@pytest.mark.parametrize(
    ("main", "validation", "said"),
    [
        (
            "t00",
            {"by_unit": BY_LEVEL},
            "for new token-level main tasks, predicted and measured rankings correlate by 0.84 [0.70, "
            "0.90] among all (1: the same ranking, 0: chance).",
        ),
        (
            "t00",
            {"by_unit": BY_LEVEL, "within_unit": {"token": BY_LEVEL["text"]}},
            "correlate by 0.13 [-0.10, 0.40], not clearly above chance, among token-level auxiliaries, "
            "and by 0.84 [0.70, 0.90] among all (1",
        ),
        (
            "t01",
            {"by_unit": BY_LEVEL},
            "correlate by 0.13 [-0.10, 0.40], not clearly above chance, among all",
        ),
        ("t01", {"by_unit": {"token": BY_LEVEL["token"]}}, "Validation: so much."),
        (
            "t01",
            {"by_unit": {"text": {"value": 0.5, "low": None, "high": None}}},
            "Validation: so much.",
        ),
        ("t00", {}, "Validation: so much."),
    ],
)
def test_validation_for_main_tasks_of_this_level(predictor, main, validation, said):
    predictor.validation_ = {"text": "so much."} | validation
    assert said in notes(predictor, main)


def test_no_validation_says_nothing(predictor):
    predictor.validation_ = {}
    assert "Validation" not in notes(predictor, "t00")


def test_a_long_ranking_is_cut(predictor):
    one = answer(predictor, "t00")
    many = tuple(replace(one.predictions[0], aux=f"a{i:02}") for i in range(FIRST + LAST + 5))
    long = replace(one, predictions=many)
    lines = text(long).splitlines()
    shown = [line.split()[0] for line in lines if line.startswith("a") and line[1].isdigit()]
    assert shown == [f"a{i:02}" for i in (*range(FIRST), *range(FIRST + 5, FIRST + LAST + 5))]
    assert "… 5 more, shown with --all" in lines
    assert sum(line.startswith("a") for line in text(long, every=True).splitlines()) == 1 + len(
        many
    )


def test_a_number_stays_with_its_unit(predictor):
    for line in text(answer(predictor, "t00")).splitlines():
        assert not line.startswith("%")
