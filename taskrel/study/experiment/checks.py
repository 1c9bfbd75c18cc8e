"""Checks of an experiment file: names, and references to tasks, recipes, groups and metrics."""

import re
from collections.abc import Iterable

from taskrel.errors import RecipeError, nearest
from taskrel.io.paths import is_file_name
from taskrel.study.experiment.experiment import Runs
from taskrel.study.experiment.published import Contrast, Published, tasks_of
from taskrel.tasks.card import METRICS

#: Metrics that tables show: those that a card may name, and further ones.
METRIC_NAMES = {name for names in METRICS.values() for name in names} | {
    f"{average}_{what}" for average in ("weighted", "macro") for what in ("precision", "recall")
}
#: Name of the similarity of the towers' states behind the gate of a level, on test.
SIMILARITY = re.compile(r"similarity_\d+")


def check_names(where: str, name: str, recipes: Iterable[str]) -> None:
    """Refuse names of the experiment and its recipes that cannot be part of a file's name."""
    for field, found in (("name", name), *(("recipes", recipe) for recipe in recipes)):
        if not is_file_name(found):
            raise RecipeError(
                f"{where}: field {field!r}: expected a name that can be part of a file's name, "
                f'without a leading period and any of / \\ : * ? " < > |, found {found!r}'
            )


def check_runs(where: str, runs: dict[str, Runs], tasks: set[str]) -> None:
    """Refuse pairs and groups of unknown tasks, and groups with the name of a task."""
    for recipe, own in runs.items():
        inside = f"{where}, recipe {recipe}"
        known(inside, "runs.pairs", "task", own.pairs or (), tasks)
        known(inside, "runs.mains", "task", own.mains or (), tasks)
        known(inside, "runs.auxiliaries", "task", own.auxiliaries or (), tasks)
        known(inside, "runs.alone", "task", own.alone or (), tasks)
        known(inside, "runs.against", "recipe", [own.against] if own.against else [], runs)
        for name, group in own.groups.items():
            known(inside, f"runs.groups.{name}", "task", group, tasks)
            if len(set(group)) < max(2, len(group)):
                raise RecipeError(
                    f"{inside}: field 'runs.groups.{name}': expected two or more "
                    f"different tasks, found {', '.join(group) or 'none'}"
                )
            # In a table of gains the name stands for the group's auxiliaries.
            if len(group) > 2 and (not name or name in tasks):
                raise RecipeError(
                    f"{inside}: field 'runs.groups': a group of three or more tasks cannot be "
                    f"called {name!r}, which is {'a task' if name else 'no name'}; rename it"
                )


def check_published(
    where: str, rows: tuple[Published, ...], runs: dict[str, Runs], tasks: set[str]
) -> None:
    """Refuse published rows of unknown tasks, recipes, groups or metrics, and repeated rows."""
    for row in rows:
        known(where, "published.recipe", "recipe", [row.recipe], runs)
        known(where, "published.task", "task", tasks_of(row), tasks)
        known(
            where,
            "published.scores",
            "metric",
            row.scores,
            METRIC_NAMES if isinstance(row.task, str) else {"accuracy"},
        )
        if row.group:
            check_group(
                where,
                "published.group",
                row.group,
                runs[row.recipe],
                "published.task",
                tasks_of(row),
            )
    keys = [(row.model, tasks_of(row), row.recipe, row.group) for row in rows]
    for key in keys:
        if keys.count(key) > 1:
            raise RecipeError(
                f"{where}: field 'published': expected rows of different models, recipes or "
                f"groups, found two of model {key[0]!r} for {' + '.join(key[1])}"
            )


def check_metrics(where: str, field: str, metrics: Iterable[str]) -> None:
    """Refuse names that are not those of a metric."""
    known(
        where,
        field,
        "metric",
        [m for m in metrics if not SIMILARITY.fullmatch(m)],
        METRIC_NAMES | {"similarity_0"},
    )


def check_contrasts(
    where: str, contrasts: tuple[Contrast, ...], runs: dict[str, Runs], tasks: set[str]
) -> None:
    """Refuse contrasts of unknown runs, contrasts of the same runs, and repeated names."""
    for contrast in contrasts:
        known(where, "contrasts.task", "task", tasks_of(contrast), tasks)
        check_metrics(where, "contrasts.metric", [contrast.metric] if contrast.metric else [])
        if contrast.metric not in ("", "accuracy") and not isinstance(contrast.task, str):
            raise RecipeError(
                f"{where}: field 'contrasts.metric': expected 'accuracy' for several tasks, "
                f"found {contrast.metric!r}"
            )
        for name, side in (("a", contrast.a), ("b", contrast.b)):
            known(where, f"contrasts.{name}.recipe", "recipe", [side.recipe], runs)
            if side.group:
                check_group(
                    where,
                    f"contrasts.{name}.group",
                    side.group,
                    runs[side.recipe],
                    "contrasts.task",
                    tasks_of(contrast),
                )
        if contrast.a == contrast.b:
            raise RecipeError(
                f"{where}: field 'contrasts': expected two recipes or groups, found the same "
                f"runs on both sides of {contrast.name!r}"
            )
    names = [contrast.name for contrast in contrasts]
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(
                f"{where}: field 'contrasts': expected different names, found {name!r} twice"
            )


def check_group(
    where: str, field: str, group: str, runs: Runs, of: str, tasks: Iterable[str]
) -> None:
    """Refuse an unknown group, and a group without these tasks, which the field `of` names."""
    known(where, field, "group", [group], runs.groups)
    known(where, of, f"task of group {group}", tasks, runs.groups[group])


def known(where: str, field: str, what: str, asked: Iterable[str], of: Iterable[str]) -> None:
    """Raise `RecipeError` where a field names something that is not one `of` these."""
    for name in asked:
        if name not in of:
            raise RecipeError(
                f"{where}: field {field!r}: unknown {what} {name!r}; {nearest(name, of)}"
            )
