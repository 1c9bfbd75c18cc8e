"""Evidence: features of tasks and measured gains of their pairs, what a predictor learns from.

``evidence_from_store("runs/bingel2017")`` makes it from the store of a study.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.errors import EvidenceError, UsageError, nearest
from taskrel.meta.curve_features import CURVE_FEATURES, curve_features
from taskrel.meta.dataset_features import DATASET_FEATURES

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.store import Store

#: The paper's features of one task, name → words; columns of `Evidence.tasks`.
TASK_FEATURES = DATASET_FEATURES | CURVE_FEATURES


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was measured under one recipe.

    name : where it comes from, for people
    recipe : the recipe as plain data, fields off their default
    symmetric : whether one run gives both directed gains of a pair
    tasks : DataFrame of shape (n_tasks, n_features), index task; NaN for missing
    gains : DataFrame, a row per recipe, directed pair and seed (`gains_per_seed`)
    summary : DataFrame, a row per directed pair (`gains`)
    """

    name: str
    recipe: dict[str, Any]
    symmetric: bool
    tasks: "pd.DataFrame"
    gains: "pd.DataFrame"
    summary: "pd.DataFrame"

    def check(self, task: str) -> None:
        """Raise `UsageError` where this evidence does not know `task`."""
        if task not in self.tasks.index:
            raise UsageError(f"task {task!r} is not in evidence {self.name}; "
                             f"{nearest(task, self.tasks.index)}")


def evidence_from_store(path: str | Path, recipe: str | None = None) -> Evidence:
    """Read evidence from a study's store, opened read-only.

    Scores are those of record: each task's main metric on test, with the
    checkpoint that the recipe names.

    Parameters
    ----------
    path : str or Path
        The study's folder, or the store in it.
    recipe : str or None
        Name of one of the store's recipes; None takes the last used one.

    Raises
    ------
    UsageError
        Where the store has no recipe of that name.
    EvidenceError
        Where no pair has been run under the recipe yet.
    """
    from taskrel.study.gains import gains, gains_per_seed
    from taskrel.study.results import record_scores
    from taskrel.study.store import Store
    from taskrel.training.recipe import parse_recipe

    with Store.read(Path(path)) as store:
        recipes = store.recipes()
        digest, name, fields = _choose(recipes, recipe, store.path)
        where = f"{store.path.resolve().parent.name}, recipe {name}"
        scores = store.scores(digest)
        if not (scores.tasks.str.len() == 2).any():
            raise EvidenceError(f"store {store.path}: no pair has been trained under recipe "
                                f"{name!r} yet; run_pairs (without --alone) trains them")
        metrics = {task: info["metric"] for task, info in store.infos(digest).items()}
        record = record_scores(scores, fields.get("checkpoint", "best"), metrics, name=name)
        tasks = task_features(store, digest, sorted(set(scores.task)))
    per_seed = gains_per_seed(record)
    own = {k: v for k, v in fields.items() if k not in ("vectors_sha256", "device")}
    symmetric = parse_recipe(own, where).symmetric
    return Evidence(where, fields, symmetric, tasks, per_seed, gains(per_seed))


def task_features(store: "Store", recipe_digest: str, names: Iterable[str]) -> "pd.DataFrame":
    """Features of the named tasks under one recipe.

    Data-set features are as `run_pairs` noted them in the store. Curve features
    come from the training losses of the single-task runs, seed by seed, and are
    then averaged over the seeds that have them.

    Returns
    -------
    DataFrame of shape (n_tasks, n_features)
        Index task, columns `TASK_FEATURES`; NaN where a task's info or
        single-task runs are not in the store.
    """
    import pandas as pd

    rows = pd.DataFrame([{"task": task, **curve_features(curve.steps, curve.values)}
                         for (task, _, split, name), curve in store.curves(recipe_digest).items()
                         if (split, name) == ("train", "loss")],
                        columns=["task", *CURVE_FEATURES])
    curves = rows.groupby("task").mean()
    infos = store.infos(recipe_digest)
    data = pd.DataFrame({task: info.get("features", {}) for task, info in infos.items()},
                        dtype=float).T
    features = curves.join(data, how="outer").reindex(index=list(names), columns=[*TASK_FEATURES])
    return features.astype(float).rename_axis("task")


def _choose(recipes: list[tuple[str, str, dict]], name: str | None,
            path: Path) -> tuple[str, str, dict]:
    """The last used recipe (of that name)."""
    if not recipes:
        raise EvidenceError(f"store {path}: it has no runs yet; run_pairs trains them")
    for recipe in recipes:
        if name in (None, recipe[1]):
            return recipe
    raise UsageError(f"unknown recipe {name!r} in store {path}; "
                     f"{nearest(name, {r[1] for r in recipes})}")
