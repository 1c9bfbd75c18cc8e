"""A study from Python: tasks × recipes × seeds, kept in one folder, resumed where it stopped.

study = create_study([shop, "topic"], Recipe(steps=500), seeds=3, path="runs/shop")
study.run(jobs=2)
study.gains()
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import UsageError
from taskrel.study.experiment.experiment import Entry, Experiment
from taskrel.study.experiment.file import entries, load_experiment, resolved
from taskrel.tasks.task import Task, label_level
from taskrel.training.recipes.recipe import Recipe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from taskrel.meta.evidence.evidence import Evidence
    from taskrel.study.analysis.results import Results
    from taskrel.study.planned import PlannedStudy

#: Columns of the public table of scores.
SCORES = ["recipe", "task", "tasks", "seed", "split", "metric", "value"]


class Study:
    """Runs of some tasks, alone and in pairs, and what they say.

    Attributes
    ----------
    path : Path
        Folder of the study: its store, and what `run` writes.
    planned : PlannedStudy
        The tasks that were read, and the runs that were planned.
    """

    def __init__(self, planned: "PlannedStudy", path: Path):
        self.planned, self.path = planned, path

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self.planned.name

    @property
    def tasks(self) -> dict[str, Task]:
        """Tasks by name."""
        return self.planned.tasks

    @property
    def warnings(self) -> list[str]:
        """What to know about the tasks before believing any score."""
        return self.planned.warnings

    def __repr__(self) -> str:
        return (
            f"Study({self.name}: {len(self.tasks)} tasks, {len(self.planned.runs)} runs, "
            f"in {self.path})"
        )

    def run(
        self,
        jobs: int | None = None,
        *,
        train: bool = True,
        retry_failed: bool = False,
        import_from: str | Path | None = None,
        progress: bool = True,
    ) -> int:
        """Train the runs that the store lacks, and measure features; returns how many runs failed.

        Finished runs are kept, so that after an interruption the same call goes on.

        Parameters
        ----------
        jobs : int or None
            Worker processes; None: one per core.
        train : bool
            False: train nothing and measure nothing, only register what is planned.
        retry_failed : bool
            Whether to train runs again that failed in an earlier call.
        import_from : path or None
            An export, whose runs are imported first.
        progress : bool
            Whether to show a progress bar.

        Raises
        ------
        StoreError
            Where the store cannot be written, or another process is writing to it.
        """
        from taskrel.meta.features.measure import measure
        from taskrel.meta.features.task_info import task_info

        failed = self.planned.train(
            self.path,
            task_info,
            jobs=jobs,
            retry_failed=retry_failed,
            bar=progress,
            import_from=Path(import_from) if import_from else None,
            train=train,
        )
        if train:
            measure(self.planned, self.path, jobs=jobs, bar=progress)
        return failed

    def results(self) -> "Results":
        """Everything that the store says; `scores` and `gains` are parts of it."""
        from taskrel.study.analysis.results import collect

        return collect(self.planned, self.path)

    def scores(self) -> "pd.DataFrame":
        """Scores of the finished runs, at the checkpoint of record.

        Returns
        -------
        DataFrame
            recipe, task (the one scored), tasks (tuple, those trained together), seed, split,
            metric, value (a fraction)
        """
        return self.results().scores[SCORES].reset_index(drop=True)

    def gains(self) -> "pd.DataFrame":
        """Mean gain of each pair with its 95 % interval, corrected test and verdict.

        Returns
        -------
        DataFrame
            As `study.analysis.gains.gains` returns it: recipe, main, aux, gain, low, high
            (percent), difference, stl, mtl (fractions), n_seeds, p, q, verdict.
        """
        return self.results().asked

    def features(self) -> "pd.DataFrame":
        """Features of the tasks: recipe, task and a column per feature."""
        from taskrel.meta.evidence.from_store import features_by_recipe

        return features_by_recipe(self.planned, self.path)

    def evidence(self, recipe: str | None = None) -> "Evidence":
        """The study as evidence, for `recommend` and `load_predictor`."""
        from taskrel.meta.evidence.from_store import evidence_from_store

        return evidence_from_store(self.path, recipe)

    def export(self, path: str | Path) -> None:
        """Write the finished runs to a text file (.jsonl.gz), to go on with elsewhere."""
        from taskrel.study.store.export import export_runs
        from taskrel.study.store.store import Store

        with Store.read(self.path) as store:
            export_runs(store, Path(path))

    def save_models(self, folder: str | Path, data: str | Path | None = None) -> dict[str, Path]:
        """Write a model of each main task, which `load_model` reads.

        It is the one of the tasks and recipe with the highest mean score on dev, and of the seed
        with the highest one.

        Parameters
        ----------
        folder : path
            A folder of the task's name is written into it.
        data : path or None
            The data folder, where word vectors are; None: TASKREL_DATA, else the user's cache
            folder.

        Returns
        -------
        dict
            Main task → folder of its model.

        Raises
        ------
        RecipeError
            Where only the top layers of a transformer were trained.
        """
        from taskrel.study.runs.best import best_runs
        from taskrel.study.runs.keep import keep_model

        found = {}
        for main, part, run in best_runs(self.planned, self.path):
            found[main] = Path(folder) / main.replace(":", "-")
            keep_model(self.planned, part, run, main, self.path, found[main], data)
        return found

    def plot_gains(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the gains as a heat map; see `taskrel.plot_gains`."""
        return plot_gains(self, ax=ax)


