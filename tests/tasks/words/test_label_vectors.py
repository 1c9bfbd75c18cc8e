import numpy as np
import pytest
from made import text_task

from taskrel.tasks.streams import word_stream
from taskrel.tasks.words.label_vectors import label_vectors
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.build import word_table

VECTORS = Vectors(
    ("red", "heart", "Sun"), np.array([[3, 0], [1, 4], [0, -2]], np.float32), "sha", scale=0.5
)


def test_the_mean_of_a_names_words_at_length_one():
    # red [3, 0] and heart [1, 4]: mean [2, 2]
    found = label_vectors(["red heart", "Sun", "RED", "red  red heart"], VECTORS, 9, seed=0)
    third = np.array([7, 4]) / np.hypot(7, 4)
    np.testing.assert_allclose(found, [[0.5**0.5] * 2, [0, -1], [1, 0], third], rtol=1e-6)
    assert found.dtype == np.float32


def test_words_without_a_vector_have_those_that_they_start_a_run_from():
    task = text_task()
    for vectors, scale, width in ((None, 0.1, 7), (VECTORS, 0.5, 2)):
        vocabulary = build_vocabulary([task], vectors)
        table = word_table(vocabulary, 7, scale, True, seed=3).weight.detach().numpy()
        word = vocabulary.words[-1]
        expected = table[-1] / np.linalg.norm(table[-1])
        found = label_vectors([word.upper()], vectors, 7, seed=3)
        assert found.shape == (1, width)
        np.testing.assert_allclose(found[0], expected, rtol=1e-6)


def test_known_and_unknown_words_are_mixed_at_their_own_scale():
    unknown = 0.5 * word_stream(4, "fire").standard_normal(2)
    mean = (np.array([3, 0]) + unknown) / 2
    np.testing.assert_allclose(
        label_vectors(["red fire"], VECTORS, 9, seed=4)[0], mean / np.linalg.norm(mean), rtol=1e-6
    )


@pytest.mark.parametrize(("a", "b", "alike"), [(1, 1, True), (1, 2, False)])
def test_learned_vectors_depend_on_the_seed(a, b, alike):
    one, other = (label_vectors(["fire", "sea"], None, 5, seed) for seed in (a, b))
    assert np.array_equal(one, other) == alike
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, rtol=1e-6)
