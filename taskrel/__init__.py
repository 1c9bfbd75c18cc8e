"""taskrel: will this extra task help mine? Ask before you train the pair.

    import taskrel as tr

    tr.recommend("mwe").to_frame()                  # a ranking, from evidence that ships
    shop = tr.Task.from_frame(df, text="comment", label="tone", name="shop")
    tr.recommend(shop)                              # trains shop alone, once
    study = tr.create_study([shop, other], tr.Recipe(steps=500), path="runs/shop")
    study.run(jobs=2)
    study.gains()

Names are imported when they are first used, so that ``import taskrel`` costs nothing.
"""

from importlib import import_module

TYPE_CHECKING = False  # type checkers take it for True; importing typing takes longer than the rest
if TYPE_CHECKING:
    from taskrel.api import load_evidence, load_predictor, load_task
    from taskrel.errors import TaskrelError
    from taskrel.meta.evidence.evidence import Evidence
    from taskrel.meta.predictor.predictor import GainPredictor
    from taskrel.plots.calibration import calibration_data, plot_calibration
    from taskrel.plots.curves import plot_curves
    from taskrel.plots.heatmap import heatmap_data, plot_heatmap
    from taskrel.recommendation.recommend import recommend
    from taskrel.recommendation.recommendation import Recommendation
    from taskrel.recommendation.search.search import search
    from taskrel.studies import Study, create_study, plot_gains
    from taskrel.tasks.task import Task
    from taskrel.training.recipes.recipe import Recipe
    from taskrel.training.saved.model import load_model

__version__ = "0.2.0"

#: Public name → module that defines it.
_WHERE = {
    "Evidence": "taskrel.meta.evidence.evidence",
    "GainPredictor": "taskrel.meta.predictor.predictor",
    "Recipe": "taskrel.training.recipes.recipe",
    "Recommendation": "taskrel.recommendation.recommendation",
    "Study": "taskrel.studies",
    "Task": "taskrel.tasks.task",
    "TaskrelError": "taskrel.errors",
    "calibration_data": "taskrel.plots.calibration",
    "create_study": "taskrel.studies",
    "heatmap_data": "taskrel.plots.heatmap",
    "load_evidence": "taskrel.api",
    "load_model": "taskrel.training.saved.model",
    "load_predictor": "taskrel.api",
    "load_task": "taskrel.api",
    "plot_calibration": "taskrel.plots.calibration",
    "plot_curves": "taskrel.plots.curves",
    "plot_gains": "taskrel.studies",
    "plot_heatmap": "taskrel.plots.heatmap",
    "recommend": "taskrel.recommendation.recommend",
    "search": "taskrel.recommendation.search.search",
}

__all__ = [*_WHERE]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'taskrel' has no attribute {name!r}")
    found = getattr(import_module(_WHERE[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
