import pandas as pd
from made_comparison import scores, study

from taskrel.cli.text.contrasts import contrasts_text, left_out
from taskrel.study.analysis.contrasts import contrasts
from taskrel.study.experiment.published import Contrast, Side

SCORES = pd.concat(
    [scores(("food", "food", [0.5, 0.6, 0.7]), ("food price", "food", [0.6, 0.8, 1.0]))]
)


def made(*sides, **options):
    found = study(**options)
    found.contrasts = tuple(Contrast(f"c{i}", "food", a, b) for i, (a, b) in enumerate(sides))
    return found


def test_a_line_for_each_contrast():
    asked = made((Side("joint", "all"), Side("joint")), (Side("later", "all"), Side("joint")))
    lines = contrasts_text(contrasts(asked, SCORES), asked).splitlines()
    assert lines == [
        "Contrasts on test: a − b, paired by seed",
        "contrast  task  metric    a       b       difference  95 % interval       seeds  q      "
        "verdict",
        "────────  ────  ────────  ──────  ──────  ──────────  ──────────────────  ─────  ─────  "
        "───────────────────",
        "c0        food  accuracy  0.8000  0.6000  +0.2000     [-0.0484, +0.4484]      3  0.074  "
        "no clear difference",
        "c1        food  accuracy  –       –       –           –                       0  –      –",
        "q: p value corrected for the number of contrasts; the verdict uses q",
    ]


def test_what_a_call_leaves_out_is_said():
    asked = made((Side("later", "all"), Side("joint")), parts=("joint",), tasks=())
    table = contrasts(asked, SCORES[:0])
    assert left_out(table, asked) == ["recipe later", "task food"]
    assert contrasts_text(table, asked).splitlines()[-1] == (
        "this call leaves out recipe later, task food; contrasts.csv is unchanged"
    )
