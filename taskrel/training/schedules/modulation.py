"""Learning-rate modulation: the rate of auxiliaries falls to 0 while that of the main task rises.

Liang and Shu (2017): in epoch e of E, lr_primary = e · lr / E and lr_auto = lr − lr_primary.
"""

from collections.abc import Sequence

from taskrel.training.build import Optimisers


def rate(task: int, update: int, budget: int, periods: int) -> float:
    """Share of the learning rate, in [0, 1], for one update of a task; task 0 is the main one.

    update : number of the update, from 1 to the task's `budget`
    periods : number of equal parts of the budget, E, with one rate in each

    >>> [rate(0, update, 4, 2) for update in (1, 2, 3, 4)]
    [0.5, 0.5, 1.0, 1.0]
    >>> [rate(1, update, 4, 2) for update in (1, 2, 3, 4)]
    [0.5, 0.5, 0.0, 0.0]
    """
    period = -(-update * periods // budget)
    return (periods - period if task else period) / periods


class Modulated:
    """An optimiser for each task, with its own moments and the present rate of the task.

    An update with rate 0 changes neither weights nor moments.

    own : for each task, the main one first, an optimiser of the whole model with rate lr
    budgets : number of updates of each task
    periods : number of epochs of a budget, or of periods that replace them, E
    """

    def __init__(self, own: Sequence[Optimisers], budgets: Sequence[int], periods: int):
        self.own, self.budgets, self.periods = own, budgets, periods
        self.updates = [0] * len(own)
        self.rates = [
            [[group["lr"] for group in part.param_groups] for part in each.parts] for each in own
        ]

    def zero_grad(self) -> None:
        """Reset all gradients."""
        self.own[0].zero_grad()  # all optimisers have the same weights

    def step(self, tasks: Sequence[int]) -> None:
        """Step the optimiser of the one task that has gradients."""
        (task,) = tasks
        self.updates[task] += 1
        share = rate(task, self.updates[task], self.budgets[task], self.periods)
        if not share:
            return
        for part, rates in zip(self.own[task].parts, self.rates[task], strict=True):
            for group, lr in zip(part.param_groups, rates, strict=True):
                group["lr"] = share * lr
        self.own[task].step(tasks)
