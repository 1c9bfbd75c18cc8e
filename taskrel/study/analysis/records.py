"""Records: the test scores of a store that gains are computed from."""

import hashlib
import json
from collections.abc import Mapping

import pandas as pd

from taskrel.study.runs.plan import Run
from taskrel.tasks.automated.names import is_automated
from taskrel.training.recipes.recipe import Recipe, canonical


def recipe_digest(recipe: Recipe, vectors: str | None, device: str) -> str:
    """Identity of a resolved recipe: what all runs of one gains table share."""
    spec = Run((), (), recipe, 0, vectors, device).spec
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()


def described(recipe: Recipe, vectors: str | None, device: str) -> dict:
    """The recipe as the store keeps it: fields that differ from their default, checksum, device."""
    return canonical(recipe) | {"vectors_sha256": vectors, "device": device}


def record_scores(
    scores: pd.DataFrame,
    checkpoint: str,
    metrics: Mapping[str, str],
    *,
    name: str = "",
    symmetric: bool = True,
    groups: Mapping[tuple[str, ...], str] | None = None,
) -> pd.DataFrame:
    """Test scores of one checkpoint, in the shape that `gains_per_seed` reads.

    scores : as `Store.scores` returns them
    checkpoint : "best" or "last", as the recipe says
    metrics : main metric of each task
    symmetric : whether each task of a run is a main task; else only its first one is
    groups : tasks of a run of three or more → name of its set of auxiliaries, such as "all"

    Returns a row per run and main task: recipe (`name`), main, aux ("" for a single-task run;
    several auxiliaries by the name of their set, else joined by " + "), seed, score (a
    fraction). An automated task has rows for its single-task runs only, since it is never the
    main task of others.
    """
    scores = scores[
        (scores.split == "test")
        & (scores.checkpoint == checkpoint)
        & (scores.metric == scores.task.map(metrics))
    ]
    if not symmetric:
        scores = scores[scores.task == scores.tasks.map(lambda tasks: tasks[0])]
    scores = scores[(scores.tasks.map(len) == 1) | ~scores.task.map(is_automated).astype(bool)]
    aux = [
        _auxiliaries(task, tasks, groups or {})
        for task, tasks in zip(scores.task, scores.tasks, strict=True)
    ]
    return pd.DataFrame(
        {
            "recipe": name,
            "main": scores.task,
            "aux": aux,
            "seed": scores.seed,
            "score": scores.value,
        }
    ).reset_index(drop=True)


def against(records: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """The records of one recipe with the single-task scores of another in place of its own."""
    single = baseline[baseline["aux"] == ""]
    multi = records[records["aux"] != ""]
    single = single.assign(recipe=multi["recipe"].iloc[0]) if len(multi) else single[:0]
    return pd.concat([single, multi], ignore_index=True)


def _auxiliaries(main: str, tasks: tuple[str, ...], groups: Mapping[tuple[str, ...], str]) -> str:
    others = " + ".join(task for task in tasks if task != main)
    return groups.get(tasks, others) if len(tasks) > 2 else others
