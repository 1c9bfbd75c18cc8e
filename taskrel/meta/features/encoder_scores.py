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
    encoders: Mapping[str, Mapping[int, Encoder | Path]],
    recipe: Recipe,
    pretrained: Vectors | Pretrained | None,
) -> dict[str, dict[str, float]]:
    """Auxiliary → `ENCODER_SCORES` of the main task on its encoder, mean over the seeds.

    Each is the value with the kept encoder minus that with the encoder that a run of the seed
    starts from; NaN where the main task's head cannot read the recipe's encoder.

    encoders : auxiliary → seed → encoder of its single-task run, or the file of it
    """
    found: dict[str, list[dict[str, float]]] = {aux: [] for aux in encoders}
    for seed in sorted({seed for of_aux in encoders.values() for seed in of_aux}):
        sample = Sample(main, recipe, seed, pretrained)
        try:
            start = _scores(sample, sample.read_by(None))
        except RecipeError:
            return {aux: dict.fromkeys(ENCODER_SCORES, np.nan) for aux in encoders}
        for aux, of_aux in encoders.items():
            if seed in of_aux:
                kept = of_aux[seed]
                encoder = load_encoder(kept) if isinstance(kept, Path) else kept
                scores = _scores(sample, sample.read_by(encoder))
                found[aux].append({name: scores[name] - start[name] for name in scores})
    return {
        aux: {name: float(np.mean([one[name] for one in scores])) for name in ENCODER_SCORES}
        for aux, scores in found.items()
    }


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
