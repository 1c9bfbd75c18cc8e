"""Whether the tasks of planned runs fit the recipe, checked before anything is trained."""

from collections.abc import Iterable, Mapping

from taskrel.errors import RecipeError
from taskrel.models.encoders.stack import Level
from taskrel.study.runs.plan import Run, mains_of
from taskrel.tasks.task import Task
from taskrel.training.build import build_encoder
from taskrel.training.build_heads import readings
from taskrel.training.recipes.recipe import Recipe, Transformer


def check_fit(where: str, runs: Iterable[Run], recipe: Recipe, tasks: Mapping[str, Task]) -> None:
    """Raise `RecipeError`, after `where`, for the first run that cannot be trained.

    A run whose main task is automated is refused, too, since nothing would be scored.
    """
    # The levels of a transformer are in its weights; none of its states is causal.
    levels = (
        [Level(1)]
        if isinstance(recipe.encoder, Transformer)
        else build_encoder(1, recipe, 0).levels
    )
    for names in dict.fromkeys(run.tasks for run in runs):
        if len(names) > 1 and not mains_of(names, recipe):
            raise RecipeError(
                f"{where}: field 'runs.groups': {', '.join(names)}: the main task is "
                "an automated one, which is an auxiliary only; name another one "
                "first"
            )
        try:
            readings([tasks[name] for name in names], levels, recipe)
        except RecipeError as e:
            raise RecipeError(f"{where}: {str(e).removeprefix('recipe: ')}") from None
