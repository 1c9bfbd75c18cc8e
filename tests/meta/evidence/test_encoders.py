from dataclasses import replace

import numpy as np
import pytest
from made_pairs import planted_evidence

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.encoders import NAME, encoders_of, read_encoders, write_encoders
from taskrel.training.result import Encoder


def encoder(seed):
    rng = np.random.default_rng(seed)
    weights = {"a.weight": rng.normal(size=(3, 2)), "b": rng.normal(size=4)}
    return Encoder(
        np.empty(0, np.uint64),
        np.empty((0, 0), np.float32),
        {name: w.astype(np.float32) for name, w in weights.items()},
    )


KEPT = {("t00", 0): encoder(0), ("t00", 1): encoder(1), ("t02", 0): encoder(2)}


@pytest.fixture
def evidence(tmp_path):
    return replace(planted_evidence(3), folder=tmp_path)


def test_there_and_back_in_half_precision(evidence):
    write_encoders(evidence.folder, KEPT)
    found = read_encoders(evidence)
    assert list(found) == list(KEPT)
    for key, one in KEPT.items():
        assert found[key].weights.keys() == one.weights.keys()
        assert not len(found[key].hashes)
        for name, w in one.weights.items():
            assert found[key].weights[name].dtype == np.float32
            assert (found[key].weights[name] == w.astype(np.float16)).all()
    assert [file.name for file in evidence.folder.iterdir()] == [NAME]
    assert (evidence.folder / NAME).stat().st_size < 3 * 10 * 4 + 1000


def test_without_encoders_there_is_no_file(evidence):
    write_encoders(evidence.folder, KEPT)
    write_encoders(evidence.folder, {})
    assert list(evidence.folder.iterdir()) == []
    assert read_encoders(evidence) == {}
    assert read_encoders(replace(evidence, folder=None)) == {}


def test_evidence_in_a_folder_keeps_its_own(evidence, tmp_path):
    write_encoders(evidence.folder, KEPT)
    assert list(encoders_of(evidence, tmp_path / "anywhere")) == list(KEPT)


@pytest.mark.parametrize("key", ["t00/b", "chess/0/b", "t00/x/b", "t00/0/", "b"])
def test_a_tensor_of_another_name(evidence, key):
    from safetensors.numpy import save_file

    save_file({key: np.zeros(2, np.float16)}, evidence.folder / NAME)
    with pytest.raises(EvidenceError, match=f"task/seed/weight, .* found '{key}'; get the file"):
        read_encoders(evidence)


@pytest.mark.parametrize("raw", [b"", b"x" * 99])
def test_a_damaged_file(evidence, raw):
    (evidence.folder / NAME).write_bytes(raw)
    with pytest.raises(EvidenceError, match=rf"{NAME}: cannot be read .*; get the file again"):
        read_encoders(evidence)
