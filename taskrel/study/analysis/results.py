"""Results of a study, read from its store: scores, gains, reliability, tables, curves."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from taskrel.study.analysis.gains import gains, gains_per_seed
from taskrel.study.analysis.noise_by_budget import noise_by_budget
from taskrel.study.analysis.records import against, record_scores
from taskrel.study.analysis.reliability import SeedNoise, seed_noise
from taskrel.study.analysis.score_tables import ScoreTables, score_tables
from taskrel.study.analysis.single_curves import single_curves
from taskrel.study.analysis.smoothed import noise_by_score
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.part import Part
from taskrel.study.runs.plan import Run
from taskrel.study.store.store import Store
from taskrel.training.recipes.budget import budgets_of
from taskrel.training.recipes.recipe import Recipe

#: Columns of the table of scores.
SCORES = ("recipe", "task", "tasks", "seed", "split", "metric", "value")


@dataclass
class Results:
    """Results of a study.

    process_seconds : training time of the planned runs that are done, on whatever machine
    scores : recipe, task, tasks, seed, split, metric, value (of the recipe's checkpoint),
        steps_per_second of the planned runs
    stored_scores : the same of all runs that the store has under the same recipes
    asked : `gains` of the planned runs, with --main and --aux of those tasks only
    seed_noise : recipe → share of seed noise in the gains of the planned runs
    by_score : recipe → reliability by test score and by smoothed score (`noise_by_score`)
    budgets, stored_budgets : recipe → the same at parts of the budget (`noise_by_budget`), of
        the planned runs and of all that the store has under the same recipes
    per_seed, summary : as `gains_per_seed` and `gains` return them, of all runs
        that the store has under the same recipes
    tables, stored_tables : tables that the experiment asks for, of the planned runs and of
        all in the store
    curves : recipe → task, seed, split, step, loss, score of the single-task runs
    kinds : task → its kind, as `Task.kind_and_unit` names it, of all that the store has
    """

    study: PlannedStudy
    counts: dict[str, int]
    process_seconds: float
    scores: pd.DataFrame
    stored_scores: pd.DataFrame
    asked: pd.DataFrame
    seed_noise: dict[str, SeedNoise]
    by_score: dict[str, pd.DataFrame]
    budgets: dict[str, pd.DataFrame]
    stored_budgets: dict[str, pd.DataFrame]
    per_seed: pd.DataFrame
    summary: pd.DataFrame
    tables: ScoreTables
    stored_tables: ScoreTables
    curves: dict[str, pd.DataFrame]
    kinds: dict[str, str]


def collect(study: PlannedStudy, out: Path) -> Results:
    """Read results from the store in `out`.

    Printed tables are about the planned runs. Written ones are about all runs that the store has
    under the same recipe, so that a call for a few tasks does not remove rows from the files of
    a whole study.
    """
    with Store.read(out) as store:
        status, seconds = store.status(), store.seconds()
        parts = [_part(part, store, seconds) for part in study.parts]
        curves = {part.name: store.dev_curves(part.digest) for part in study.parts}
    done = [i for i in study.runs if status.get(i) == "done"]
    trained = [i for i in done if i in study.trained]
    counts = {
        "planned": len(study.runs),
        "trained": len(trained),
        "cached": len(done) - len(trained),
        "failed": sum(status.get(i) == "failed" for i in study.runs),
    }
    scores = pd.concat([p.scores for p in parts], ignore_index=True)
    planned = scores[scores.run.isin(study.runs)]
    runs = {(run.tasks, run.seed) for run in study.runs.values()}
    now = {
        name: {key: curve for key, curve in found.items() if (key[0], key[2]) in runs}
        for name, found in curves.items()
    }
    records = _records(planned, study.parts, parts)
    kinds = {task: info.get("kind", "") for part in parts for task, info in part.infos.items()}
    per_seed = of_planned = gains_per_seed(pd.concat(records.values(), ignore_index=True))
    stored_budgets = budgets = _budgets(study, now)
    stored_tables = tables = score_tables(study, planned, now)
    if len(planned) < len(scores) or any(len(now[name]) < len(curves[name]) for name in now):
        every = _records(scores, study.parts, parts)
        per_seed = gains_per_seed(pd.concat(every.values(), ignore_index=True))
        stored_budgets = _budgets(study, curves)
        stored_tables = score_tables(study, scores, curves)
    asked = _asked(of_planned, study)
    summary = gains(per_seed)
    return Results(
        study,
        counts,
        sum(seconds[identity] for identity in done),
        planned,
        scores,
        summary if asked.equals(per_seed) else gains(asked),
        {part.name: seed_noise(asked[asked.recipe == part.name]) for part in study.parts},
        {
            part.name: noise_by_score(
                records[part.name], now.get(part.against, {}) | now[part.name], kinds
            )
            for part in study.parts
        },
        budgets,
        stored_budgets,
        per_seed,
        summary,
        tables,
        stored_tables,
        {part.name: p.curves for part, p in zip(study.parts, parts, strict=True)},
        kinds,
    )


@dataclass
class _Part:
    """Contents of the store under one recipe; infos : task → what is known of it."""

    scores: pd.DataFrame
    infos: dict[str, dict]
    curves: pd.DataFrame


def _part(part: Part, store: Store, seconds: dict[str, float]) -> _Part:
    scores = store.scores(part.digest)
    scores = scores[scores.checkpoint == part.recipe.checkpoint].assign(recipe=part.name)
    infos = store.infos(part.digest)
    steps = {tasks: _steps(tasks, part.recipe, infos) for tasks in set(scores.tasks)}
    scores["steps_per_second"] = scores.tasks.map(steps) / scores.run.map(seconds)
    return _Part(scores, infos, single_curves(part, store))


def _steps(tasks: tuple[str, ...], recipe: Recipe, infos: dict[str, dict]) -> int:
    """Optimisation steps of a run, whether or not it is planned in this call."""
    updates = tuple(budgets_of([infos[name]["train"] for name in tasks], recipe))
    return Run(tasks, (), recipe, 0, updates=updates).steps


def _records(
    scores: pd.DataFrame, recipes: list[Part], parts: list[_Part]
) -> dict[str, pd.DataFrame]:
    """Recipe → test scores of its runs, and of the single-task runs that gains are relative to."""
    records = {
        recipe.name: record_scores(
            scores[scores.recipe == recipe.name],
            recipe.recipe.checkpoint,
            {name: info["metric"] for name, info in part.infos.items()},
            name=recipe.name,
            symmetric=recipe.recipe.symmetric,
            groups=recipe.groups,
        )
        for recipe, part in zip(recipes, parts, strict=True)
    }
    return {
        recipe.name: against(records[recipe.name], records[recipe.against])
        if recipe.against
        else records[recipe.name]
        for recipe in recipes
    }


def _budgets(study: PlannedStudy, curves: dict[str, dict]) -> dict[str, pd.DataFrame]:
    return {part.name: noise_by_budget(curves[part.name], part.recipe) for part in study.parts}


def _asked(per_seed: pd.DataFrame, study: PlannedStudy) -> pd.DataFrame:
    """Gains of the main task and the auxiliaries that the call is about."""
    if study.main is not None:
        per_seed = per_seed[per_seed.main == study.main]
    if study.aux is not None:
        per_seed = per_seed[
            [
                aux not in study.tasks or study.aux.allow(main, aux)
                for main, aux in zip(per_seed.main, per_seed.aux, strict=True)
            ]
        ]
    return per_seed
