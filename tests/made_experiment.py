"""A made-up experiment of planted tasks, its recipes and what a study of it is asked for."""

from pathlib import Path

from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.training.recipes.recipe import BiLSTM, Recipe

#: Cards of planted tasks with few examples in every split.
LITTLE = Path(__file__).parent / "data" / "planted"
RECIPES = {
    "a": Recipe(steps=3, width=4, encoder=BiLSTM(units=3)),
    "b": Recipe(steps=3, width=4, encoder=BiLSTM(units=3), dropout=0.1),
}
TINY = tuple(Entry(f"planted_{n}", limit=20) for n in ("fine", "coarse"))
EXPERIMENT = Experiment("tiny", TINY, (0, 1), RECIPES, ("a",))
#: Three tasks over the same texts, which some recipes train in other groups than pairs.
THREE = tuple(Entry(f"planted_{n}", limit=20, as_=n) for n in ("fine", "coarse", "topic"))
NAMES = tuple(e.name for e in THREE)
TOPIC_ONLY = Runs(pairs=(), groups={"x": ("fine", "topic")})
FINE_AND_TOPIC = {("fine", "topic"), ("topic", "fine")}


def little(name, **options):
    """A little task (fine, coarse or topic) under that name."""
    return Entry(str(LITTLE / f"little_{name}.toml"), **{"as_": name} | options)


def grouped(recipes, runs, default=("a",), **options):
    """A study of three tasks; runs : recipe → what is trained together."""
    return prepare_study(Experiment("tiny", THREE, (0,), recipes, default, runs=runs), **options)


def info(task, known):
    return {"metric": task.metric, "known": None if known is None else len(known)}
