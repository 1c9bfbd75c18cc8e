import msgspec
import numpy as np
import pytest
from made_comparison import row, study

from taskrel.study.analysis.convergence import convergence, dev_means, first_at
from taskrel.study.experiment.published import Convergence
from taskrel.training.result import Curve

FOOD, BOTH = ("food",), ("food", "price")


def curve(*values, steps=None):
    return Curve(list(steps or range(2, 2 * len(values) + 1, 2)), list(values))


#: Alone "food" ends at 0.75 and 0.85, on average 0.8; half of that is 0.4.
CURVES = {
    "joint": {
        (FOOD, "food", 0): curve(0.3, 0.5, 0.75),
        (FOOD, "food", 1): curve(0.4, 0.6, 0.85),
        (BOTH, "food", 0): curve(0.1, 0.2, 0.9),
        (BOTH, "food", 1): curve(0.1, 0.2, 0.3),
        (BOTH, "price", 0): curve(1, 1, 1),
    }
}


def made(*rows, epochs=None, batch=2, reference="joint", share=0.5):
    found = study(*rows, row("rule", "food", baseline="majority"), row("x", ("food", "price")))
    found.convergence = Convergence(reference, share)
    for part in found.parts:
        part.recipe = msgspec.structs.replace(part.recipe, epochs=epochs, batch=batch)
    return found


ALONE, TOGETHER = row("alone", "food"), row("both", "food", group="all")


@pytest.mark.parametrize(("target", "at"), [(0.3, 2), (0.31, 4), (0.5, 4), (0.51, None)])
def test_first_step_at_or_above(target, at):
    assert first_at(curve(0.3, 0.5, 0.4), target) == at


def test_mean_interval_and_seeds_that_never_reach_it():
    table = convergence(made(ALONE, TOGETHER), CURVES)
    assert table["target"].tolist() == pytest.approx([0.4, 0.4])
    assert set(table["unit"]) == {"updates"}
    alone, both = table.itertuples()
    # At steps 4 and 2: t(0.975, 1) · √2 / √2 = 12.706205
    assert (alone.model, alone.mean, alone.n_reached, alone.n_seeds) == ("alone", 3, 2, 2)
    assert [alone.low, alone.high] == pytest.approx([3 - 12.706205, 3 + 12.706205])
    assert (both.mean, both.n_reached, both.n_seeds) == (6, 1, 2)
    assert np.isnan([both.low, both.high]).all()


def test_epochs_are_updates_over_those_of_a_pass():
    # Six training texts in batches of 2: three updates a pass.
    table = convergence(made(ALONE, epochs=2), CURVES)
    assert table[["unit", "mean"]].values.tolist() == [["epochs", 1.0]]
    means = dev_means(made(ALONE, epochs=2), CURVES)
    assert means["at"].dropna().tolist() == pytest.approx([2 / 3, 4 / 3, 2])


def test_a_row_for_each_share():
    table = convergence(made(ALONE, share=(0.5, 1.0)), CURVES)
    assert table[["share", "n_reached"]].values.tolist() == [[0.5, 2], [1.0, 1]]


def test_the_first_reference_that_has_a_task_alone_counts():
    later = {(FOOD, "food", 0): curve(0.1, 0.2), (("price",), "price", 0): curve(0.5, 0.6)}
    both = made(
        ALONE, row("alone", "price"), row("later", "price", "later"), reference=("joint", "later")
    )
    table = convergence(both, CURVES | {"later": later})
    assert table["target"].tolist() == pytest.approx([0.4, 0.3, 0.3])
    assert table["n_reached"].tolist() == [2, 0, 1]
    assert table["n_seeds"].tolist() == [2, 0, 1]


def test_without_a_reference_run_there_is_no_target():
    table = convergence(made(ALONE, reference="later"), CURVES)
    assert table[["target", "mean", "low"]].isna().all(axis=None)
    assert table[["n_reached", "n_seeds"]].values.tolist() == [[0, 2]]
    assert dev_means(made(ALONE, reference="later"), CURVES)["at"].notna().all()


def test_curves_are_means_with_the_lowest_and_highest_seed_and_levels_have_no_place():
    means = dev_means(made(ALONE, TOGETHER, share=(0.5, 0.95)), CURVES)
    assert means[means["line"] == "alone"][
        ["at", "mean", "low", "high"]
    ].to_numpy() == pytest.approx(
        np.array([[2, 0.35, 0.3, 0.4], [4, 0.55, 0.5, 0.6], [6, 0.8, 0.75, 0.85]])
    )
    levels = means[means["at"].isna()]
    assert levels["line"].tolist() == ["50 % of joint", "95 % of joint"]
    assert levels["mean"].tolist() == pytest.approx([0.4, 0.76])


def test_points_that_a_seed_lacks_are_left_out():
    curves = {"joint": CURVES["joint"] | {(FOOD, "food", 1): curve(0.4, 0.6, steps=[2, 5])}}
    assert dev_means(made(ALONE), curves)["at"].dropna().tolist() == [2]


def test_rows_of_one_model_are_told_apart():
    means = dev_means(made(ALONE, row("alone", "food", group="all")), CURVES)
    assert dict.fromkeys(means["line"][means["at"].notna()]) == dict.fromkeys(
        ["alone (joint)", "alone (joint all)"]
    )