def create_study(
    tasks: Sequence[str | Path | Task | Entry] | str | Path | Experiment,
    recipe: Recipe | Mapping[str, Recipe] | None = None,
    *,
    seeds: int | Sequence[int] | None = None,
    path: str | Path | None = None,
    data: str | Path | None = None,
    name: str | None = None,
    **options,
) -> Study:
    """Read tasks and plan their runs: each task alone, and every two together.

    If the folder has runs of an earlier study, they are kept and only missing ones are trained.

    Parameters
    ----------
    tasks : sequence of str, path or Task, or an experiment
        Tasks in memory, and names or files of cards; or one experiment, by its name or file.
    recipe : Recipe, mapping of name to Recipe, or None
        None: the default recipe, or those of the experiment.
    seeds : int, sequence of int, or None
        Number of random seeds (0, 1, …), or the seeds; None: three, or the experiment's.
    path : path or None
        Folder of the study; None: ``runs/<name>``.
    data : path or None
        The data folder; None: TASKREL_DATA, else the user's cache folder.
    name : str or None
        Of the study, in messages and file names; None: the experiment's, or the folder's.
    **options
        Further ones of `study.prepare.prepare_study`: main, aux, only, single, group_all,
        recipes, steps, vectors, device, remove_leaks.

    Raises
    ------
    UsageError, RecipeError, CardError, DataError, VectorsError
        Where an argument, a card or a file is missing or wrong; nothing is trained before.
    """
    from taskrel.study.prepare import prepare_study

    chosen = None if seeds is None else range(seeds) if isinstance(seeds, int) else seeds
    given: dict[str, Task] = {}
    if isinstance(tasks, str | Path | Experiment):
        experiment = tasks if isinstance(tasks, Experiment) else load_experiment(tasks)
        if recipe is not None:
            raise UsageError("an experiment has recipes of its own; leave recipe out")
    else:
        given = {t.name: t for t in tasks if isinstance(t, Task)}
        name = name or (Path(path).resolve().name if path else "study")
        own = {"default": recipe or Recipe()} if not isinstance(recipe, Mapping) else dict(recipe)
        found = [e for t in tasks for e in _entries(t)]
        experiment = Experiment(name, resolved(found), (0, 1, 2), own, tuple(own))
    planned = prepare_study(
        experiment,
        data=str(data) if data else None,
        given=given,
        seeds=None if chosen is None else list(chosen),
        **options,
    )
    return Study(planned, Path(path) if path else Path("runs") / planned.name)


def _entries(task: str | Path | Task | Entry) -> tuple[Entry, ...]:
    if isinstance(task, Task):
        return (Entry(task.name),)
    return entries([task if isinstance(task, Entry) else str(task)])


def plot_gains(source: "Evidence | Study", *, ax: "Axes | None" = None) -> "Axes":
    """Draw the gains of an evidence or a study as a heat map: rows main, columns auxiliary.

    Parameters
    ----------
    source : Evidence or Study
        With measured gains.
    ax : matplotlib Axes or None
        Where to draw; None: a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    EvidenceError
        Where there are no gains, or those of several recipes.
    """
    from taskrel.errors import EvidenceError
    from taskrel.meta.evidence.evidence import Evidence
    from taskrel.plots.heatmap import heatmap_data, plot_heatmap

    if isinstance(source, Evidence):
        cells, kinds = source.summary, source.about["kind"].to_dict()
    else:
        cells = source.gains()
        kinds = {name: task.kind_and_unit for name, task in source.tasks.items()}
    if cells["gain"].notna().sum() == 0:
        raise EvidenceError("there are no gains to draw; train pairs first")
    recipes = cells["recipe"].unique()
    if len(recipes) > 1:
        raise EvidenceError(
            f"gains of several recipes ({', '.join(recipes)}) do not fit one heat map; draw "
            "taskrel.plot_heatmap(taskrel.heatmap_data(gains)) of one of them"
        )
    levels = {task: label_level(kind) for task, kind in kinds.items()}
    return plot_heatmap(heatmap_data(cells, order=[*kinds], levels=levels), ax=ax)
