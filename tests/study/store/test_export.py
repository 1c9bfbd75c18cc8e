import gzip
import json
from dataclasses import replace
from typing import get_args

import pytest
from made_runs import ALONE, PAIR, TASKS, result

from taskrel.errors import StoreError
from taskrel.io.paths import shipped
from taskrel.study.store.export import export_runs, import_runs
from taskrel.study.store.store import Store
from taskrel.training.recipes.parts import Checkpoint
from taskrel.training.recipes.recipe import Recipe


@pytest.fixture
def exported(tmp_path):
    with Store.write(tmp_path / "from") as store:
        store.register(TASKS, "short", {"steps": 9}, "r1", [ALONE, PAIR])
        store.finish(ALONE, result("a"), 1.5, {"torch": "2", "host": "secret"})
        store.fail(PAIR, "Traceback", 0.1, {"host": "secret"})
        export_runs(store, tmp_path / "runs.jsonl.gz")
        store.finish(PAIR, result("a", "b", value=0.75), 2.5, {})
        export_runs(store, tmp_path / "all.jsonl.gz")
    return tmp_path


def test_there_and_back(exported):
    with Store.write(exported / "to") as store:
        assert import_runs(exported / "runs.jsonl.gz", store) == 1
        assert store.status() == {ALONE.identity: "done"}
        store.fail(PAIR, "Traceback", 0.1, {})  # a failed try here gives way
        assert import_runs(exported / "all.jsonl.gz", store) == 1
        assert import_runs(exported / "all.jsonl.gz", store) == 0
        with Store.read(exported / "from") as original:
            assert store.scores("r1").equals(original.scores("r1"))
            assert store.curves("r1") == original.curves("r1")
            assert store.infos("r1") == original.infos("r1")
            assert store.recipes() == original.recipes()
        assert store.curves("r1", n_tasks=2) == {}  # training losses of pairs stay behind
        export_runs(store, exported / "again.jsonl.gz")
    assert (exported / "again.jsonl.gz").read_bytes() == (exported / "all.jsonl.gz").read_bytes()


def test_a_run_that_scores_its_main_task_only_is_whole_with_that_score(tmp_path):
    run = replace(PAIR, recipe=Recipe(schedule="transfer", evaluate="main"))
    with Store.write(tmp_path / "from") as store:
        store.register(TASKS, "short", {}, "r1", [run])
        store.finish(run, result("a"), 1.0, {})
        export_runs(store, tmp_path / "main.jsonl.gz")
    with Store.write(tmp_path / "to") as store:
        assert import_runs(tmp_path / "main.jsonl.gz", store) == 1
        assert set(store.scores("r1")["task"]) == {"a"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted(shipped("experiments").glob("runs/*.jsonl.gz")), ids=lambda path: path.stem
)
def test_shipped_exports_are_imported(path, tmp_path):
    with Store.write(tmp_path) as store:
        assert import_runs(path, store) == len(store.status()) > 0


def test_exports_with_bits_of_right_answers_are_imported_without_them(exported):
    """Version 1 and 2 of the store had a table `correct`, and so have exports of that time."""
    new = gzip.decompress((exported / "all.jsonl.gz").read_bytes()).decode().splitlines()
    bits = [
        json.dumps(["correct", [run.identity, task, 9, {"base64": "toA="}]])
        for run in (ALONE, PAIR)
        for task in run.tasks
    ]
    last_score = max(i for i, line in enumerate(new) if line.startswith('["scores"'))
    old = [*new[: last_score + 1], *bits, *new[last_score + 1 :]]
    (exported / "old.jsonl.gz").write_bytes(gzip.compress("\n".join(old).encode()))
    with Store.write(exported / "to") as store:
        assert import_runs(exported / "old.jsonl.gz", store) == 2
        export_runs(store, exported / "again.jsonl.gz")
    assert (exported / "again.jsonl.gz").read_bytes() == (exported / "all.jsonl.gz").read_bytes()


def test_the_machine_is_not_named(exported):
    assert b"secret" not in gzip.decompress((exported / "runs.jsonl.gz").read_bytes())


def changed(raw, old, new):
    text = gzip.decompress(raw).decode()
    assert old in text
    return gzip.compress(text.replace(old, new).encode())


def without(raw, start):
    lines = gzip.decompress(raw).decode().splitlines()
    return gzip.compress("\n".join(x for x in lines if not x.startswith(start)).encode())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda raw: raw[:-20], "cannot be read"),
        (lambda raw: b"no gzip", "cannot be read"),
        (lambda raw: changed(raw, '"schema":1}', '"schema":2}'), "expected a first line"),
        (lambda raw: changed(raw, '["runs"', '["walks"'), "unknown table 'walks'"),
        (lambda raw: changed(raw, ALONE.identity, "0" * 64), "does not match its identity"),
        (lambda raw: gzip.compress(json.dumps([1]).encode()), "expected a first line"),
        (lambda raw: raw[:40] + b"\xff\xff" + raw[42:], "cannot be read"),  # zlib.error
        (lambda raw: changed(raw, '"base64"', '"base65"'), "unknown field `base65`"),
        (
            lambda raw: changed(raw, '["tasks",["a"', '["tasks",["\\ud800"'),
            "surrogates not allowed",
        ),
        (lambda raw: changed(raw, '"short"', "3"), "table 'recipes': Expected `str`, got `int`"),
        (
            lambda raw: changed(raw, '"done"', '"failed"'),
            f"run {ALONE.identity[:12]}…: Invalid enum",
        ),
        (lambda raw: changed(raw, ",0.5]", ",7.5]"), "table 'scores': Expected `float` <= 1.001"),
        (lambda raw: changed(raw, ",0.5]", ",-0.5]"), "expected a score from 0 to 1, found -0.5"),
        (
            lambda raw: without(raw, '["scores"'),
            f"run {ALONE.identity[:12]}… of the import has no test",
        ),
        (
            lambda raw: changed(raw, f',{ALONE.seed},"done"', ',9,"done"'),
            "does not match its identity",
        ),
    ],
)
def test_damaged_exports_leave_the_store_as_it_was(exported, spoil, says):
    path = exported / "runs.jsonl.gz"
    path.write_bytes(spoil(path.read_bytes()))
    with Store.write(exported / "to") as store:
        with pytest.raises(StoreError, match=says):
            import_runs(path, store)
        assert store.status() == {}
        assert store.infos("r1") == {}


def test_a_similarity_may_be_negative_or_rounded(exported):
    raw = (exported / "runs.jsonl.gz").read_bytes()
    for value in (-0.5, 1.0000001):
        path = exported / f"{value}.gz"
        path.write_bytes(changed(raw, '"accuracy",0.5]', f'"similarity_0",{value}]'))
        with Store.write(exported / f"to {value}") as store:
            assert import_runs(path, store) == 1
            assert value in set(store.scores("r1")["value"])


@pytest.mark.parametrize("checkpoint", get_args(Checkpoint))
def test_every_checkpoint_travels(tmp_path, checkpoint):
    found = result("a")
    found.scores["a", "test", checkpoint, "extra"] = 0.5
    with Store.write(tmp_path / "from") as store:
        store.register(TASKS, "short", {"steps": 9}, "r1", [ALONE])
        store.finish(ALONE, found, 1.5, {})
        export_runs(store, tmp_path / "runs.jsonl.gz")
    with Store.write(tmp_path / "to") as store, Store.read(tmp_path / "from") as original:
        assert import_runs(tmp_path / "runs.jsonl.gz", store) == 1
        assert store.scores("r1").equals(original.scores("r1"))
