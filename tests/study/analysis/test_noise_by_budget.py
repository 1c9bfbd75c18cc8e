import pytest

from taskrel.study.analysis.noise_by_budget import noise_by_budget
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Curve


def curves(rows):
    """(tasks, task, seed) → curve at 10 and 20 updates."""
    return {key: Curve([10, 20], list(values)) for key, values in rows.items()}


ALONE = {(("m",), "m", seed): (0.5, 0.5) for seed in (0, 1)}
PAIRS = {  # half-way the seeds contradict each other, in the end they agree: b before a
    (("a", "m"), "m", 0): (0.55, 0.45),
    (("a", "m"), "m", 1): (0.45, 0.60),
    (("b", "m"), "m", 0): (0.45, 0.60),
    (("b", "m"), "m", 1): (0.55, 0.65),
}


def test_by_hand():
    """Scores are the best by then: (0.55, 0.60) and (0.60, 0.65) at the end, +5 and +10 points."""
    found = noise_by_budget(curves(ALONE | PAIRS), Recipe(), (0.4, 0.5, 1.0))
    assert found["share"].tolist() == [0.5, 1.0]  # before the first evaluation nothing is known
    half, whole = found.to_dict("records")
    # gains +10, −10 and −10, +10: equal means, all is noise
    assert (half["single"], half["mean"], half["sign_agreement"]) == (1, 1, 0)
    assert half["median_size"] == pytest.approx(0)
    # gains 10, 20 and 20, 30: a seed moves both alike, none is noise
    assert (whole["single"], whole["mean"]) == pytest.approx((0, 0), abs=1e-12)
    assert (whole["sign_agreement"], whole["order"]) == (1, pytest.approx(1))
    assert whole["median_size"] == pytest.approx(20)
    assert (whole["n_mains"], whole["n_seeds"]) == (1, 2)


def test_the_last_checkpoint_scores_where_the_recipe_says_so():
    falls = {key: (0.9, values[1]) for key, values in PAIRS.items()}
    best, last = (
        noise_by_budget(curves(ALONE | falls), Recipe(checkpoint=checkpoint), (1.0,))
        for checkpoint in ("best", "last")
    )
    assert best.empty  # +40 points everywhere: nothing differs
    # 0.45, 0.60 and 0.60, 0.65: gains −10, +20 and +20, +30
    assert last["median_size"].tolist() == [pytest.approx(15)]


@pytest.mark.parametrize(
    "changed",
    [
        {"schedule": "modulated"},
        {"schedule": "sequential"},
    ],
    ids=str,
)
def test_beginnings_of_some_schedules_tell_nothing(changed):
    assert noise_by_budget(curves(ALONE | PAIRS), Recipe(**changed)).empty


def test_one_seed_has_no_noise():
    first = {key: value for key, value in (ALONE | PAIRS).items() if key[2] == 0}
    assert noise_by_budget(curves(first), Recipe()).empty
    assert noise_by_budget({}, Recipe()).empty


def test_groups_and_automated_tasks_do_not_count():
    more = {(("a", "b", "m"), "m", 0): (0.9, 0.9), (("a", "m"), "m:next_word", 0): (0.9, 0.9)}
    assert noise_by_budget(curves(ALONE | PAIRS | more), Recipe()).equals(
        noise_by_budget(curves(ALONE | PAIRS), Recipe())
    )
