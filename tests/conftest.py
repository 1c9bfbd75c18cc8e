"""Fixtures that several rooms' tests share."""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from taskrel.errors import CardError
from taskrel.io import paths as places
from taskrel.io.toml import convert
from taskrel.tasks.readers import READERS
from taskrel.tasks.readers.source import Source

MADE_UP = Path(__file__).parent / "data"


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """As every worker trains: threads of their own only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """The user's cache folder is neither read nor written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def planted_sentences_once():
    """Sentences of the planted cards, which hundreds of tests read, are generated once."""
    from taskrel.tasks.readers.corpora import planted

    generate = planted.sentences

    @cache
    def generated(n: int, labelling: str, lexicon: int, *seed: int) -> list[tuple]:
        return list(generate(n, labelling, lexicon, [*seed]))

    def sentences(n: int, labelling: str, lexicon: int, seed: list[int]):
        for words, labels in generated(n, labelling, lexicon, *seed):
            yield list(words), labels if isinstance(labels, str) else list(labels)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planted, "sentences", sentences)
        yield


@pytest.fixture(scope="session", autouse=True)
def curves_fitted_once():
    """The made-up curves, which are the same in hundreds of tests, are fitted once."""
    from taskrel.meta.features import curve

    fit = curve.log_fit

    @cache
    def fitted(*data: bytes) -> tuple[float, float]:
        return fit(*map(np.frombuffer, data))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curve, "log_fit", lambda x, y: fitted(x.tobytes(), y.tobytes()))
        yield


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of the real corpora; the test is skipped where there is none."""
    if os.environ.get("TASKREL_DATA"):
        return places.data_folder()
    beside = Path(__file__).parents[2] / "shared" / "data"
    if not beside.is_dir():
        pytest.skip("real corpora: set TASKREL_DATA")
    return beside


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Evidence of two tiny tasks, trained once; a test that changes it changes a copy."""
    from made_tiny import tiny_evidence

    return tiny_evidence(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def made_up() -> Path:
    """Folder of the small made-up files, one or more for each format."""
    return MADE_UP


@pytest.fixture
def read():
    """Function that reads a file under a card's options and gives examples and tally."""

    def run(
        reader: str,
        path: Path,
        kind: str = "tagging",
        folder: Path = MADE_UP,
        file_label: str | None = None,
        **options,
    ):
        decoded = convert(options, READERS[reader].Options, "test", CardError)
        source = Source(path, decoded, kind, file_label, folder)
        return list(READERS[reader].read(source)), dict(source.tally)

    return run
