import hashlib
import json
from dataclasses import replace

import msgspec
import pytest
from made import tagging_task, text_task

from taskrel.study.plan import Run, plan
from taskrel.training.recipe import Adam, Recipe

TASKS = [text_task("c"), tagging_task("b"), tagging_task("a")]
RUN = Run(("a",), ("d1",), Recipe(), 0)
PAIR = Run(("a", "b"), ("d1", "d2"), Recipe(), 0)


def test_every_task_alone_and_each_unordered_pair_once():
    runs = plan(TASKS, Recipe(), [0, 1])
    assert [r.tasks for r in runs if r.seed == 1] == [
        ("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c")]
    assert len({r.identity for r in runs}) == len(runs) == 12
    assert runs[3].digests == (TASKS[2].digest, TASKS[1].digest)


@pytest.mark.parametrize(("options", "groups"), [
    ({"main": "b"}, [("a",), ("b",), ("c",), ("a", "b"), ("b", "c")]),
    ({"alone": True}, [("a",), ("b",), ("c",)]),
])
def test_main_and_alone_restrict_the_pairs(options, groups):
    assert [r.tasks for r in plan(TASKS, Recipe(), [0], **options)] == groups


def test_one_task_is_a_legal_study():
    assert [r.tasks for r in plan(TASKS[:1], Recipe(), [5])] == [("c",)]


def test_order_of_tasks_does_not_matter():
    assert plan(TASKS, Recipe(), [0]) == plan(TASKS[::-1], Recipe(), [0])


def test_identity_is_the_hash_of_the_canonical_spec():
    spec = {"schema": 1, "tasks": ["d1"], "recipe": {}, "vectors": None, "seed": 0,
            "device": "cpu"}
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    assert RUN.identity == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("a", "b", "same"), [
    (RUN, replace(RUN, seed=1), False),
    (RUN, replace(RUN, digests=("d9",)), False),
    (RUN, replace(RUN, device="cuda"), False),
    (RUN, replace(RUN, vectors="abc"), False),
    (RUN, replace(RUN, recipe=Recipe(optimiser=Adam())), False),
    # A default that is written out, or where a vector file lies, changes nothing.
    (RUN, replace(RUN, recipe=Recipe(steps=2500)), True),
    (replace(RUN, vectors="abc"),
     replace(RUN, vectors="abc", recipe=Recipe(vectors="elsewhere.txt", width=300)), True),
    (RUN, replace(RUN, tasks=("renamed",)), True),  # the digest has the name in it
])
def test_what_is_part_of_the_identity(a, b, same):
    assert (a.identity == b.identity) is same


def test_single_runs_leave_sharing_and_schedule_out():
    class Wider(Recipe, frozen=True):
        schedule: str = "uniform"

    other = Wider(schedule="sequential")
    assert replace(RUN, recipe=other).identity == RUN.identity
    assert replace(PAIR, recipe=other).identity != PAIR.identity


def test_steps_count_each_tasks_updates():
    assert replace(PAIR, recipe=msgspec.structs.replace(Recipe(), steps=10)).steps == 20
