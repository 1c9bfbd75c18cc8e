"""A study's store with made-up results: what run_pairs leaves behind, without training."""

from itertools import combinations
from pathlib import Path

from taskrel.study.runs.plan import Run
from taskrel.study.store.store import Store
from taskrel.training.recipes.recipe import Recipe, canonical
from taskrel.training.result import Curve, RunResult

#: Single-task test score of every task and seed.
ALONE = 0.5
LAST = Recipe(checkpoint="last")


def write_study(
    folder: Path,
    features: dict[str, dict],
    gain,
    *,
    slope=None,
    seeds=(0, 1, 2),
    recipe=LAST,
    name="short",
    pairs=True,
    singles=None,
    info=None,
) -> None:
    """Fill the store in `folder` with runs of the tasks that `features` names.

    features : task → data-set features, as run_pairs notes them
    gain : function of main, aux, seed → percent
    slope : function of task, seed → slope of the training loss alone (default −0.001)
    singles : tasks that have single-task runs (default all)
    info : task → what else run_pairs notes of it: kind, family, …
    """
    singles = features if singles is None else singles
    groups = [(t,) for t in singles] + (list(combinations(sorted(features), 2)) if pairs else [])
    runs = [Run(g, tuple(f"digest-{t}" for t in g), recipe, s) for s in seeds for g in groups]
    with Store.write(folder) as store:
        store.register(
            {
                t: (f"digest-{t}", {"metric": "accuracy", "features": f, **(info or {}).get(t, {})})
                for t, f in features.items()
            },
            name,
            canonical(recipe) | {"vectors_sha256": None, "device": "cpu"},
            name,
            runs,
        )
        for run in runs:
            store.finish(run, _result(run, recipe.checkpoint, gain, slope), 1.0, {})


def _result(run: Run, checkpoint: str, gain, slope) -> RunResult:
    steps = list(range(1, 101))
    curves, scores = {}, {}
    for task in run.tasks:
        others = [t for t in run.tasks if t != task]
        falling = slope(task, run.seed) if slope and not others else -0.001
        value = ALONE * (1 + gain(task, others[0], run.seed) / 100) if others else ALONE
        curves[task, "train", "loss"] = Curve(steps, [2 + falling * i for i in steps])
        curves[task, "dev", "loss"] = Curve([50, 100], [1.0, 0.5])
        curves[task, "dev", "accuracy"] = Curve([50, 100], [0.25, 0.375])
        # Scores that are not of record, all of which would give other gains.
        for split in ("dev", "test"):
            for weights in ("best", "last"):
                for metric in ("accuracy", "macro_f1"):
                    scores[task, split, weights, metric] = 0.1 + 0.7 * len(run.tasks) / 2
        scores[task, "test", checkpoint, "accuracy"] = value
    return RunResult(curves, scores)
