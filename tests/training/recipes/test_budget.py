import pytest

from taskrel.training.recipes.budget import budgets_of
from taskrel.training.recipes.recipe import Recipe


@pytest.mark.parametrize(
    ("recipe", "updates"),
    [
        (Recipe(steps=70), 70),
        (Recipe(epochs=3, batch=8), 3 * 5),
        (Recipe(epochs=3, batch=7), 3 * 6),  # 40 texts: five batches of seven and one of five
        (Recipe(epochs=1, batch=100), 1),
        (Recipe(steps=70, epochs=2, batch=20), 4),  # passes count where both are given
    ],
)
def test_steps_or_whole_passes(recipe, updates):
    assert budgets_of([40], recipe) == [updates]


def test_an_auxiliary_may_have_a_budget_of_its_own():
    assert budgets_of([40, 90, 90], Recipe(steps=70, aux_steps=200)) == [70, 200, 200]
    assert budgets_of([40, 90], Recipe(steps=70)) == [70, 70]
