import numpy as np
import pytest

from taskrel.training.schedules import SCHEDULES, uniform


@pytest.mark.parametrize("n_tasks", [1, 2, 3])
def test_uniform_gives_each_task_its_updates_in_expectation(n_tasks):
    drawn = list(uniform(n_tasks, 3000, np.random.default_rng(0)))
    assert len(drawn) == n_tasks * 3000
    counts = np.bincount([t for (t,) in drawn], minlength=n_tasks)
    # Standard deviation of a binomial count: √(n·p·(1 − p)) < 45 for these n.
    assert np.abs(counts - 3000).max() < 5 * 45
    if n_tasks == 1:
        assert counts[0] == 3000


def test_every_schedule_names_tasks_that_exist():
    for schedule in SCHEDULES.values():
        assert {t for step in schedule(3, 50, np.random.default_rng(0)) for t in step} \
            == {0, 1, 2}
