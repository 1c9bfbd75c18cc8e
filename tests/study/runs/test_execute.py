import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from made import tagging_task, text_task

from taskrel.errors import StoreError
from taskrel.study.analysis.records import recipe_digest
from taskrel.study.runs import execute as module
from taskrel.study.runs import workers
from taskrel.study.runs.execute import execute, pending
from taskrel.study.runs.plan import plan
from taskrel.study.store.store import Store
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe

RECIPE = Recipe(
    width=4, steps=10, batch=4, evaluations=2, encoder=BiLSTM(units=3), optimiser=Adam(lr=0.01)
)
TASKS = {t.name: t for t in (tagging_task("a"), text_task("b"))}
RUNS = plan(list(TASKS.values()), RECIPE, [0, 1])
DIGEST = recipe_digest(RECIPE, None, "cpu")


def study(folder, runs=RUNS, tasks=TASKS, **options):
    with Store.write(folder) as store:
        store.register({n: (t.digest, {}) for n, t in tasks.items()}, "r", {}, DIGEST, runs)
        return list(execute(runs, tasks, None, store, **options)), store.scores(DIGEST)


def test_pending_is_what_the_store_lacks():
    status = {RUNS[0].identity: "done", RUNS[1].identity: "failed"}
    assert pending(RUNS, status) == RUNS[2:]
    assert pending(RUNS, status, retry_failed=True) == RUNS[1:]
    assert pending(RUNS + RUNS, {}) == RUNS


@pytest.mark.slow
def test_results_do_not_depend_on_the_number_of_processes(tmp_path):
    outcomes, alone = study(tmp_path / "1", jobs=1)
    assert {o.run.identity for o in outcomes} == {r.identity for r in RUNS}
    assert all(o.seconds > 0 and o.provenance["torch"] for o in outcomes)
    _, together = study(tmp_path / "2", jobs=2)
    assert alone.equals(together)


def test_progress_reaches_the_number_of_steps(tmp_path):
    seen = []
    study(tmp_path, progress=seen.append)
    assert seen[-1] == sum(run.steps for run in RUNS)


def test_a_failure_is_kept_and_does_not_stop_the_others(tmp_path, monkeypatch):
    real = module.train

    def fragile(tasks, recipe, seed, *rest, **more):
        if len(tasks) == 2 and seed == 0:
            raise ValueError("made to fail")
        return real(tasks, recipe, seed, *rest, **more)

    monkeypatch.setattr(module, "train", fragile)
    outcomes, _ = study(tmp_path)
    assert sum(o.error is not None for o in outcomes) == 1
    with Store.read(tmp_path) as store:
        status, errors = store.status(), store.errors()
    assert sorted(status.values()) == ["done"] * 5 + ["failed"]
    assert errors.tasks.tolist() == [("a", "b")]
    assert "ValueError: made to fail" in errors.error[0]
    monkeypatch.undo()
    outcomes, scores = study(tmp_path, pending(RUNS, status, retry_failed=True))
    assert [o.error for o in outcomes] == [None]
    assert set(scores.run) == {r.identity for r in RUNS}


LONG = msgspec.structs.replace(RECIPE, steps=150)


@pytest.mark.slow
def test_a_killed_study_resumes_and_gives_the_same_scores(tmp_path):
    """Killed in the middle: what was finished is kept, only the rest is trained."""
    runs = plan(list(TASKS.values()), LONG, range(4))
    script = (
        "import sys; from test_execute import *\n"
        "study(Path(sys.argv[1]), plan(list(TASKS.values()), LONG, range(4)))"
    )
    killed = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=_env())
    try:
        _wait(lambda: _finished(tmp_path) >= 3, killed)
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    done = _status(tmp_path)
    assert 3 <= len(done) < len(runs)
    missing = pending(runs, done)
    assert len(missing) == len(runs) - len(done)
    outcomes, resumed = study(tmp_path, missing)
    assert len(outcomes) == len(missing)
    _, whole = study(tmp_path / "whole", runs)
    columns = ["tasks", "task", "seed", "split", "checkpoint", "metric", "value"]
    with Store.read(tmp_path) as store:
        assert set(store.status().values()) == {"done"}
    assert len(resumed) == len(whole)
    assert resumed[columns].equals(whole[columns])


def _status(folder):
    with Store.read(folder) as store:
        return store.status()


def _finished(folder):
    try:
        return len(_status(folder))
    except StoreError:
        return 0


def deadly(tasks, recipe, seed, *rest):
    """Ends its own process for one of the runs, as the kernel does when memory runs out."""
    if len(tasks) == 2 and seed == 0:
        os._exit(9)
    return module_train(tasks, recipe, seed, *rest)


module_train = module.train


def in_worker(parent, function, number, call):
    module.train = deadly
    return number, function(*call)


@pytest.mark.slow
def test_a_dying_worker_costs_its_own_run_only(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_in_worker", in_worker)
    outcomes, scores = study(tmp_path, jobs=2)
    errors = {(*o.run.tasks, o.run.seed): o.error for o in outcomes if o.error}
    assert list(errors) == [("a", "b", 0)]
    assert "the worker process ended twice" in errors["a", "b", 0]
    assert len(outcomes) == len(RUNS)
    assert scores.run.nunique() == len(RUNS) - 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")
def test_workers_leave_when_their_parent_is_killed(tmp_path):
    script = (
        "import sys; from test_execute import *\n"
        "study(Path(sys.argv[1]), plan(list(TASKS.values()), LONG, range(40)), jobs=2)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=_env())
    try:
        _wait(lambda: _finished(tmp_path) >= 2, parent)
        workers = _children(parent.pid)
        assert workers
    finally:
        parent.kill()
        parent.wait()
    _wait(lambda: not any(map(_alive, workers)))


def _stat(pid):
    """State and parent of a process, as Linux tells them; None where it has gone."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return state, int(parent)


def _children(pid):
    pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    return [p for p in pids if (_stat(p) or ("", 0))[1] == pid]


def _alive(pid):
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z"


def _env():
    folders = [str(Path(__file__).parents[i]) for i in range(3)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(folders)}


def _wait(until, process=None, seconds=120):
    deadline = time.monotonic() + seconds
    while not until():
        assert process is None or process.poll() is None, "it ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.05)
