import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import numpy as np
import pytest
from made_runs import ALONE, PAIR, TASKS, result

from taskrel.errors import StoreError
from taskrel.study.store.file import NAME
from taskrel.study.store.schema import VERSION
from taskrel.study.store.store import Store
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
            [("a", "b"), "a", 0.75],
            [("a", "b"), "b", 0.75],
            [("a",), "a", 0.5],
        ]
        curves = reader.curves("r1")
        assert curves == {("a", 0, "train", "loss"): Curve([1, 2], [1.5, 0.25])}
        assert set(reader.curves("r1", n_tasks=2)) == {
            ("a", 0, "train", "loss"),
            ("b", 0, "train", "loss"),
        }
        assert reader.infos("r1") == {"a": {"metric": "accuracy"}, "b": {"metric": "macro_f1"}}
        assert reader.recipes() == [("r1", "short", {"steps": 9})]


def test_dev_curves_are_told_apart_by_the_tasks_trained_together(store):
    for run, value in ((ALONE, 0.5), (PAIR, 0.75)):
        made = result(*run.tasks)
        for task in run.tasks:
            made.curves[task, "dev", "loss"] = Curve([3, 4], [2, 1])
            made.curves[task, "dev", "accuracy"] = Curve([3, 4], [0.25, value])
        store.finish(run, made, 1.5 if run is ALONE else 2.5, {})
    assert store.dev_curves("r1") == {
        (("a",), "a", 0): Curve([3, 4], [0.25, 0.5]),
        (("a", "b"), "a", 0): Curve([3, 4], [0.25, 0.75]),
        (("a", "b"), "b", 0): Curve([3, 4], [0.25, 0.75]),
    }
    assert set(store.dev_curves("r1", loss=True)) == set(store.dev_curves("r1"))
    assert store.dev_curves("r1", loss=True)[("a", "b"), "b", 0] == Curve([3, 4], [2, 1])
    assert store.seconds() == {ALONE.identity: 1.5, PAIR.identity: 2.5}


def test_a_failed_run_keeps_its_traceback_until_it_is_done(store):
    store.fail(PAIR, "Traceback …\nValueError: no", 0.1, {})
    assert store.status() == {PAIR.identity: "failed"}
    assert store.seconds() == {}
    assert store.errors()[["tasks", "error"]].values.tolist() == [
        [("a", "b"), "Traceback …\nValueError: no"]
    ]
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
    store.register({"a": ("d1", {"metric": "f1", "unknown": 7})}, "other", {}, "r2", [])
    assert store.infos("r2") == {"a": {"metric": "f1", "unknown": 7}}
    assert set(store.infos("r1")) == {"a", "b"}


def test_a_second_writer_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match="another taskrel run is writing"):
        Store.write(tmp_path)
    store.close()
    Store.write(tmp_path).close()


@pytest.mark.parametrize("opened", [Store.write, Store.read])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.write_bytes(b"not a database, not at all " * 50), "corrupt"),
        (
            lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close(),
            "no taskrel store",
        ),
        (
            lambda path: (
                sqlite3.connect(path)
                .execute(f"PRAGMA user_version = {VERSION + 1}")
                .connection.close()
            ),
            "written by a newer taskrel",
        ),
    ],
)
def test_corrupt_foreign_and_newer_stores_are_refused_unchanged(tmp_path, opened, spoil, says):
    if "newer" in says:
        Store.write(tmp_path).close()
    spoil(tmp_path / NAME)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(StoreError, match=says):
        opened(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_reading_makes_nothing(tmp_path):
    with pytest.raises(StoreError, match="no such file; taskrel run makes one"):
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


ENDLESS = """
DROP TABLE {0}; CREATE VIEW {0} AS
WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS run FROM n
"""


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (ENDLESS.format("scores"), "view 'scores', which no store has"),
        (
            "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
            "trigger 't', which no store has",
        ),
        ("DROP TABLE curves", "table 'curves' is missing or has other columns"),
        (
            "ALTER TABLE runs RENAME COLUMN seed TO x",
            "table 'runs' is missing or has other columns",
        ),
    ],
)
@pytest.mark.parametrize("opened", [Store.read, Store.write])
def test_a_store_with_other_tables_is_refused_before_it_is_asked(tmp_path, opened, edit, says):
    Store.write(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / NAME)) as db:
        db.executescript(edit)
    with pytest.raises(StoreError, match=says):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("edit", "ask", "says"),
    [
        ("UPDATE runs SET tasks = '{'", "scores", "cannot be read"),
        ("UPDATE runs SET tasks = '[1]'", "scores", "Expected `str`, got `int`"),
        ("UPDATE runs SET seed = 'x'", "scores", "Expected `int`, got `str`"),
        ("UPDATE scores SET value = 7.5", "scores", "Expected `float` <= 1.001"),
        ("UPDATE scores SET value = -0.5", "scores", "expected a score from 0 to 1, found -0.5"),
        ("UPDATE scores SET task = 'z'", "scores", "has a score of 'z', which is no task of it"),
        ("UPDATE infos SET info = '{}'", "infos", "missing required field `metric`"),
        ("UPDATE recipes SET recipe = '[]'", "recipes", "Expected `object`, got `array`"),
        ("UPDATE curves SET steps = x'000000'", "curves", "not as many steps as values"),
    ],
)
def test_an_edited_cell_is_refused(store, tmp_path, edit, ask, says):
    store.finish(ALONE, result("a"), 1.0, {})
    store.close()
    with closing(sqlite3.connect(tmp_path / NAME)) as db, db:
        db.execute(edit)
    with Store.read(tmp_path) as reader, pytest.raises(StoreError, match=says):
        getattr(reader, ask)(*([] if ask == "recipes" else ["r1"]))


