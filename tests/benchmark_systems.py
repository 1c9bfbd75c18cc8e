"""Steps per second of every system, against one task alone, from one run.

    TASKREL_DATA=../shared/data python tests/benchmark_systems.py

Two families of systems over the same texts: those of LSTMs, with the next word as an
auxiliary, against an LSTM alone; and those of CNNs, with a second labelling as an
auxiliary, against a CNN alone. A step is one of the optimiser, whatever it reads: in hard
sharing and behind gates one batch of each task, under modulation one of one task, in meta
training one of the main task and two of the auxiliary, each pair passed through twice.
Each row is timed in turns with all others, several rounds, and the median counts. One
thread. Without the data folder, planted texts stand in.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import torch

from taskrel.tasks.automated.make import automated
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task
from taskrel.tasks.task import Task
from taskrel.tasks.words.vectors import Vectors, read_vectors
from taskrel.training.loop import Update
from taskrel.training.prepare import prepare
from taskrel.training.recipes.recipe import CNN, LSTM, Adam, Gated, Head, MetaTraining, Recipe

LSTMS = Recipe(
    encoder=LSTM(layers=2, units=128, skip=True),
    head=Head(hidden=128),
    batch=128,
    optimiser=Adam(),
    clip=1.0,
    schedule="simultaneous",
    steps=10**6,
    common_batches=True,
)
CNNS = Recipe(
    encoder=CNN(filters=100, dense=100),
    batch=32,
    optimiser=Adam(),
    schedule="simultaneous",
    steps=10**6,
)


def changed(recipe: Recipe, **fields) -> Recipe:
    """The recipe with other values in some fields."""
    return msgspec.structs.replace(recipe, **fields)


#: Row → number of tasks and recipe; the first row of each family is what others are set against.
FAMILIES = {
    "lstm": {
        "LSTM alone": (1, LSTMS),
        "MRNN, next word": (2, changed(LSTMS, sharing="branches")),
        "CRNN, next word": (2, changed(LSTMS, sharing="cascade")),
        "MRNN, modulated": (2, changed(LSTMS, sharing="branches", schedule="modulated")),
    },
    "cnn": {
        "CNN alone": (1, CNNS),
        "hard": (2, CNNS),
        **{
            f"gate {name}": (2, changed(CNNS, sharing=Gated(name)))
            for name in ("none", "sig", "cag", "silg", "sog")
        },
        "hard, meta 1st": (2, changed(CNNS, schedule=MetaTraining())),
        "hard, meta 2nd": (2, changed(CNNS, schedule=MetaTraining(order=2))),
        "gate sog, meta 1st": (2, changed(CNNS, sharing=Gated("sog"), schedule=MetaTraining())),
        "gate sog, meta 2nd": (
            2,
            changed(CNNS, sharing=Gated("sog"), schedule=MetaTraining(order=2)),
        ),
    },
}


def tasks_of(family: str, data: Path | None) -> list[Task]:
    """Main task and auxiliary of a family of systems."""
    if family == "lstm":
        main = load_task(load_card("polarity" if data else "planted_topic"), data or Path())
        return [main, automated(main, "next_word")]
    names = ("personality", "isear") if data else ("planted_topic", "planted_a_topic")
    return [load_task(load_card(name), data or Path()) for name in names]


def vectors_of(tasks: list[Task], data: Path | None) -> Vectors | None:
    """The 50-dimensional GloVe vectors of all words that the tasks ask for."""
    if data is None:
        return None
    return read_vectors(
        data / "glove/glove.6B.50d.100k.txt.gz",
        {f for task in tasks for w in task.wanted for f in (w, w.lower())},
    )


def steps(tasks: list[Task], recipe: Recipe, vectors: Vectors | None, n: int) -> Iterator[None]:
    """Train `n` steps, again and again; yields after each `n`."""
    records = prepare(tasks, recipe, 0, vectors).records
    goal = n
    for record in records:
        if isinstance(record, Update) and record.step > goal:  # a step has a record for each task
            yield
            goal += n


def main() -> int:
    """Print a row per system: steps per second, and its ratio to one task alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20, help="of each system and round")
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = Path(os.environ["TASKREL_DATA"]) if os.environ.get("TASKREL_DATA") else None
    for family, systems in FAMILIES.items():
        tasks = tasks_of(family, data)
        vectors = vectors_of(tasks, data)
        timed = {
            name: steps(tasks[:n], recipe, vectors, args.steps)
            for name, (n, recipe) in systems.items()
        }
        for each in timed.values():  # warm up
            next(each)
        speeds: dict[str, list[float]] = {name: [] for name in systems}
        for _ in range(args.rounds):
            for name, each in timed.items():
                start = time.perf_counter()
                next(each)
                speeds[name].append(args.steps / (time.perf_counter() - start))
        recipe = next(iter(systems.values()))[1]
        print(
            f"{' + '.join(task.name for task in tasks)}: batch {recipe.batch}, "
            f"one thread, median of {args.rounds} rounds"
        )
        base = statistics.median(next(iter(speeds.values())))
        for name, values in speeds.items():
            speed = statistics.median(values)
            print(f"{name:20} {speed:7.1f} steps/s   × {speed / base:5.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
