"""Noise features: what the paper's classifier reaches with numbers that mean nothing.

Random features still tell tasks apart. Whatever they reach, no feature of the
same shape has earned by its meaning.
"""

import numpy as np

from taskrel.meta.features.names import PAPER_FEATURES
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.folds import Fold
from taskrel.validation.models.fold_predictions import Predictions, by_logistic


def noise_predictions(data: PairData, folds: list[Fold], rng: np.random.Generator) -> Predictions:
    """Predictions (n_pairs,) from one draw of noise; NaN for pairs that no fold tests.

    Each task has 14 standard normal numbers in place of the paper's features;
    they go through the same table (main, auxiliary, ratio: 42 columns) and the
    same classifier with its penalty fixed.
    """
    task = rng.standard_normal((len(data.tasks), len(PAPER_FEATURES)))
    main, aux = task[data.main], task[data.aux]
    x = np.column_stack([main, aux, main / aux])
    found = Predictions.none(len(data.gain))
    for train, test in folds:
        found.put(test, by_logistic(x, data, train, test))
    return found