def test_a_disk_that_is_full_while_the_store_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "taskrel.study.store.file.TABLES", "PRAGMA max_page_count = 1; CREATE TABLE x (y);"
    )
    with pytest.raises(
        StoreError, match=r"cannot be made or opened \(database or disk is full\); check"
    ):
        Store.write(tmp_path)


def test_a_lock_that_is_no_file_of_ours(tmp_path):
    (tmp_path / ".writer").write_bytes(b"not a database, but long enough to be read as one" * 50)
    with pytest.raises(StoreError, match=r"\.writer is damaged .*; delete it"):
        Store.write(tmp_path)


FEATURES = {
    ("a", "b"): {"size_ratio": 0.5, "probe": float("nan")},
    ("b", "a"): {"size_ratio": -0.5, "probe": 0.25},
}
DIGESTS = {name: digest for name, (digest, _) in TASKS.items()}


def measured(store):
    store.add_profiles("r1", {"a": ("d1", b"\x00a"), "b": ("d2", b"b")})
    store.add_pairs("r1", FEATURES, DIGESTS)


def test_profiles_and_pair_features_come_out_as_they_went_in(store):
    assert store.profiles("r1") == {}
    assert store.pairs("r1").columns.tolist() == ["main", "aux"]
    measured(store)
    assert store.profiles("r1") == {"a": b"\x00a", "b": b"b"}
    pairs = store.pairs("r1")
    assert pairs.columns.tolist() == ["main", "aux", "size_ratio", "probe"]
    assert pairs.dtypes.tolist()[2:] == [float, float]
    np.testing.assert_equal(
        pairs.to_numpy().tolist(), [["a", "b", 0.5, np.nan], ["b", "a", -0.5, 0.25]]
    )
    assert store.profiles("r2") == {}
    assert store.pairs("r2").empty


def test_of_a_changed_task_nothing_is_found_until_it_is_measured_again(store):
    measured(store)
    store.register({"a": ("d1-new", {})}, "short", {}, "r1", [])
    assert store.profiles("r1") == {"b": b"b"}
    assert store.pairs("r1").empty
    store.add_profiles("r1", {"a": ("d1-new", b"new")})
    store.add_pairs("r1", {("a", "b"): {"size_ratio": 2.0}}, DIGESTS | {"a": "d1-new"})
    assert store.profiles("r1") == {"a": b"new", "b": b"b"}
    assert store.pairs("r1").to_numpy().tolist() == [["a", "b", 2.0]]


def test_profiles_and_pair_features_move_with_an_export(store, tmp_path):
    measured(store)
    with Store.write(tmp_path / "to") as other:
        other.add_rows(store.rows())
        assert other.profiles("r1") == store.profiles("r1")
        assert other.pairs("r1").equals(store.pairs("r1"))
        other.add_pairs("r1", {("a", "b"): {"size_ratio": 9.0}}, DIGESTS)
        other.add_rows(store.rows())
        assert other.pairs("r1")["size_ratio"].tolist() == [9.0, -0.5]  # what is here stays
        rows = [row[1:3] for table, row in other.rows() if table == "pairs"]
        assert rows == [("a", "b"), ("b", "a")]


