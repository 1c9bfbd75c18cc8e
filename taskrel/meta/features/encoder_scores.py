"""Encoder scores: how well the encoder of an auxiliary suits the main task, without training a pair.

The encoder and head of the auxiliary's single-task run read the main task's training and dev
texts. What its states tell about the labels is compared with what those of the untrained encoder
tell that the run started from.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import expit, softmax

from taskrel.errors import RecipeError
from taskrel.meta.features.linear_probe import Examples, Sample
from taskrel.meta.features.names import ENCODER_SCORES
from taskrel.meta.features.transferability import h_score, leep, logme, probe_scores
from taskrel.study.store.encoders import load_encoder
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Encoder
from taskrel.training.seeds import numpy_stream

#: Examples of each split that all scores but the first use, drawn at random.
EXAMPLES = 1500


class Kept(NamedTuple):
    """The encoder's file of an auxiliary's single-task run, and the task's kind and level."""

    path: Path
    kind: str
    per_token: bool


def encoder_scores(
    main: Task,
    encoders: Mapping[str, Kept],
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None,
) -> dict[str, dict[str, float]]:
    """Auxiliary → `ENCODER_SCORES` of the main task on its encoder.

    All but "leep" are the value with the kept encoder minus that with the encoder that a run of
    `seed` starts from. All are NaN where the main task's head cannot read the recipe's encoder;
    "leep" is NaN, too, for two tasks of different levels and where no linear head was kept.
    """
    sample = Sample(main, recipe, seed, pretrained)
    try:
        start = _scores(sample, sample.read_by(None))
    except RecipeError:
        return {aux: dict.fromkeys(ENCODER_SCORES, np.nan) for aux in encoders}
    scores = {}
    for aux, kept in encoders.items():
        encoder = load_encoder(kept.path)
        read = sample.read_by(encoder)
        found = _scores(sample, read)
        scores[aux] = {name: found[name] - start[name] for name in found}
        scores[aux]["leep"] = _leep(encoder, kept, main, read["train"])
    return scores


def _scores(sample: Sample, read: Mapping[str, Examples]) -> dict[str, float]:
    (x, y), (x_dev, y_dev) = (_drawn(sample, split, own) for split, own in read.items())
    accuracy, log_likelihood = probe_scores(x, y, x_dev, y_dev)
    return {
        "probe": sample.explained(read),
        "probe_accuracy": accuracy,
        "probe_log_likelihood": log_likelihood,
        "logme": logme(x, y),
        "h_score": h_score(x, y),
    }


def _drawn(sample: Sample, split: str, read: Examples) -> tuple[np.ndarray, np.ndarray]:
    """States and targets of `EXAMPLES` examples, the same for all encoders."""
    if len(read.states) <= EXAMPLES:
        return read.states.numpy(), read.targets.numpy()
    rng = numpy_stream(sample.seed, "scored examples", sample.main.name, split)
    chosen = np.sort(rng.permutation(len(read.states))[:EXAMPLES])
    return read.states[chosen].numpy(), read.targets[chosen].numpy()


def _leep(encoder: Encoder, kept: Kept, main: Task, read: Examples) -> float:
    if encoder.head.keys() != {"project.weight", "project.bias"}:
        return np.nan
    weight, bias = encoder.head["project.weight"], encoder.head["project.bias"]
    states = read.states.numpy()
    # A causal task's head reads a part of the states only.
    if (
        kept.per_token != main.per_token
        or kept.kind == "regression"
        or weight.shape[1] != states.shape[1]
    ):
        return np.nan
    logits = states @ weight.T + bias
    predicted = expit(logits) if kept.kind == "multilabel" else softmax(logits, axis=1)
    return leep(predicted, read.targets.numpy())
