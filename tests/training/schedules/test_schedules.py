import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.training.recipes.recipe import MetaTraining
from taskrel.training.schedules.schedules import (
    SCHEDULES,
    auxiliary_first,
    modulated,
    n_steps,
    schedule_name,
    sequential,
    simultaneous,
    uniform,
)

BUDGETS = st.lists(st.integers(1, 40), min_size=1, max_size=4)


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("n_tasks", [1, 2, 3])
def test_uniform_gives_each_task_its_updates_in_expectation(n_tasks):
    drawn = list(uniform([3000] * n_tasks, np.random.default_rng(0)))
    assert len(drawn) == n_tasks * 3000
    counts = np.bincount([t for (t,) in drawn], minlength=n_tasks)
    # Standard deviation of a binomial count: √(n·p·(1 − p)) < 45 for these n.
    assert np.abs(counts - 3000).max() < 5 * 45
    if n_tasks == 1:
        assert counts[0] == 3000


@pytest.mark.parametrize(("n_tasks", "updates"), [(1, 3), (2, 700), (3, 1024)])
def test_uniform_draws_the_numbers_it_always_drew(n_tasks, updates):
    """So that runs of one recipe that were finished long ago are those of today."""
    drawn, steps = rng(), uniform([updates] * n_tasks, rng())
    expected = np.concatenate(
        [
            drawn.integers(n_tasks, size=min(1024, n_tasks * updates - start))
            for start in range(0, n_tasks * updates, 1024)
        ]
    )
    assert [t for (t,) in steps] == expected.tolist()


def test_uniform_draws_in_proportion_to_unequal_budgets():
    drawn = np.bincount([t for (t,) in uniform([6000, 2000, 1000], rng())])
    # Standard deviations of binomial counts: √(n·p·(1 − p)) < 45.
    assert np.abs(drawn - [6000, 2000, 1000]).max() < 5 * 45


def test_simultaneous_updates_all_tasks_and_thins_out_the_smaller():
    assert list(simultaneous([2, 2], rng())) == [(0, 1), (0, 1)]
    assert list(simultaneous([6, 2, 3], rng())) == [(0,), (0, 2), (0, 1), (0, 2), (0,), (0, 1, 2)]


def test_an_auxiliary_first_has_half_of_its_budget_first():
    steps = [task for (task,) in auxiliary_first([400, 800], rng())]
    assert len(steps) == 1200 and steps[:400] == [1] * 400
    assert abs(np.bincount(steps)[0] - 400) < 5 * 15  # √(800 · ½ · ½) < 15
    assert list(auxiliary_first([3], rng())) == [(0,)] * 3


def test_sequential_ends_with_the_main_task():
    assert list(sequential([2, 1, 3], rng())) == [(2,)] * 3 + [(1,)] + [(0,)] * 2


def test_modulated_takes_turns_and_ends_with_the_main_task():
    assert list(modulated([2, 2], rng())) == [(1,), (0,), (1,), (0,)]
    assert list(modulated([3, 1, 3], rng())) == [(2,), (0,), (2,), (0,), (2,), (1,), (0,)]


@pytest.mark.parametrize(
    ("schedule", "steps"),
    [
        ("uniform", 11),
        ("simultaneous", 6),
        ("sequential", 11),
        ("modulated", 11),
        (MetaTraining(), 6),
        (MetaTraining(shots=5, order=2), 6),
    ],
)
def test_steps_by_hand(schedule, steps):
    assert n_steps(schedule, [6, 2, 3]) == steps
    assert len(list(SCHEDULES[schedule_name(schedule)]([6, 2, 3], rng()))) == steps


@given(st.sampled_from(sorted(SCHEDULES)), BUDGETS)
def test_every_schedule_takes_as_many_steps_as_it_says_and_names_each_task_once(name, budgets):
    steps = list(SCHEDULES[name](budgets, rng()))
    assert len(steps) == n_steps(name, budgets)
    assert all(
        len(set(step)) == len(step) and set(step) <= set(range(len(budgets))) for step in steps
    )


@given(BUDGETS)
def test_simultaneous_spreads_every_budget_evenly(budgets):
    """At any time each task is as far in its budget as the steps are, less than one update off."""
    steps = list(simultaneous(budgets, rng()))
    for done in range(len(steps) + 1):
        counts = np.bincount([t for step in steps[:done] for t in step], minlength=len(budgets))
        due = np.array(budgets) * done / len(steps)
        assert (due - 1 < counts).all() and (counts <= due).all()


@given(st.sampled_from(["simultaneous", "sequential", "modulated", "meta"]), BUDGETS)
def test_budgets_are_spent_to_the_last_update(name, budgets):
    steps = list(SCHEDULES[name](budgets, rng()))
    assert np.bincount([t for step in steps for t in step]).tolist() == budgets
    if name == "simultaneous":
        assert set(steps[-1]) == set(range(len(budgets)))  # all end together
