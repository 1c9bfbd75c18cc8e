"""Small encoders on frozen states, and baselines: which of them learns most from 300 texts.

python experiments/library_minilm/encoders.py

It trains the single-label main tasks of ``experiments/minilm_pilot.toml``, one seed each.
"""

import logging
import time

import numpy as np
import torch
from msgspec.structs import replace
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from taskrel.study.experiment.file import load_experiment
from taskrel.study.prepare import prepare_study
from taskrel.tasks.task import Task
from taskrel.training.evaluation.metrics import score
from taskrel.training.inputs import frozen_of, states_of
from taskrel.training.recipes.recipe import CNN, Adam, Attention, BiLSTM, Transformer
from taskrel.training.run import run

FINE_TUNED = {"states": None, "pool": "mean", "dropout": 0.1, "optimiser": Adam(lr=2e-4)}
ENCODERS = {
    "BiLSTM, 64 units, max pooling": {"encoder": BiLSTM(units=64)},
    "BiLSTM, 64 units, mean pooling": {"encoder": BiLSTM(units=64), "pool": "mean"},
    "CNN, 100 filters": {"encoder": CNN(dense=64)},
    "attention pooling, 128 units": {"encoder": Attention(128)},
    "attention pooling, 400 updates": {"encoder": Attention(128), "steps": 400},
    "top layer of MiniLM": FINE_TUNED | {"encoder": Transformer("minilm", trained=1)},
    "top two layers of MiniLM": FINE_TUNED | {"encoder": Transformer("minilm", trained=2)},
    "MiniLM, fine-tuned whole": FINE_TUNED | {"encoder": Transformer("minilm")},
}


def main() -> None:
    """Print mean scores over the tasks, and the mean processor time of a run."""
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    study = prepare_study(load_experiment("minilm_pilot"), recipes=["transfer"], single=True)
    part = study.parts[0]
    frozen = frozen_of(part.recipe, part.pretrained)
    found: dict[str, list[tuple[float, float]]] = {}
    for task in study.tasks.values():
        if not task.name.endswith("_300") or task.kind == "multilabel":
            continue
        for name, predicted in baselines(task, part.recipe.max_tokens, frozen).items():
            found.setdefault(name, []).append((score(task, "test", predicted)[task.metric], 0.0))
        for name, fields in ENCODERS.items():
            start = time.process_time()
            result = run([task], replace(part.recipe, **fields), 0, part.pretrained)
            seconds = time.process_time() - start
            found.setdefault(name, []).append(
                (result.scores[task.name, "test", "mean", task.metric], seconds)
            )
    for name, values in found.items():
        mean, seconds = np.mean(values, axis=0)
        print(f"{name.ljust(34)} {mean:.3f} {seconds:5.1f} s ({len(values)} tasks)")


def baselines(task: Task, most: int, frozen) -> dict[str, np.ndarray]:
    """Predicted test labels of the majority and of logistic regressions on words and on states."""
    y, n = task.splits["train"].targets, len(task.splits["test"])
    words = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S+"),
        LogisticRegression(C=10, max_iter=2000),
    )
    states = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000))
    means = {}
    for split in ("train", "test"):
        part, own = states_of(task, split, most, frozen)
        totals = np.add.reduceat(np.asarray(own, np.float32), part.offsets[:-1])
        means[split] = totals / part.lengths[:, None]
    return {
        "majority label": np.full(n, np.bincount(y).argmax()),
        "logistic regression on TF-IDF": words.fit(task.texts("train"), y).predict(
            task.texts("test")
        ),
        "logistic regression on mean states": states.fit(means["train"], y).predict(means["test"]),
    }


if __name__ == "__main__":
    main()
