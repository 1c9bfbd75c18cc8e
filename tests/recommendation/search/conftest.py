"""Evidence of transfer with encoders, and a new task that is trained from them."""

import pytest
from made_transfer import SHOP, transfer_evidence, transfer_recipe

from taskrel.recommendation.workspace import Workspace


@pytest.fixture(scope="session")
def transfer(tmp_path_factory):
    """The recipe."""
    return transfer_recipe(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def shipped_encoders(transfer, tmp_path_factory):
    """The evidence."""
    return transfer_evidence(
        transfer, tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("evidence")
    )


@pytest.fixture
def space(tmp_path):
    """A workspace that knows the new task, with an empty folder."""
    return Workspace(tasks={"shop": SHOP}, out=str(tmp_path / "out"), jobs=1, progress=False)
