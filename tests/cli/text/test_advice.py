"""Advice in words, for each kind of it."""

from dataclasses import replace

import pytest
from made_evidence import made_evidence

from taskrel.cli.text.advice import advice_text
from taskrel.meta.predictor.prediction import Measured, Prediction
from taskrel.recommendation.advice import advice
from taskrel.recommendation.recommendation import Recommendation

NAN = float("nan")
EVIDENCE = made_evidence({("m", "a"): 1.0, ("m", "b"): 1.0})


def prediction(aux, gain, low, high, verdict="unclear", validation=None):
    return Prediction(
        "m", aux, 0.5, gain, low, high, gain, verdict, (), None, "made", validation or {}
    )


GAIN = prediction("a", 2.0, 0.5, 3.5, "likely gain")
MAYBE = prediction("b", 1.0, -1.0, 3.0)
LOSS = prediction("c", -2.0, -3.0, -1.0, "likely loss")
NONE = prediction("d", NAN, NAN, NAN)
CHANCE = {"by_unit": {"token": {"value": 0.1, "low": -0.2, "high": 0.4}}}
BETTER = {"by_unit": {"token": {"value": 0.5, "low": 0.2, "high": 0.7}}}


def answer(*predictions, validation=None, **more):
    found = tuple(replace(p, validation=validation or {}) for p in predictions)
    return Recommendation("m", found, EVIDENCE, **more)


@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        (
            answer(GAIN, MAYBE, LOSS),
            "train",
            "Train m with a: expected gain +2.00 %, likely between +0.50 and +3.50 %. Avoid c: a loss "
            "is likely.",
        ),
        (
            answer(MAYBE, LOSS, minutes=4),
            "try",
            "Try m with b first: expected gain +1.00 %, likely between -1.00 and +3.00 %, so a gain is "
            "not certain. Avoid c: a loss is likely. To find out: taskrel search m --minutes 4",
        ),
        (
            answer(MAYBE, MAYBE, validation=BETTER),
            "try",
            "Try m with b first: expected gain +1.00 %, likely between -1.00 and +3.00 %, so a gain is "
            "not certain.",
        ),
        (
            answer(MAYBE, LOSS, validation=CHANCE, minutes=4),
            "unknown",
            "Nothing stands out: for token-level main tasks, rankings from this evidence are no better "
            "than chance. Avoid c: a loss is likely. To find out: taskrel search m --minutes 4",
        ),
        (
            answer(LOSS, LOSS, minutes=4),
            "alone",
            "Train m alone: no auxiliary task is expected to improve it. To find out: taskrel search m "
            "--minutes 4",
        ),
        (answer(NONE, NONE), "nothing", "Evidence made is too small to say anything about m."),
        (
            answer(GAIN, says_nothing=True),
            "nothing",
            "Evidence made was measured on a generated language and says nothing about m. Use evidence "
            "of real tasks, such as library.",
        ),
        (
            answer(GAIN),
            "train",
            "Train m with a: expected gain +2.00 %, likely between +0.50 and +3.50 %.",
        ),
        (
            answer(MAYBE),
            "try",
            "It is unclear whether b improves m: expected gain +1.00 %, likely between -1.00 and +3.00 "
            "%.",
        ),
        (
            answer(LOSS),
            "alone",
            "Do not train m with c: expected gain -2.00 %, likely between -3.00 and -1.00 %.",
        ),
    ],
)
def test_each_kind(given, kind, says):
    assert (advice(given).kind, advice_text(given)) == (kind, says)


def measured(p, gain, low, high):
    return replace(p, measured=Measured(gain, low, high, 3))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            answer(MAYBE, measured(LOSS, 3.0, 1.0, 5.0), minutes=4),
            "Train m with c: measured gain +3.00 % [+1.00, +5.00], the largest of these auxiliaries.",
        ),
        (
            answer(measured(GAIN, -3.0, -5.0, -1.0), MAYBE),
            "Try m with b first: expected gain +1.00 %, likely between -1.00 and +3.00 %, so a gain is "
            "not certain. Avoid a: a loss is likely.",
        ),
        (
            answer(measured(MAYBE, 3.0, 1.0, 5.0)),
            "Train m with b: measured gain +3.00 % [+1.00, +5.00].",
        ),
        (
            answer(measured(MAYBE, -3.0, -5.0, -1.0)),
            "Do not train m with b: measured gain -3.00 % [-5.00, -1.00].",
        ),
        (
            answer(measured(MAYBE, 1.0, -1.0, 3.0)),
            "It is unclear whether b improves m: measured gain +1.00 % [-1.00, +3.00].",
        ),
        (
            answer(measured(MAYBE, 1.0, -1.0, 3.0), measured(GAIN, 1.0, -1.0, 3.0)),
            "Train m alone: as measured, none of these auxiliaries improves it clearly.",
        ),
    ],
)
def test_what_is_measured_comes_first(given, says):
    assert advice_text(given) == says


def test_no_more_than_three_are_named():
    losses = [replace(LOSS, aux=name) for name in "cdefg"]
    assert "Avoid c, d, e and 2 more: a loss is likely." in advice_text(answer(GAIN, *losses))


def test_the_command_is_the_one_that_is_given():
    found = advice_text(answer(MAYBE, LOSS, minutes=3), "taskrel search m --tasks mine.toml")
    assert found.endswith("To find out: taskrel search m --tasks mine.toml --minutes 3")
