"""What an experiment file says of runs and tables must fit its tasks, recipes and groups."""

import re
from collections.abc import Iterable

from taskrel.errors import RecipeError, nearest
from taskrel.study.experiment.experiment import Runs
from taskrel.study.experiment.published import Contrast, Published, tasks_of
from taskrel.tasks.card import METRICS

#: Metrics that tables show: any main one of a card, and those that are never one.
METRIC_NAMES = {name for names in METRICS.values() for name in names} | {
    f"{average}_{what}" for average in ("weighted", "macro") for what in ("precision", "recall")
}
#: How alike the towers' states are behind a level's gate, on test.
SIMILARITY = re.compile(r"similarity_\d+")


def check_runs(where: str, runs: dict[str, Runs], tasks: set[str]) -> None:
    """Pairs and groups of tasks that there are, under names that mean one thing."""
    for recipe, own in runs.items():
        inside = f"{where}, recipe {recipe}"
        known(inside, "runs.pairs", "task", own.pairs or (), tasks)
        known(inside, "runs.alone", "task", own.alone or (), tasks)
        known(inside, "runs.against", "recipe", [own.against] if own.against else [], runs)
        for name, group in own.groups.items():
            known(inside, f"runs.groups.{name}", "task", group, tasks)
            if len(set(group)) < max(2, len(group)):
                raise RecipeError(
                    f"{inside}: field 'runs.groups.{name}': expected two or more "
                    f"different tasks, found {', '.join(group) or 'none'}"
                )
            if len(group) > 2 and (not name or name in tasks):  # it stands for an auxiliary
                raise RecipeError(
                    f"{inside}: field 'runs.groups': {name!r} cannot be the name of "
                    "three tasks or more, for it means "
                    f"{'the task of that name' if name else 'none'}; rename it"
                )


def check_published(
    where: str, rows: tuple[Published, ...], runs: dict[str, Runs], tasks: set[str]
) -> None:
    """Published rows of runs that there are, each once."""
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
                f"{where}: field 'published': two rows of model {key[0]!r} for "
                f"{' + '.join(key[1])}; expected one, or different recipes or groups"
            )


def check_metrics(where: str, field: str, metrics: Iterable[str]) -> None:
    """Metrics that some run may have."""
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
    """Contrasts of different runs, by names of their own."""
    for contrast in contrasts:
        known(where, "contrasts.task", "task", tasks_of(contrast), tasks)
        check_metrics(where, "contrasts.metric", [contrast.metric] if contrast.metric else [])
        if contrast.metric not in ("", "accuracy") and not isinstance(contrast.task, str):
            raise RecipeError(
                f"{where}: field 'contrasts.metric': of several tasks expected "
                f"'accuracy', found {contrast.metric!r}"
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
                f"{where}: field 'contrasts': both sides of {contrast.name!r} are "
                "the same runs; expected two recipes or groups"
            )
    names = [contrast.name for contrast in contrasts]
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(
                f"{where}: field 'contrasts': two are called {name!r}; expected different names"
            )


def check_group(
    where: str, field: str, group: str, runs: Runs, of: str, tasks: Iterable[str]
) -> None:
    """A group of these runs that has these tasks, which the field `of` names."""
    known(where, field, "group", [group], runs.groups)
    known(where, of, f"task of group {group}", tasks, runs.groups[group])


def known(where: str, field: str, what: str, asked: Iterable[str], of: Iterable[str]) -> None:
    """Raise `RecipeError` where a field asks for what is none `of` these."""
    for name in asked:
        if name not in of:
            raise RecipeError(
                f"{where}: field {field!r}: unknown {what} {name!r}; {nearest(name, of)}"
            )
