"""Noise features: the paper's classifier with random numbers in place of features.

Random features still identify tasks. A score that they reach says nothing for the meaning
of real features of the same shape.
"""

import numpy as np

from taskrel.meta.features.names import PAPER_FEATURES
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.folds import Fold
from taskrel.validation.models.fold_predictions import Predictions, by_logistic


def noise_predictions(data: PairData, folds: list[Fold], rng: np.random.Generator) -> Predictions:
    """Predictions (n_pairs,) from one draw of noise; NaN for pairs that no fold tests.

    Each task has 14 standard normal numbers in place of the paper's features. Table (main,
    auxiliary, ratio: 42 columns) and classifier are the same, with a fixed penalty.
    """
    task = rng.standard_normal((len(data.tasks), len(PAPER_FEATURES)))
    main, aux = task[data.main], task[data.aux]
    x = np.column_stack([main, aux, main / aux])
    predicted = Predictions.none(len(data.gain))
    for train, test in folds:
        predicted.put(test, by_logistic(x, data, train, test))
    return predicted
