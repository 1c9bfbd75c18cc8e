"""Made-up runs and results, to fill a store without training."""

from taskrel.study.runs.plan import Run
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Curve, RunResult

ALONE = Run(("a",), ("d1",), Recipe(), 0)
PAIR = Run(("a", "b"), ("d1", "d2"), Recipe(), 0)
TASKS = {"a": ("d1", {"metric": "accuracy"}), "b": ("d2", {"metric": "macro_f1"})}


def result(*tasks, value=0.5):
    return RunResult(
        {(t, "train", "loss"): Curve([1, 2], [1.5, 0.25]) for t in tasks},
        {(t, "test", "best", "accuracy"): value for t in tasks},
    )
