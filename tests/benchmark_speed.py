"""Steps per second on part-of-speech tagging, against the plain loop, from one run.

    TASKREL_DATA=../shared/data python tests/benchmark_speed.py

The plain loop is what one would write first: ``torch.optim.Adadelta`` with
dense gradients over the same model and the same 100,000 tuned word vectors,
float32, random batches. The rows below it switch on one thing after another;
each is timed in turns with all others, several rounds, and the median counts.
One thread. Without the data folder, made-up sentences of the same sizes stand in.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import nn

from taskrel.tasks.card import load_card
from taskrel.tasks.encode import encode
from taskrel.tasks.load import load_task
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT, Task
from taskrel.tasks.words.vectors import Vectors, read_vectors
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model, build_optimiser
from taskrel.training.loop import Update, train
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.schedules.schedules import uniform

ROWS, WIDTH, UNITS, BATCH = 100_000, 50, 100, 32
BASE = Recipe(batch=BATCH)
LADDER = {
    "+ lazy rows": msgspec.structs.replace(BASE, bucketed=False),
    "+ length buckets": BASE,
    "+ bfloat16": msgspec.structs.replace(BASE, precision="bfloat16"),
}


class PlainTagger(nn.Module):
    """Embedding, bidirectional LSTM, dense layer."""

    def __init__(self, n_labels: int):
        super().__init__()
        self.words = nn.Embedding(ROWS + 2, WIDTH)
        self.lstm = nn.LSTM(WIDTH, UNITS, batch_first=True, bidirectional=True)
        self.project = nn.Linear(2 * UNITS, n_labels)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits (B, T, L) of padded rows (B, T)."""
        return self.project(self.lstm(self.words(tokens))[0])


def plain(task: Task, vectors: Vectors, n: int) -> Iterator[None]:
    """Time `n` steps of the plain loop, again and again; yields after each `n`."""
    rows = build_vocabulary([task], vectors).rows[0]
    batches = Batcher(task.splits["train"], rows, task.per_token, task.n_labels).endless(
        BATCH, np.random.default_rng(0), bucketed=False
    )
    model = PlainTagger(task.n_labels)
    optimiser = torch.optim.Adadelta(model.parameters(), lr=1.0)
    while True:
        for _ in range(n):
            batch = next(batches)
            logits = model(batch.tokens)
            loss = nn.functional.cross_entropy(
                logits.flatten(0, 1), batch.targets.flatten(), ignore_index=ABSENT
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss.item()
        yield


def ours(task: Task, vectors: Vectors, recipe: Recipe, n: int) -> Iterator[None]:
    """The same for taskrel's loop under `recipe`, with all 100,000 rows in its table."""
    vocabulary = build_vocabulary([task], vectors)
    batches = Batcher(
        task.splits["train"],
        vocabulary.rows[0],
        task.per_token,
        task.n_labels,
        rare=vocabulary.rare[0],
    ).endless(BATCH, np.random.default_rng(0), recipe.bucketed)
    model = build_model([task], vocabulary, recipe, 0)
    full = torch.zeros(max(ROWS + 2, len(vocabulary)), WIDTH)
    full[: len(vocabulary)] = model.words.weight.detach()
    model.words = nn.Embedding.from_pretrained(full, freeze=False, sparse=True)
    optimiser = build_optimiser(model, recipe.optimiser)
    steps = train(
        model, optimiser, [batches], uniform([10**9], np.random.default_rng(0)), every=[10**9]
    )
    while True:
        for _ in range(n):
            assert isinstance(next(steps), Update)
        yield


def made_up() -> tuple[Task, Vectors]:
    """Sentences with the lengths and the Zipf's law of English, and random vectors."""
    rng = np.random.default_rng(0)
    weight = 1 / (np.arange(15_000) + 2.7)
    words = np.array([f"w{i}" for i in range(15_000)])

    def example() -> Example:
        ids = rng.choice(15_000, size=1 + rng.geometric(1 / 15.3), p=weight / weight.sum())
        return Example(words[ids].tolist(), [f"T{i % 17}" for i in ids])

    parts = {
        split: [example() for _ in range(n)]
        for split, n in (("train", 12_544), ("dev", 50), ("test", 50))
    }
    matrix = rng.normal(size=(15_000, WIDTH)).astype(np.float32)
    return (
        encode(parts, kind="tagging", metric="accuracy", name="made_up"),
        Vectors(tuple(words), matrix, "made up"),
    )


def real(data: Path) -> tuple[Task, Vectors]:
    """English Web Treebank parts of speech and the 50-dimensional GloVe vectors."""
    task = load_task(load_card("pos"), data)
    return task, read_vectors(
        data / "glove/glove.6B.50d.100k.txt.gz", {f for w in task.words for f in (w, w.lower())}
    )


def main() -> int:
    """Print a row per variant: steps per second, and its ratio to the plain loop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100, help="of each variant and round")
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = os.environ.get("TASKREL_DATA")
    task, vectors = real(Path(data)) if data else made_up()
    variants = {
        "plain loop": (plain(task, vectors, max(5, args.steps // 8)), max(5, args.steps // 8))
    }
    for name, recipe in LADDER.items():
        variants[name] = ours(task, vectors, recipe, args.steps), args.steps
    for steps, _ in variants.values():  # warm up
        next(steps)
    speeds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(args.rounds):
        for name, (steps, n) in variants.items():
            start = time.perf_counter()
            next(steps)
            speeds[name].append(n / (time.perf_counter() - start))
    print(
        f"{task.name}: batch {BATCH}, {WIDTH}-d, {UNITS} units a direction, {ROWS:,} tuned "
        f"vectors, one thread, median of {args.rounds} rounds"
    )
    base = statistics.median(speeds["plain loop"])
    for name, values in speeds.items():
        speed = statistics.median(values)
        print(f"{name:18} {speed:7.1f} steps/s   × {speed / base:5.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of this process, all variants at once: {peak:.2f} GiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
