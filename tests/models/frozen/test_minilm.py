"""The real model of the extra ``minilm``."""

import hashlib
from importlib.util import find_spec

import numpy as np
import pytest

from taskrel.models.frozen.basis import SHIPPED, basis_of
from taskrel.models.frozen.cache import Frozen
from taskrel.tasks.task import Split
from taskrel.tasks.words.pretrained import PACKAGED, find_pretrained

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(  # not imported: it would bring its own libraries along
        find_spec(PACKAGED["minilm"][0]) is None, reason="the extra minilm is not installed"
    ),
]

TEXTS = ["a dog runs in the park", "the puppy plays outside", "interest rates rose again"]


@pytest.fixture(scope="module")
def minilm(tmp_path_factory):
    return find_pretrained("minilm", tmp_path_factory.mktemp("data"))


def test_its_weights_are_the_publishers(minilm):
    weights = (minilm.path / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == PACKAGED["minilm"][1]


@pytest.mark.parametrize("dims", [None, 128])
def test_texts_that_mean_the_same_have_similar_states(minilm, dims):
    words = tuple(sorted({w for text in TEXTS for w in text.split()}))
    rows = [[words.index(w) for w in text.split()] for text in TEXTS]
    offsets = np.cumsum([0, *map(len, rows)])
    split = Split(np.concatenate(rows).astype(np.int32), offsets, np.zeros(3, np.int32))
    states = Frozen(minilm.path, minilm.sha256, dims=dims).states(words, split).astype(float)
    dog, puppy, rates = np.add.reduceat(states, offsets[:-1]) / split.lengths[:, None]

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert cosine(dog, puppy) > cosine(dog, rates) + 0.2


def test_its_basis_is_shipped(minilm):
    found = basis_of(minilm.path, minilm.sha256, None, 128)
    assert (SHIPPED / f"{minilm.sha256[:16]}-last.safetensors").exists()
    assert found.components.shape == (384, 192)
