import numpy as np
import pytest
from made_transformer import tiny_transformer

from taskrel.io.paths import cache_folder
from taskrel.models.frozen import cache as module
from taskrel.models.frozen.cache import Frozen
from taskrel.tasks.task import Split


@pytest.fixture
def frozen(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    module._model.cache_clear()
    return Frozen(tiny_transformer(tmp_path / "tiny", ["the cook fried fish"]), "ab" * 32)


def split(*codes):
    return Split(np.array(codes, np.int32), np.array([0, len(codes)]), np.zeros(1, np.int32))


def test_states_are_computed_once_in_half_precision(frozen, monkeypatch):
    first = frozen.states(("cook", "fish", "the"), split(2, 0, 1))
    assert first.shape == (3, 16) and first.dtype == np.float16
    monkeypatch.setattr(module, "_model", None)  # it would fail
    np.testing.assert_array_equal(frozen.states(("cook", "fish", "the"), split(2, 0, 1)), first)
    # The same text in a task with more words.
    again = frozen.states(("a", "cook", "fish", "the"), split(3, 1, 2))
    np.testing.assert_array_equal(again, first)


@pytest.mark.parametrize(
    "other", [split(2, 1, 0), split(2, 0), split(2, 0, 0)], ids=["order", "length", "words"]
)
def test_other_texts_have_other_states(frozen, other):
    words = ("cook", "fish", "the")
    frozen.states(words, split(2, 0, 1))
    frozen.states(words, other)
    assert len(list((cache_folder() / "states").glob("*.npy"))) == 2


def test_a_damaged_file_is_computed_again(frozen):
    words = ("cook", "fish", "the")
    first = np.array(frozen.states(words, split(2, 0, 1)))
    (path,) = (cache_folder() / "states").glob("*.npy")
    path.write_bytes(path.read_bytes()[:40])
    np.testing.assert_array_equal(frozen.states(words, split(2, 0, 1)), first)
