"""What run_pairs hands over: results from the store, one JSON document, CSV files, pictures."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from taskrel.command import table, to_json
from taskrel.comparison_text import with_short_tasks
from taskrel.meta.dataset_features import dataset_features, more_dataset_features
from taskrel.meta.evidence_store import task_features
from taskrel.places import atomic
from taskrel.report.comparison import comparison_data, save_comparison
from taskrel.report.curves import save_curves
from taskrel.report.heatmap import heatmap_data, save_heatmap
from taskrel.study.comparison import comparison
from taskrel.study.experiment import tasks_of
from taskrel.study.gains import gains, gains_per_seed
from taskrel.study.results import record_scores
from taskrel.study.store import Store
from taskrel.study.study import Part, Study
from taskrel.tasks.load import describe
from taskrel.tasks.task import Task
from taskrel.training.result import Curve

#: More points than a picture can show are averaged block by block.
POINTS = 250


def task_info(task: Task, known_words: set[str] | None) -> dict:
    """What the store keeps of a task: sizes, family, data-set features."""
    features = dataset_features(task, known_words) | more_dataset_features(task)
    return describe(task) | {"family": task.family, "features": features}


@dataclass
class Results:
    """Results of one call of run_pairs.

    scores : recipe, task, tasks, seed, split, metric, value (checkpoint of
        record) of the planned runs
    asked : `gains` of the planned runs, with --main of that task only
    per_seed, summary : as `gains_per_seed` and `gains` return them, of all runs
        that the store has under the same recipes
    compared, stored_comparison : as `comparison` returns it, of the planned runs and
        of all in the store; without rows where the experiment names no published scores
    features : recipe, task and the features of each task
    curves : recipe → task, seed, split, step, loss, score of the single-task runs
    """

    study: Study
    counts: dict[str, int]
    scores: pd.DataFrame
    asked: pd.DataFrame
    per_seed: pd.DataFrame
    summary: pd.DataFrame
    compared: pd.DataFrame
    stored_comparison: pd.DataFrame
    features: pd.DataFrame
    curves: dict[str, pd.DataFrame]


def collect(study: Study, out: Path) -> Results:
    """Read results from the store in `out`.

    The tables to print are about the planned runs; those to write are about all
    that the store has under the same recipe, so that a call for a few tasks does
    not narrow the files of a whole study.
    """
    with Store.read(out) as store:
        status = store.status()
        parts = [_part(part, store) for part in study.parts]
    done = [i for i in study.runs if status.get(i) == "done"]
    trained = [i for i in done if i in study.trained]
    counts = {"planned": len(study.runs), "trained": len(trained),
              "cached": len(done) - len(trained),
              "failed": sum(status.get(i) == "failed" for i in study.runs)}
    scores = pd.concat([p.scores for p in parts], ignore_index=True)
    planned = scores[scores.run.isin(study.runs)]
    asked = _gains(planned, study.parts, parts)
    if study.main is not None:
        asked = asked[asked.main == study.main]
    per_seed = _gains(scores, study.parts, parts)
    return Results(study, counts, planned, gains(asked), per_seed, gains(per_seed),
                   comparison(study, planned), comparison(study, scores),
                   pd.concat([p.features for p in parts], ignore_index=True),
                   {part.name: p.curves for part, p in zip(study.parts, parts, strict=True)})


@dataclass
class _Part:
    """What the store has under one recipe."""

    scores: pd.DataFrame
    metrics: dict[str, str]
    features: pd.DataFrame
    curves: pd.DataFrame


def _part(part: Part, store: Store) -> _Part:
    scores = store.scores(part.digest)
    scores = scores[scores.checkpoint == part.recipe.checkpoint].assign(recipe=part.name)
    infos = store.infos(part.digest)
    features = task_features(store, part.digest, list(infos))
    features.insert(0, "recipe", part.name)
    return _Part(scores, {name: info["metric"] for name, info in infos.items()},
                 features.reset_index(names="task"), _curves(part, store))


def _gains(scores: pd.DataFrame, recipes: list[Part], parts: list[_Part]) -> pd.DataFrame:
    """Gains seed by seed, of the recipes one after the other."""
    records = [record_scores(scores[scores.recipe == recipe.name], recipe.recipe.checkpoint,
                             part.metrics, name=recipe.name,
                             symmetric=recipe.recipe.symmetric, groups=recipe.groups)
               for recipe, part in zip(recipes, parts, strict=True)]
    return gains_per_seed(pd.concat(records, ignore_index=True))


def _curves(part: Part, store: Store) -> pd.DataFrame:
    """Single-task curves: task, seed, split, step, loss and, for dev, score."""
    rows = []
    for (task, seed, split, name), curve in store.curves(part.digest).items():
        column = "loss" if name == "loss" else "score"
        rows.append(_thinned(curve, column).assign(task=task, seed=seed, split=split))
    if not rows:
        return pd.DataFrame()
    return pd.concat(rows).groupby(["task", "seed", "split", "step"], as_index=False).first()


def _thinned(curve: Curve, column: str) -> pd.DataFrame:
    """At most `POINTS` points of a curve: means over blocks of as many steps each."""
    block = -(-len(curve.steps) // POINTS)
    frame = pd.DataFrame({"step": curve.steps, column: curve.values})
    means = frame.groupby(frame.index // block).agg({"step": "last", column: "mean"})
    return means.reset_index(drop=True)


def write(results: Results, out: Path, figures: Path) -> None:
    """Write gains.csv, summary.csv, features.csv, comparison.csv into `out`, and the pictures.

    The comparison of a call that leaves out some of its tasks is not written: it
    would take the place of a whole one.
    """
    study = results.study.name
    frames = {"gains": results.per_seed, "summary": results.summary, "features": results.features}
    compared = {task for row in results.study.published for task in tasks_of(row)}
    if len(results.stored_comparison) and results.study.tasks.keys() >= compared:
        frames["comparison"] = results.stored_comparison
        save_comparison(comparison_data(with_short_tasks(results.stored_comparison)), figures,
                        f"{study}-comparison", title=results.study.title or None)
    for name, frame in frames.items():
        with atomic(out / f"{name}.csv") as path:
            frame.to_csv(path, index=False)
    for recipe, curves in results.curves.items():
        cells = results.summary[results.summary.recipe == recipe]
        stem = study if recipe == study else f"{study}-{recipe}"
        if len(cells):
            save_heatmap(heatmap_data(cells), figures, f"{stem}-gains",
                         title=results.study.title or None)
        if len(curves):
            save_curves(curves, figures, f"{stem}-curves")


def document(results: Results) -> str:
    """The one JSON document of ``--json``."""
    scores = results.scores[["recipe", "task", "tasks", "seed", "split", "metric", "value"]]
    cells = results.asked[["recipe", "main", "aux", "gain", "low", "high", "difference",
                           "n_seeds", "q", "verdict"]]
    return to_json({"schema": 1, "study": results.study.name, "runs": results.counts,
                    "scores": scores.to_dict("records"), "gains": cells.to_dict("records"),
                    "comparison": results.compared.to_dict("records"),
                    "warnings": results.study.warnings, "seconds": results.study.seconds})


def dry_run(study: Study, out: Path, retry_failed: bool, as_json: bool) -> str:
    """What a call would train and what the store in `out` has already."""
    from taskrel.study.execute import pending
    from taskrel.study.store import NAME

    status = {}
    if (out / NAME).exists():
        with Store.read(out) as store:
            status = store.status()
    rows = []
    for part in study.parts:
        missing = pending(part.runs, status, retry_failed)
        rows.append({"recipe": part.name, "runs": len(part.runs),
                     "alone": sum(len(r.tasks) == 1 for r in part.runs),
                     "to train": len(missing), "steps": sum(r.steps for r in missing)})
    if as_json:
        return to_json({"schema": 1, "study": study.name, "dry_run": rows,
                        "tasks": [describe(t) for t in study.tasks.values()],
                        "warnings": study.warnings})
    tasks = table([describe(t) for t in study.tasks.values()],
                  ["task", "kind", "metric", "labels", "train", "dev", "test"])
    return f"{tasks}\n\n{table(rows, ['recipe', 'runs', 'alone', 'to train', 'steps'])}"
