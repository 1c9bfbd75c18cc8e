import pytest
from made_pairs import planted_evidence

from taskrel.cli.text.prediction import text
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.recommendation.recommendation import Recommendation

BY_UNIT = {
    "token": {"value": 0.84, "low": 0.7, "high": 0.9},
    "text": {"value": 0.13, "low": -0.1, "high": 0.4},
}


@pytest.fixture(scope="module")
def predictor():
    return GainPredictor().fit(planted_evidence(5, kinds=2))  # t00 is tagging, t01 is not


def shown(predictor, main):
    """What is printed below the table, without the line breaks."""
    answer = Recommendation(main, tuple(predictor.ranked(main)), predictor.evidence_)
    return " ".join(text(answer).split("\n\n")[-1].split())


@pytest.mark.parametrize(
    ("main", "by_unit", "said"),
    [
        (
            "t00",
            BY_UNIT,
            "no more. For token-level main tasks the correlation is 0.84 [0.70, 0.90].",
        ),
        (
            "t01",
            BY_UNIT,
            "no more. For text-level main tasks the correlation is 0.13 [-0.10, 0.40], which is not clearly "
            "better than chance.",
        ),
        ("t01", {"token": BY_UNIT["token"]}, "no more."),
        ("t01", {"text": {"value": 0.5, "low": None, "high": None}}, "no more."),
    ],
)
def test_validation_for_main_tasks_of_this_level(predictor, main, by_unit, said):
    predictor.validation_ = {"text": "so much and no more.", "by_unit": by_unit}
    assert shown(predictor, main).endswith(f" Validation: so much and {said}")


def test_older_validations_do_not_say(predictor):
    predictor.validation_ = {"text": "so much."}
    assert shown(predictor, "t00").endswith(" Validation: so much.")