#: The schema of version 2 as it was; version 1 lacks the last two tables.
VERSION_2 = """
CREATE TABLE tasks (name TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE recipes (digest TEXT PRIMARY KEY, name TEXT NOT NULL, recipe TEXT NOT NULL,
    used INTEGER NOT NULL);
CREATE TABLE infos (recipe TEXT NOT NULL REFERENCES recipes (digest), task TEXT NOT NULL,
    info TEXT NOT NULL, PRIMARY KEY (recipe, task));
CREATE TABLE runs (id TEXT PRIMARY KEY, spec TEXT NOT NULL, tasks TEXT NOT NULL,
    seed INTEGER NOT NULL, status TEXT NOT NULL, error TEXT, seconds REAL,
    finished TEXT NOT NULL, provenance TEXT NOT NULL);
CREATE TABLE members (recipe TEXT NOT NULL REFERENCES recipes (digest), run TEXT NOT NULL,
    PRIMARY KEY (recipe, run));
CREATE TABLE scores (run TEXT NOT NULL REFERENCES runs (id), task TEXT NOT NULL,
    split TEXT NOT NULL, checkpoint TEXT NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (run, task, split, checkpoint, metric));
CREATE TABLE curves (run TEXT NOT NULL REFERENCES runs (id), task TEXT NOT NULL,
    split TEXT NOT NULL, name TEXT NOT NULL, steps BLOB NOT NULL, "values" BLOB NOT NULL,
    PRIMARY KEY (run, task, split, name));
CREATE TABLE correct (run TEXT NOT NULL REFERENCES runs (id), task TEXT NOT NULL,
    n INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (run, task));

CREATE TABLE profiles (recipe TEXT NOT NULL REFERENCES recipes (digest), task TEXT NOT NULL,
    digest TEXT NOT NULL, profile BLOB NOT NULL, PRIMARY KEY (recipe, task));
CREATE TABLE pairs (recipe TEXT NOT NULL REFERENCES recipes (digest), main TEXT NOT NULL,
    aux TEXT NOT NULL, main_digest TEXT NOT NULL, aux_digest TEXT NOT NULL,
    features TEXT NOT NULL, PRIMARY KEY (recipe, main, aux));
"""
BITS = (ALONE.identity, "a", 9, b"\xb6\x80")
RUN = (ALONE.identity, json.dumps(ALONE.spec), '["a"]', 0, "done", None, 1.5, "2025-01-01", "{}")
LOSSES = np.array([1, 2], "<i4").tobytes(), np.array([1.5, 0.25], "<f4").tobytes()
#: What an export of such a store yields: one finished run.
ROWS = {
    "tasks": ("a", "d1"),
    "recipes": ("r1", "short", "{}", 1),
    "infos": ("r1", "a", '{"metric": "f1"}'),
    "runs": RUN,
    "members": ("r1", ALONE.identity),
    "scores": (ALONE.identity, "a", "test", "best", "accuracy", 0.5),
    "curves": (ALONE.identity, "a", "train", "loss", *LOSSES),
}


@pytest.fixture(params=[1, 2])
def older(tmp_path, request):
    """Folder of a store as version 1 or 2 left it, with one run and its bits of right answers."""
    folder, version = tmp_path / "older", request.param
    folder.mkdir()
    with closing(sqlite3.connect(folder / NAME)) as db:
        tables = VERSION_2 if version == 2 else VERSION_2.split("\n\n")[0]
        db.executescript(f"{tables} PRAGMA user_version = {version};")
        for table, values in (ROWS | {"correct": BITS}).items():
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        db.commit()
    return folder


def schema(folder):
    with closing(sqlite3.connect(folder / NAME)) as db:
        return [
            *db.execute("PRAGMA user_version"),
            *db.execute("SELECT sql FROM sqlite_master WHERE tbl_name != 'correct' ORDER BY name"),
        ]


def test_an_older_store_is_read_as_it_is(older):
    before = (older / NAME).read_bytes()
    with Store.read(older) as store:
        assert store.status() == {ALONE.identity: "done"}
        assert store.scores("r1")["value"].tolist() == [0.5]
        assert store.curves("r1") == {("a", 0, "train", "loss"): Curve([1, 2], [1.5, 0.25])}
        assert store.profiles("r1") == {}
        assert store.pairs("r1").empty
        assert dict(store.rows()) == ROWS
    assert (older / NAME).read_bytes() == before


def test_an_older_store_is_brought_up_to_date_by_a_writer(older, tmp_path):
    with Store.write(older) as store:
        measured(store)
        store.register(TASKS, "short", {}, "r1", [PAIR])
        store.finish(PAIR, result("a", "b", value=0.75), 2.5, {})
    with Store.write(older) as store:
        assert store.status() == {ALONE.identity: "done", PAIR.identity: "done"}
        assert store.scores("r1")["value"].tolist() == [0.75, 0.75, 0.5]
        assert store.profiles("r1") == {"a": b"\x00a", "b": b"b"}
    Store.write(tmp_path / "new").close()
    assert schema(older) == schema(tmp_path / "new")
    with closing(sqlite3.connect(older / NAME)) as db:  # nothing is deleted
        assert db.execute("SELECT * FROM correct").fetchall() == [BITS]


def test_a_new_store_has_no_bits_of_right_answers(store):
    with closing(sqlite3.connect(store.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        with pytest.raises(sqlite3.OperationalError, match="no such table: correct"):
            db.execute("SELECT * FROM correct")
