"""Real training on a real corpus: the quality that the README states, on one seed."""

import msgspec
import pytest

from taskrel.study.experiment.file import load_experiment
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task
from taskrel.tasks.words.vectors import read_vectors, wanted_words
from taskrel.training.run import run


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize(("name", "floor"), [("pos", 0.90), ("ccg", 0.88)])
def test_the_papers_recipe_learns_in_2000_steps(data_folder, name, floor):
    recipe = load_experiment("bingel2017").recipes["short"]
    recipe = msgspec.structs.replace(recipe, steps=2000, evaluations=2)
    task = load_task(load_card(name), data_folder)
    vectors = read_vectors(data_folder / recipe.vectors, wanted_words(task.words))
    result = run([task], recipe, seed=0, pretrained=vectors)
    assert result.scores[name, "test", "last", "accuracy"] >= floor
