from itertools import permutations

import numpy as np
from made_pairs import made_pairs

from taskrel.validation.folds import folds
from taskrel.validation.models.noise_features import noise_predictions

PAIRS = list(permutations(range(8), 2))


def test_noise_recognises_tasks_it_has_seen_and_no_others():
    """Gains that depend on which task is main leak into random folds, not into new mains."""
    data = made_pairs(PAIRS, [(-1.0) ** m for m, _ in PAIRS])
    accuracy = {}
    for protocol in ("random_pairs", "leave_main_out"):
        right = [
            np.mean(
                noise_predictions(data, folds(protocol, data), np.random.default_rng(draw)).decision
                == data.positive
            )
            for draw in range(12)
        ]
        accuracy[protocol] = np.mean(right)
    assert accuracy["random_pairs"] > 0.9
    assert accuracy["leave_main_out"] < 0.6


def test_a_draw_is_its_generator_s_and_untested_pairs_are_nan():
    data = made_pairs(PAIRS, [(-1.0) ** a for _, a in PAIRS])
    fold = folds("leave_main_out", data)[:1]
    one, same, other = (
        noise_predictions(data, fold, np.random.default_rng(s)).score for s in (1, 1, 2)
    )
    assert np.isnan(one[7:]).all() and not np.isnan(one[:7]).any()
    assert (one[:7] == same[:7]).all() and (one[:7] != other[:7]).any()
