"""Predicted and measured gains in words."""

from dataclasses import replace

import pytest
from made_evidence import made_evidence

from taskrel.cli.text.confirmation import confirmation_text, plain, summary, to_take
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.recommendation.recommendation import Confirmation, Recommendation

NAN = float("nan")
DONE = Confirmation((0, 1, 2), {}, 0, ())
EVIDENCE = made_evidence({})


def confirmed(answers, confirmation=DONE):
    return Recommendation("mine", tuple(answers), EVIDENCE, confirmation)


def answer(aux, *confirmed):
    """An answer of 1 % [0, 2]; confirmed : gain, low, high, seeds, verdict, rank."""
    p = Prediction("mine", aux, 0.75, 1.0, 0.0, 2.0, 0.0, "unclear", (), None, "made")
    if not confirmed:
        return p
    gain, low, high, seeds, verdict, rank = confirmed
    within = 0 <= gain <= 2 if gain == gain else None
    return replace(p, confirmed=Confirmed(gain, low, high, seeds, rank, verdict, within))


A = answer("a", 1.5, 0.5, 2.5, 3, "gain", 1)
B = answer("b", 3.0, 2.0, 4.0, 3, "gain", 2)
C = answer("c", 0.5, -0.5, 1.5, 3, "no clear effect", 3)
L = answer("l", -4.0, -5.0, -3.0, 3, "loss", 4)
ONE = answer("one", 9.0, NAN, NAN, 1, None, 1)
UNDEFINED = answer("u", NAN, NAN, NAN, 0, None, 1)
OPEN = answer("open")


IN = " of {} measured gains are in their prediction intervals."
ONE_IN = " The measured gain is {}in its prediction interval."


@pytest.mark.parametrize(
    ("answers", "take", "says"),
    [
        (
            [A, B, C, OPEN],
            "b",
            "Train mine with b: measured +3.00 % [+2.00, +4.00]. It is the largest of 3 measured "
            f"gains, so it may be somewhat too high. 2{IN.format(3)}",
        ),
        (
            [A],
            "a",
            f"Train mine with a: measured +1.50 % [+0.50, +2.50].{ONE_IN.format('')}",
        ),
        (
            [L, C],
            None,
            "Train mine alone: no measured gain is clear. The largest is from c: +0.50 % "
            f"[-0.50, +1.50]. 1{IN.format(2)}",
        ),
        (
            [ONE],
            None,
            "So few seeds allow no verdict. The largest measured gain is from one: +9.00 %."
            f"{ONE_IN.format('not ')}",
        ),
        (
            [UNDEFINED, C],
            None,
            "Train mine alone: no measured gain is clear. The largest is from c: +0.50 % "
            f"[-0.50, +1.50].{ONE_IN.format('')}",
        ),
        (
            [UNDEFINED],
            None,
            "No pair has a measured gain: the single-task score of mine is too low for a relative "
            "gain.",
        ),
    ],
)
def test_which_auxiliary_to_take(answers, take, says):
    assert to_take(confirmed(answers)) == take
    assert summary(confirmed(answers)) == says


def test_where_all_runs_failed():
    failed = confirmed([OPEN], Confirmation((0,), {}, 2, ()))
    assert summary(failed) == "No pair has a measured gain: runs failed."
    assert confirmation_text(failed).startswith("Predicted and measured gains, seed 0\n")


def test_the_table_and_who_was_skipped():
    found = Confirmation((0, 1, 2), {"open": "open.tsv: no such file"}, 0, ())
    blocks = confirmation_text(confirmed([OPEN, B, UNDEFINED], found)).split("\n\n")
    rows = [line.split("  ") for line in blocks[1].splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert blocks[0] == "Predicted and measured gains, seeds 0, 1, 2"
    assert cells[0] == [
        "rank",
        "aux",
        "P(gain)",
        "gain %",
        "interval",
        "measured %",
        "95 % interval",
        "seeds",
        "verdict",
        "in interval",
    ]
    assert cells[2] == [
        "2",
        "b",
        "0.75",
        "+1.00",
        "[+0.00, +2.00]",
        "+3.00",
        "[+2.00, +4.00]",
        "3",
        "gain",
        "no",
    ]
    assert cells[3][5:] == ["–", "–", "0", "–", "–"]
    assert blocks[2].splitlines()[1:] == ["Skipped: open, rank 1: open.tsv: no such file"]


def test_as_plain_data():
    found = Confirmation((0, 1), {"x": "why"}, 1, ("mind this",))
    answer = confirmed([A], found)
    assert plain(answer) == {
        "seeds": (0, 1),
        "take": "a",
        "text": summary(answer),
        "skipped": {"x": "why"},
        "failed": 1,
        "warnings": ("mind this",),
    }
