"""What predicted against measured says."""

from dataclasses import replace

import pytest

from taskrel.cli.text.confirmation import confirmation_text, plain, summary, to_take
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.recommendation.confirm import Confirmation

NAN = float("nan")
DONE = Confirmation((0, 1, 2), {}, 0, ())


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


@pytest.mark.parametrize(
    ("answers", "take", "says"),
    [
        (
            [A, B, C, OPEN],
            "b",
            "take b: +3.00 % [+2.00, +4.00], the largest of 3 and so perhaps a "
            "little too high; 2 of 3 measured gains lie within the predicted "
            "intervals",
        ),
        (
            [A],
            "a",
            "take a: +1.50 % [+0.50, +2.50]; the measured gain lies within the predicted interval",
        ),
        (
            [L, C],
            None,
            "take none of them: no gain is clear (c measured best, +0.50 % "
            "[-0.50, +1.50]); 1 of 2 measured gains lie within the predicted intervals",
        ),
        (
            [ONE],
            None,
            "no verdict from so few seeds: one measured best, +9.00 %; the measured gain "
            "does not lie within the predicted interval",
        ),
        (
            [UNDEFINED, C],
            None,
            "take none of them: no gain is clear (c measured best, +0.50 % "
            "[-0.50, +1.50]); the measured gain lies within the predicted interval",
        ),
        (
            [UNDEFINED],
            None,
            "no pair has a measured gain: the main task's score alone is too low for "
            "a gain in percent",
        ),
    ],
)
def test_which_auxiliary_to_take(answers, take, says):
    assert to_take(answers) == take
    assert summary(answers, DONE) == says


def test_where_all_runs_failed():
    failed = Confirmation((0,), {}, 2, ())
    assert summary([OPEN], failed) == "no pair has a measured gain: runs failed"
    assert confirmation_text([OPEN], failed).startswith("predicted against measured, seed 0\n")


def test_the_table_and_who_was_skipped():
    found = Confirmation((0, 1, 2), {"open": "open.tsv: no such file"}, 0, ())
    blocks = confirmation_text([OPEN, B, UNDEFINED], found).split("\n\n")
    rows = [line.split("  ") for line in blocks[1].splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert blocks[0] == "predicted against measured, seeds 0, 1, 2"
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
        "inside",
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
    assert blocks[2].splitlines()[1:] == ["skipped: open, ranked 1: open.tsv: no such file"]


def test_as_plain_data():
    found = Confirmation((0, 1), {"x": "why"}, 1, ("mind this",))
    assert plain([A], found) == {
        "seeds": (0, 1),
        "take": "a",
        "text": summary([A], found),
        "skipped": {"x": "why"},
        "failed": 1,
        "warnings": ("mind this",),
    }
