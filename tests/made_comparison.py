"""A study of three made-up tasks with few, hand-picked labels, and scores of its runs."""

import pandas as pd

from taskrel.study.experiment.experiment import Runs
from taskrel.study.experiment.published import Published
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.part import Part
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.training.recipes.recipe import Recipe


def task(name, train, test, kind="classification"):
    """A task with these labels, None for an absent one; every text is the same word."""
    parts = {
        split: [
            Example(["w"] * (len(label) if kind == "tagging" else 1), label) for label in labels
        ]
        for split, labels in (("train", train), ("dev", train), ("test", test))
    }
    return encode(parts, kind=kind, metric="accuracy", name=name)


# Three test labels of food are present, two of price, and one of the tie.
TASKS = [
    task("food", ["good", "bad", "bad", None, None, None], ["good", None, "bad", "bad"]),
    task("price", ["cheap", "cheap", "dear"], ["dear", "dear"]),
    task("tie", ["up", "down", "down", "up"], ["down"]),
]
SIMULTANEOUS = Recipe(schedule="simultaneous")
DIRECTED = Recipe(schedule="sequential")
SCOPE = Runs(groups={"all": ("price", "food"), "back": ("food", "price")})


def study(*published, tasks=TASKS, parts=("joint", "later")):
    recipes = {"joint": SIMULTANEOUS, "later": DIRECTED}
    return PlannedStudy(
        "made",
        "Made up",
        {t.name: t for t in tasks},
        [Part(name, recipes[name], None, "cpu", [], SCOPE) for name in parts],
        "cpu",
        tuple(published),
        "made up",
    )


def row(model, task, recipe="joint", group="", baseline="", **scores):
    return Published(model, task, scores, recipe, group, baseline)


def scores(*rows, recipe="joint", split="test", metric="accuracy"):
    """Scores from (tasks trained together, task scored, values by seed)."""
    return pd.DataFrame(
        [
            (recipe, task, tuple(tasks.split()), seed, split, metric, value)
            for tasks, task, values in rows
            for seed, value in enumerate(values)
        ],
        columns=["recipe", "task", "tasks", "seed", "split", "metric", "value"],
    )
