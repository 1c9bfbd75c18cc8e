"""Whatever is read, the outcome is a result or a `TaskrelError`; a few hundred cases, or many.

    TASKREL_FUZZ=10000 pytest -n 0 -m slow tests/fuzz     # so many cases in all

`run.py` in this folder sorts the escapes of many cases by place.
"""

import os
import random
import tempfile
from pathlib import Path

import pytest
from fuzz.cases import CASES, Made, as_toml, load_files, of_reader, put
from fuzz.guard import Hang, outcome
from fuzz.reader_seeds import SEEDS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskrel.errors import TaskrelError
from taskrel.tasks.readers import READERS

#: Cases in all, divided among the kinds of input and, again, among the readers.
TOTAL = int(os.environ.get("TASKREL_FUZZ", "400"))
#: A seed does not shrink to a simpler case, so nothing is tried again.
FUZZ = settings(
    max_examples=max(1, TOTAL // (len(CASES) + len(READERS))),
    deadline=None,
    derandomize="TASKREL_FUZZ" not in os.environ,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NUMBER = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Made.write(tmp_path_factory.mktemp("made"))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@FUZZ
@given(number=NUMBER)
def test_damaged_input_is_read_or_refused(name, made, number):
    with tempfile.TemporaryDirectory() as folder:
        outcome(CASES[name](random.Random(number), Path(folder), made))


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@FUZZ
@given(number=NUMBER)
def test_a_damaged_corpus_is_read_or_refused(reader, number):
    with tempfile.TemporaryDirectory() as folder:
        outcome(of_reader(reader, random.Random(number), Path(folder)))


def test_every_reader_has_a_seed():
    """A new reader needs an entry in `reader_seeds.SEEDS`, else its corpora are not damaged."""
    assert set(READERS) <= set(SEEDS)


@pytest.mark.parametrize(
    ("reader", "i"), [(reader, i) for reader in READERS for i in range(len(SEEDS.get(reader, ())))]
)
def test_an_intact_seed_is_read(reader, i, tmp_path):
    seed = SEEDS[reader][i]
    put(tmp_path, seed.files)
    (tmp_path / "x.toml").write_text(as_toml(seed.card(reader)), encoding="utf-8")
    assert load_files(tmp_path / "x.toml", tmp_path).startswith("Task(x:")


def test_the_guard_sees_other_errors_and_hangs(monkeypatch):
    def refused():
        raise TaskrelError("no")

    def endless():
        while True:
            pass

    assert outcome(lambda: 3) == 3
    assert str(outcome(refused)) == "no"
    with pytest.raises(KeyError):
        outcome(lambda: {}["x"])
    monkeypatch.setattr("fuzz.guard.SECONDS", 0.05)
    with pytest.raises(Hang):
        outcome(endless)
