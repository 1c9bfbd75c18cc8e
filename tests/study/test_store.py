import sqlite3
import subprocess
import sys
from contextlib import closing

import numpy as np
import pytest
from made_runs import ALONE, PAIR, TASKS, result

from taskrel.errors import StoreError
from taskrel.study.schema import VERSION
from taskrel.study.store import NAME, Store
from taskrel.training.result import Curve


@pytest.fixture
def store(tmp_path):
    with Store.write(tmp_path) as store:
        store.register(TASKS, "short", {"steps": 9}, "r1", [ALONE, PAIR])
        yield store


def test_what_goes_in_comes_out(store, tmp_path):
    store.finish(ALONE, result("a"), 1.5, {"torch": "2"})
    store.finish(PAIR, result("a", "b", value=0.75), 2.5, {})
    with Store.read(tmp_path) as reader:  # while the writer is at it
        assert reader.status() == {ALONE.identity: "done", PAIR.identity: "done"}
        scores = reader.scores("r1")
        assert scores[["tasks", "task", "value"]].values.tolist() == [
            [("a", "b"), "a", 0.75], [("a", "b"), "b", 0.75], [("a",), "a", 0.5]]
        curves = reader.curves("r1")
        assert curves == {("a", 0, "train", "loss"): Curve([1, 2], [1.5, 0.25])}
        assert set(reader.curves("r1", n_tasks=2)) == {("a", 0, "train", "loss"),
                                                       ("b", 0, "train", "loss")}
        np.testing.assert_array_equal(reader.correct(PAIR.identity, "b"),
                                      [True, False, True] * 3)
        assert reader.infos("r1") == {"a": {"metric": "accuracy"}, "b": {"metric": "macro_f1"}}
        assert reader.recipes() == [("r1", "short", {"steps": 9})]


def test_a_failed_run_keeps_its_traceback_until_it_is_done(store):
    store.fail(PAIR, "Traceback …\nValueError: no", 0.1, {})
    assert store.status() == {PAIR.identity: "failed"}
    assert store.errors()[["tasks", "error"]].values.tolist() == [
        [("a", "b"), "Traceback …\nValueError: no"]]
    assert store.scores("r1").empty
    store.finish(PAIR, result("a", "b"), 1.0, {})
    assert store.errors().empty
    assert len(store.scores("r1")) == 2


def test_a_run_is_there_whole_or_not_at_all(store):
    broken = result("a")
    broken.scores["a", "test", "best", "accuracy"] = None  # breaks NOT NULL, half-way through
    with pytest.raises(StoreError, match="cannot be written"):
        store.finish(ALONE, broken, 1.0, {})
    assert store.status() == {}
    assert store.curves("r1") == {}


def test_runs_on_an_older_version_of_a_task_are_passed_over(store):
    store.finish(ALONE, result("a"), 1.0, {})
    store.register({"a": ("d1-new", {})}, "short", {}, "r1", [])
    assert store.scores("r1").empty
    store.register({"a": ("d1", {})}, "short", {}, "r1", [])
    assert len(store.scores("r1")) == 1


def test_runs_are_shared_by_the_recipes_that_resolve_to_them(store):
    store.finish(ALONE, result("a"), 1.0, {})
    assert store.scores("r2").empty
    store.register(TASKS, "sequential", {}, "r2", [ALONE])
    assert len(store.scores("r2")) == 1
    assert [name for _, name, _ in store.recipes()] == ["sequential", "short"]


def test_infos_are_those_of_the_recipe(store):
    store.register({"a": ("d1", {"unknown": 7})}, "other", {}, "r2", [])
    assert store.infos("r2") == {"a": {"unknown": 7}}
    assert set(store.infos("r1")) == {"a", "b"}


def test_a_second_writer_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match="another run_pairs is writing"):
        Store.write(tmp_path)
    store.close()
    Store.write(tmp_path).close()


@pytest.mark.parametrize("opened", [Store.write, Store.read])
@pytest.mark.parametrize(("spoil", "says"), [
    (lambda path: path.write_bytes(b"not a database, not at all " * 50), "corrupt"),
    (lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close(),
     "no taskrel store"),
    (lambda path: sqlite3.connect(path).execute(
        f"PRAGMA user_version = {VERSION + 1}").connection.close(), "written by a newer taskrel"),
])
def test_corrupt_foreign_and_newer_stores_are_refused_unchanged(tmp_path, opened, spoil, says):
    if "newer" in says:
        Store.write(tmp_path).close()
    spoil(tmp_path / NAME)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(StoreError, match=says):
        opened(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_reading_makes_nothing(tmp_path):
    with pytest.raises(StoreError, match="no such file; run_pairs makes one"):
        Store.read(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Store.write(tmp_path).close()
    with Store.read(tmp_path / NAME) as reader, pytest.raises(StoreError, match="readonly"):
        reader.fail(ALONE, "x", 0, {})


KILLED_IN_A_TRANSACTION = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA cache_size = 1")  # pages spill to the file before the commit
db.execute("BEGIN")
db.execute("UPDATE tasks SET digest = 'half done'")
db.execute("CREATE TABLE ballast (x)")
db.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(4000),) for _ in range(500)])
os.kill(os.getpid(), 9)
"""


def test_a_writer_killed_in_a_transaction_costs_nothing(store, tmp_path):
    store.finish(ALONE, result("a"), 1.0, {})
    store.close()
    path = tmp_path / NAME
    subprocess.run([sys.executable, "-c", KILLED_IN_A_TRANSACTION, str(path)], check=False)
    assert path.with_name(f"{NAME}-journal").stat().st_size > 0
    with Store.read(tmp_path) as reader:
        assert reader.status() == {ALONE.identity: "done"}
        assert len(reader.scores("r1")) == 1


def test_a_locked_store_is_not_called_corrupt(store, monkeypatch):
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0.05}))
    with closing(real(store.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"cannot be opened now \(database is locked\)"):
            Store.read(store.path)
