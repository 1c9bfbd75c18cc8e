"""Encoder scores: how well the encoder of an auxiliary suits the main task, without training a pair.

The encoder of the auxiliary's single-task run reads the main task's training and dev texts. What
its states tell about the labels is compared with what those of the untrained encoder tell that the
run started from.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from taskrel.errors import RecipeError
from taskrel.meta.features.linear_probe import Examples, Sample
from taskrel.meta.features.names import ENCODER_SCORES
from taskrel.meta.features.transferability import h_score, logme, probe_scores
from taskrel.study.store.encoders import load_encoder
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Encoder
from taskrel.training.seeds import numpy_stream

#: Examples of each split that all scores but the first use, drawn at random.
EXAMPLES = 1500


def encoder_scores(
    main: Task,
    encoders: Mapping[str, Encoder | Path],
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None,
) -> dict[str, dict[str, float]]:
    """Auxiliary → `ENCODER_SCORES` of the main task on its encoder.

    Each is the value with the kept encoder minus that with the encoder that a run of `seed` starts
    from; NaN where the main task's head cannot read the recipe's encoder.

    encoders : auxiliary → encoder of its single-task run, or the file of it
    """
    sample = Sample(main, recipe, seed, pretrained)
    try:
        start = _scores(sample, sample.read_by(None))
    except RecipeError:
        return {aux: dict.fromkeys(ENCODER_SCORES, np.nan) for aux in encoders}
    scores = {}
    for aux, kept in encoders.items():
        encoder = load_encoder(kept) if isinstance(kept, Path) else kept
        found = _scores(sample, sample.read_by(encoder))
        scores[aux] = {name: found[name] - start[name] for name in found}
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
