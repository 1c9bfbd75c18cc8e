"""Evaluation: the scores of one model under one protocol, with their bootstrap resamples."""

from functools import partial
from typing import NamedTuple

import numpy as np
import sklearn

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.folds import folds
from taskrel.validation.models.candidates import Candidate
from taskrel.validation.models.fold_predictions import Predictions
from taskrel.validation.models.noise_features import noise_predictions
from taskrel.validation.scoring.family_bootstrap import Weights, once
from taskrel.validation.scoring.scores import SCORES, Asked, calibration_bins, scores

#: Repeats whose mean is resampled: more change no interval and take long.
RESAMPLED = 20

#: Scope of the figures → mask of the pairs that count, bool (n_pairs,).
Scopes = dict[str, np.ndarray]


class Evaluated(NamedTuple):
    """Scores of one model, columns as `SCORES`; NaN where a score is not defined.

    values : float array (n_repeats, n_scores): repeats are shuffles, or draws of noise features
    resampled : float array (n_resamples, n_scores)
    """

    values: np.ndarray
    resampled: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """Mean over the repeats, (n_scores,)."""
        return mean(self.values)


class Outcome(NamedTuple):
    """Scores of one model by scope, and the bins of its calibration."""

    scopes: dict[str, Evaluated]
    reliability: list[dict[str, float]]


def evaluate(
    data: PairData,
    protocol: str,
    candidate: Candidate,
    repeats: int,
    weights: Weights,
    scopes: Scopes,
    seed: int,
) -> dict[str, Outcome]:
    """Fit a candidate in each fold of each repeat and score it; key of the model → outcome.

    Predictions do not depend on the resample. The score of a resample is a mean over repeats
    (the first `RESAMPLED`), as the score itself is.
    """
    found: dict[str, list[Predictions]] = {}
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for repeat in range(repeats):
            now: dict[str, Predictions] = {}
            for train, test in folds(protocol, data, repeat, seed):
                for key, predicted in candidate(data, train, test).items():
                    now.setdefault(key, Predictions.none(len(data.gain))).put(test, predicted)
            for key, predictions in now.items():
                found.setdefault(key, []).append(predictions)
    return {
        key: Outcome(
            {name: _evaluated(data, mask, all_of, weights) for name, mask in scopes.items()},
            _reliability(data, all_of),
        )
        for key, all_of in found.items()
    }


def evaluate_noise(
    data: PairData,
    protocol: str,
    draws: range,
    n_draws: int,
    weights: Weights,
    scopes: Scopes,
    seed: int,
) -> dict[str, Evaluated]:
    """Score some draws of noise features; scope → values of the draws, and their resamples.

    Resample b belongs to draw b mod `n_draws`, so that a difference from noise features varies
    with the draw as well as with the families. The resamples of other draws are NaN.
    """
    n = len(weights.main)
    found = {
        name: Evaluated(
            np.full((len(draws), len(SCORES)), np.nan), np.full((n, len(SCORES)), np.nan)
        )
        for name in scopes
    }
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for row, draw in enumerate(draws):
            rng = np.random.default_rng([seed, draw])
            predicted = noise_predictions(data, folds(protocol, data, draw, seed), rng)
            its = np.arange(n) % n_draws == draw
            for name, mask in scopes.items():
                score = partial(_scores, data, mask, predicted)
                found[name].values[row] = score(once(len(data.gain)))[0]
                if its.any():
                    found[name].resampled[its] = score(weights.resamples(its))
    return found


def joined(parts: list[dict[str, Evaluated]]) -> dict[str, Evaluated]:
    """All draws of noise features, from the parts that `evaluate_noise` returned."""
    return {
        name: Evaluated(
            np.concatenate([p[name].values for p in parts]),
            mean(np.stack([p[name].resampled for p in parts])),
        )
        for name in parts[0]
    }


def mean(values: np.ndarray) -> np.ndarray:
    """Mean over the first axis without NaN; NaN where all values are."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _scores(
    data: PairData, mask: np.ndarray, predicted: Predictions, weights: Weights
) -> np.ndarray:
    pairs = mask & ~np.isnan(predicted.score)
    return scores(Asked(data.main[pairs], data.gain[pairs], predicted.of(pairs)), weights.of(pairs))


def _evaluated(
    data: PairData, mask: np.ndarray, repeats: list[Predictions], weights: Weights
) -> Evaluated:
    score = partial(_scores, data, mask)
    values = np.stack([score(p, once(len(data.gain)))[0] for p in repeats])
    return Evaluated(values, mean(np.stack([score(p, weights) for p in repeats[:RESAMPLED]])))


def _reliability(data: PairData, repeats: list[Predictions]) -> list[dict[str, float]]:
    probability = np.concatenate([p.probability for p in repeats])
    positive = np.tile(data.positive, len(repeats))
    known = ~np.isnan(probability)
    return calibration_bins(probability[known], positive[known])
