"""The loop of a search: what it trains, keeps and logs, when it ends, and that it goes on."""

import json
import logging

import numpy as np
import pytest

from taskrel.errors import EvidenceError
from taskrel.meta.search.belief import ALONE
from taskrel.meta.search.stop import AS_GOOD_ALONE, BUDGET, FIXED, NO_MORE_SEEDS
from taskrel.meta.search.variation import Variation
from taskrel.recommendation.search.arms import planned_arms
from taskrel.recommendation.search.loop import DECISIONS, LEAST_RUNS, Budget, run_search
from taskrel.study.runs import execute

Z = np.array([0.7, -0.7])


@pytest.fixture
def arms(shipped_encoders, space):
    return planned_arms(shipped_encoders, "shop", ["many", "more"], space)


SIX = Budget(runs=6)


def searched(arms, budget=SIX, z=Z, variation=None, epsilon=0.0, **more):
    return run_search(arms, z, variation or Variation(), budget, epsilon=epsilon, jobs=1, **more)


def counts(found):
    return {arm: sum(o.arm == arm for o in found.seen) for arm in (ALONE, "many", "more")}


def test_the_budget_in_runs(arms):
    found = searched(arms)
    assert (len(found.seen), found.new, found.reason) == (6, 6, BUDGET)
    assert found.seen[0].arm == ALONE
    for arm in (ALONE, "many", "more"):  # each arm takes the seeds in order
        assert [o.seed for o in found.seen if o.arm == arm] == list(range(counts(found)[arm]))
    assert found.failed == {}


@pytest.mark.slow
def test_it_goes_on_where_it_was_stopped(arms, monkeypatch):
    whole = searched(arms, Budget(runs=7)).seen
    train, done = execute.train, []

    def twice(*args, **named):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return train(*args, **named)

    other = type(arms)(**{**vars(arms), "folder": arms.folder.parent / "other"})
    (other.folder / "encoders").mkdir(parents=True)
    for file in (arms.folder / "encoders").iterdir():
        (other.folder / "encoders" / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(execute, "train", twice)
    with pytest.raises(KeyboardInterrupt):
        searched(other, Budget(runs=7))
    monkeypatch.setattr(execute, "train", train)
    found = searched(other, Budget(runs=7))
    assert found.new == 5
    assert sorted(found.seen) == sorted(whole)
    again = searched(other, Budget(runs=7))
    assert (again.new, sorted(again.seen)) == (0, sorted(whole))


def test_a_design(arms):
    design = [ALONE, "many", "more"] * 2
    found = searched(arms, Budget(), design=design)
    assert counts(found) == {ALONE: 2, "many": 2, "more": 2}
    assert found.reason == FIXED
    found = searched(arms, Budget(), design=[*design, ALONE])
    assert (found.new, counts(found)[ALONE]) == (1, 3)


def test_every_seed_is_used(arms):
    for runs in arms.runs.values():
        del runs[2:]
    found = searched(arms, Budget(runs=100))
    assert (len(found.seen), found.reason) == (6, NO_MORE_SEEDS)


def test_no_minutes_at_all(arms):
    found = searched(arms, Budget(minutes=1e-9))
    assert (counts(found), found.reason) == ({ALONE: 1, "many": 0, "more": 0}, BUDGET)


def test_alone_is_an_answer(arms):
    # Whatever an auxiliary may add is below one part in a thousand of the score.
    never = Variation(
        offset=-50, offset_variance=0.01, own=0.01, bias=0.01, noise=np.log(1e-3), noise_spread=0.01
    )
    found = searched(arms, Budget(runs=50), z=None, variation=never, epsilon=0.5)
    assert found.reason == AS_GOOD_ALONE
    assert found.standing.best == ALONE
    assert counts(found)[ALONE] >= LEAST_RUNS


def test_a_failed_arm_is_left_out_and_named(arms):
    files = list((arms.folder / "encoders").iterdir())
    weights = [file.read_bytes() for file in files]
    for file in files:
        file.write_bytes(b"x")
    found = searched(arms, Budget(runs=9))
    assert {*found.failed} == {"many", "more"}
    assert "cannot be read" in found.failed["more"]
    assert counts(found) == {ALONE: 9, "many": 0, "more": 0}
    for file, own in zip(files, weights, strict=True):
        file.write_bytes(own)
    found = searched(arms, Budget(), design=[ALONE, "many", "more"])  # they are tried again
    assert (found.failed, counts(found)) == ({}, {ALONE: 9, "many": 1, "more": 1})


def test_without_a_single_task_run_there_is_no_answer(arms, monkeypatch):
    def broken(*args, **named):
        raise RuntimeError("made to fail")

    monkeypatch.setattr(execute, "train", broken)
    with pytest.raises(EvidenceError, match=r"shop: single-task training failed: .*made to fail"):
        searched(arms)


def test_a_single_task_score_of_0_has_no_gain_in_percent(arms, monkeypatch):
    monkeypatch.setattr("taskrel.recommendation.search.loop._score", lambda curve: 0.0)
    with pytest.raises(EvidenceError, match="shop: single-task training scores 0 on dev, so that"):
        searched(arms)


def test_the_log_of_decisions(arms, caplog):
    with caplog.at_level(logging.INFO, logger="taskrel"):
        found = searched(arms, Budget(runs=3))
    lines = (arms.folder / DECISIONS / "shop.jsonl").read_text().splitlines()
    documents = [json.loads(line) for line in lines]
    assert [d["run"] for d in documents] == [1, 2, 3]
    assert [d["arm"] or ALONE for d in documents] == [o.arm for o in found.seen]
    assert documents[0]["before"] is None
    assert {*documents[1]["before"]} == {"best", "gain", "close", "regret"}
    assert documents[1]["dev"] == pytest.approx(found.seen[1].score, abs=1e-6)
    assert any(m.startswith("run 1: single-task, seed 0: ") for m in caplog.messages)
