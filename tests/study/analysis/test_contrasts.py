import numpy as np
import pandas as pd
import pytest
from made_comparison import scores, study

from taskrel.study.analysis.contrasts import COLUMNS, contrasts
from taskrel.study.experiment.published import Contrast, Side

ALONE, BOTH, BACK = Side("joint"), Side("joint", "all"), Side("later", "back")


def made(*wanted, **options):
    found = study(**options)
    found.contrasts = tuple(Contrast(name, "food", a, b, metric) for name, a, b, metric in wanted)
    return found


def only(table):
    (line,) = table.itertuples()
    return line


SCORES = pd.concat(
    [
        scores(
            ("food", "food", [0.5, 0.6, 0.7, 0.4]),
            ("food price", "food", [0.6, 0.8, 1.0]),
            ("food price", "price", [0.1, 0.1, 0.1]),
        ),
        scores(("food price", "food", [0.5, 0.5, 0.9]), recipe="later"),
        scores(("price food", "food", [0.1, 0.1, 0.1]), recipe="later"),
        scores(("food", "food", [0.9, 0.9, 0.9]), split="dev"),
        scores(("food", "food", [0.9, 0.8]), metric="macro_f1"),
        scores(("food price", "food", [0.4, 0.4]), metric="macro_f1"),
    ]
)


def test_difference_is_paired_by_seed():
    # 0.1, 0.2, 0.3: mean 0.2, sd 0.1, error 0.1 / √3 = 0.057735, t = 3.464102 with 2 df;
    # p = 1 − t / √(t² + 2) = 1 − 3.464102 / √14
    line = only(contrasts(made(("c", BOTH, ALONE, "")), SCORES))
    assert (line.contrast, line.task, line.metric, line.n_seeds) == ("c", "food", "accuracy", 3)
    assert (line.recipe_a, line.group_a, line.recipe_b, line.group_b) == (
        "joint",
        "all",
        "joint",
        "",
    )
    assert [line.a, line.b, line.difference] == pytest.approx([0.8, 0.6, 0.2])
    assert [line.low, line.high] == pytest.approx([0.2 - 0.248414, 0.2 + 0.248414], abs=1e-6)
    assert line.p == line.q == pytest.approx(1 - 3.4641016 / np.sqrt(14))
    assert line.verdict == "no clear difference"


def test_directed_groups_count_in_their_order_and_metrics_as_asked():
    line = only(contrasts(made(("c", BACK, ALONE, "accuracy")), SCORES))
    assert line.difference == pytest.approx((0 - 0.1 + 0.2) / 3)
    line = only(contrasts(made(("c", BOTH, ALONE, "macro_f1")), SCORES))
    assert line.difference == pytest.approx(-0.45)
    assert np.isnan([line.p, line.q]).all()  # two seeds
    assert line.low == pytest.approx(-0.45 - 12.706205 * 0.05)
    assert line.verdict is None


def test_accuracy_over_the_labels_of_several_tasks():
    found = study()
    found.contrasts = (Contrast("c", ("food", "price"), BOTH, Side("joint")),)
    table = scores(
        ("food price", "food", [0.6, 0.8]),
        ("food price", "price", [0.1, 0.4]),
        ("food", "food", [0.5, 0.5]),
        ("price", "price", [0.3, 0.1]),
    )
    line = only(contrasts(found, table))
    n, m = (
        int((found.tasks[name].splits["test"].targets >= 0).sum()) for name in ("food", "price")
    )
    assert (line.task, line.metric, line.n_seeds) == ("food + price", "accuracy", 2)
    assert line.difference == pytest.approx(
        np.mean([(0.1 * n - 0.2 * m), (0.3 * n + 0.3 * m)]) / (n + m)
    )


def test_p_values_are_corrected_over_all_contrasts():
    low = scores(("food price", "food", [0.01, 0.12, 0.19]), recipe="later")
    ours = pd.concat([SCORES[SCORES["recipe"] == "joint"], low])
    table = contrasts(
        made(
            ("up", ALONE, BACK, ""),
            ("down", BACK, ALONE, ""),
            ("unclear", BOTH, ALONE, ""),
            ("few", BOTH, ALONE, "macro_f1"),
        ),
        ours,
    )
    up, down, unclear, few = table.itertuples()
    # 0.49, 0.48, 0.51: mean 0.493333, sd 0.0152753, t = 55.938
    p = 1 - 55.9380 / np.sqrt(55.9380**2 + 2)
    assert up.p == down.p == pytest.approx(p, rel=1e-3)
    assert up.q == down.q == pytest.approx(p * 3 / 2, rel=1e-3)  # of three that are tested
    assert (up.verdict, down.verdict) == ("a is higher", "b is higher")
    assert unclear.q == unclear.p
    assert np.isnan(few.q)


@pytest.mark.parametrize("missing", [{"parts": ("joint",)}, {"tasks": ()}])
def test_what_a_call_leaves_out_has_no_difference(missing):
    ours = SCORES if "parts" in missing else SCORES[:0]
    line = only(contrasts(made(("c", BACK, ALONE, ""), **missing), ours))
    assert np.isnan([line.difference, line.p, line.q]).all()
    assert (line.n_seeds, line.verdict) == (0, None)


def test_without_contrasts_there_is_no_row():
    table = contrasts(made(), SCORES)
    assert table.empty
    assert list(table) == COLUMNS
