import hashlib

import numpy as np
import pytest
from made_transformer import tiny_transformer

from taskrel.errors import RecipeError, VectorsError
from taskrel.io.paths import cache_folder
from taskrel.models.frozen import basis as module
from taskrel.models.frozen.basis import SHIPPED, basis_of, principal_components, save_basis

SHA = "ab" * 32


def test_components_of_a_line_and_what_is_across_it():
    along, across = np.array([3.0, 4.0]) / 5, np.array([-4.0, 3.0]) / 5
    middle = np.array([7, 8])
    points = np.array([middle + t * along + s * across for t in (-2, 0, 2) for s in (-1, 1)])
    found = principal_components(points)
    np.testing.assert_allclose(found.mean, [7, 8], rtol=1e-6)
    # The sign is that of the largest entry: (3, 4) / 5, and (4, −3) / 5 or its opposite.
    np.testing.assert_allclose(found.components[:, 0], along, atol=1e-6)
    np.testing.assert_allclose(found.components[:, 1], -across, atol=1e-6)
    np.testing.assert_allclose(
        found.project(points, 1)[:, 0], [t for t in (-2, 0, 2) for _ in (-1, 1)], atol=1e-5
    )


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.safetensors")), ids=lambda p: p.stem)
def test_shipped_components_are_orthonormal_within_half_precision(path):
    found = module._read(path)
    product = found.components.T @ found.components
    np.testing.assert_allclose(product, np.eye(len(product)), atol=2e-3)


def test_the_shipped_components_are_those_of_the_runs_that_were_made_with_them():
    """They are no part of a run's identity: with others, the same identity is another run."""
    (path,) = SHIPPED.glob("*.safetensors")
    assert (
        hashlib.sha256(path.read_bytes()).hexdigest()
        == "5ae7484f6fcdec2a45cf54e8599a7035141afcbfdb5981eefdd46bab7ac55724"
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tiny_transformer(tmp_path / "tiny", ["the cook fried the fish", "cold soup"])


def test_of_another_model_it_is_fitted_to_the_vocabulary_once(folder, monkeypatch):
    monkeypatch.setattr(module, "_STEP", 1)
    first = basis_of(folder, SHA, None, 4)
    assert first.components.shape == (16, 16)
    monkeypatch.setattr(module, "vocabulary_states", None)  # it would fail
    np.testing.assert_array_equal(
        basis_of(folder, SHA, None, 4).mean.astype("f2"), first.mean.astype("f2")
    )


def test_more_dimensions_than_there_are(folder, monkeypatch):
    monkeypatch.setattr(module, "_STEP", 1)
    with pytest.raises(RecipeError, match=r"'states\.dims': expected at most 16 .* found 17"):
        basis_of(folder, SHA, None, 17)


def test_a_damaged_file_is_named(folder):
    path = cache_folder() / "bases" / f"{SHA[:16]}-last.safetensors"
    save_basis(principal_components(np.eye(3)), path)
    path.write_bytes(path.read_bytes()[:9])
    with pytest.raises(VectorsError, match=r"cannot be read .* delete the file"):
        basis_of(folder, SHA, None, 2)
