"""Held-out answers: measured pairs predicted without their main task's family.

They are the answers that `GainPredictor.predict` gives one by one. Pictures are drawn from
them, and interval and P(gain) are checked on them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.model import Answers
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.validation.models.fold_predictions import from_probability
from taskrel.validation.scoring.family_bootstrap import Weights, interval, once, resampled_mean
from taskrel.validation.scoring.scores import Asked, calibration_bins, within_main

if TYPE_CHECKING:
    import pandas as pd

#: Draws of the gap that a correct P(gain) has by chance.
DRAWS = 1000
#: A tenth of P(gain) with fewer pairs says little about its calibration.
MANY = 30


def held_out_answers(predictor: GainPredictor, feature_set: str = "all") -> "pd.DataFrame":
    """Answers for every measured pair, by the model fitted without the main task's family.

    feature_set : a key of `FEATURE_SETS`: which features are read

    Returns
    -------
    DataFrame
        A row per measured pair: main, aux, measured (mean gain in percent), the
        fields of `Answers`, covered: whether low ≤ measured ≤ high, and asked: whether
        leave_family_out tests it, since the auxiliary is of another family. NaN and
        False where the other families have no pairs, only gains or no gains.
    """
    import pandas as pd

    data = predictor.data(feature_set)
    answers = np.full((len(Answers._fields), len(data.gain)), np.nan)
    for code, family in enumerate(data.families):
        rows = data.family[data.main] == code
        if rows.any():
            try:
                model = predictor.model(feature_set, family)
            except EvidenceError:
                continue
            x = data.columns(model.columns)[rows]
            answers[:, rows] = model.answer(x, data.headroom[data.main[rows]])
    table = pd.DataFrame(
        {
            "main": np.array(data.tasks)[data.main],
            "aux": np.array(data.tasks)[data.aux],
            "measured": data.gain,
            **dict(zip(Answers._fields, answers, strict=True)),
        }
    )
    return table.assign(
        covered=(table.low <= table.measured) & (table.measured <= table.high),
        asked=data.family[data.main] != data.family[data.aux],
    )


def interval_check(answers: "pd.DataFrame", weights: Weights) -> dict[str, Any]:
    """How often the prediction interval contains the measured gain, for families not seen.

    Parameters
    ----------
    answers : DataFrame
        As `held_out_answers` returns them; those that leave_family_out tests count.
    weights : Weights
        Resamples of the families, over the same pairs.

    Returns
    -------
    dict
        level (the intended coverage), coverage, low, high (the observed coverage with its
        95 % interval), n (pairs with an interval), width (median, in percent of the score),
        by_main (main task → coverage). All except level, n and by_main are None where no pair
        has an interval.
    """
    rows = (answers.low.notna() & answers.asked).to_numpy()
    with_one, own = answers[rows], weights.of(rows).pair
    n = len(with_one)
    covered = with_one.covered.to_numpy(float)
    low, high = interval(resampled_mean(covered, own)) if n else (None, None)
    return {
        "level": LEVEL,
        "n": n,
        "coverage": float(covered.mean()) if n else None,
        "low": low,
        "high": high,
        "width": float((with_one.high - with_one.low).median()) if n else None,
        "by_main": with_one.groupby("main").covered.mean().astype(float).to_dict(),
    }


def probability_check(answers: "pd.DataFrame", weights: Weights) -> dict[str, Any]:
    """How far mean P(gain) is from the share of gains, main task by main task.

    The arguments are those of `interval_check`.

    Returns
    -------
    dict
        gap, low, high : mean over main tasks of |mean P(gain) − share of gains|, with its 95 %
            interval over resampled main tasks; None where no pair has a probability
        chance : expected gap if every P(gain) were correct and pairs independent: the share
            among few auxiliaries varies by chance
        by_main : main task → said (mean P(gain)), was (share of gains)
        tenths : of P(gain), as `calibration_bins` returns them
        worst : the tenth of `MANY` pairs or more whose mean P(gain) is furthest from its share of
            gains; None where no tenth has so many
    """
    rows = (answers.probability.notna() & answers.asked).to_numpy()
    pairs, own = answers[rows], weights.of(rows)
    asked = Asked(
        pairs["main"].to_numpy(),
        pairs.measured.to_numpy(),
        from_probability(pairs.probability.to_numpy()),
    )
    gap = low = high = chance = None
    if len(pairs):
        # Auxiliaries that count twice would add to the chance part of every absolute value.
        mains = Weights(own.main, np.ones_like(own.main))
        (gap,), resampled = (within_main(_off, asked, w) for w in (once(len(pairs)), mains))
        gap, (low, high) = float(gap), interval(resampled)
        chance = _by_chance(asked.main, asked.predicted.probability)
    gains = pairs.assign(gains=pairs.measured > 0)
    by_main = gains.groupby("main")[["probability", "gains"]].mean()
    tenths = calibration_bins(asked.predicted.probability, asked.positive)
    return {
        "gap": gap,
        "low": low,
        "high": high,
        "chance": chance,
        "by_main": {
            task: {"said": float(predicted), "was": float(observed)}
            for task, predicted, observed in by_main.itertuples()
        },
        "tenths": tenths,
        "worst": max(
            (t for t in tenths if t["n"] >= MANY),
            key=lambda t: abs(t["probability"] - t["gains"]),
            default=None,
        ),
    }


def _by_chance(main: np.ndarray, probability: np.ndarray) -> float:
    """Mean gap where each pair gains with its P(gain), over `DRAWS` draws by a fixed seed."""
    draws = np.random.default_rng(0).random((DRAWS, len(main))) < probability
    off = probability - draws
    return float(np.mean([np.abs(off[:, main == m].mean(axis=1)).mean() for m in np.unique(main)]))


def _off(probability: np.ndarray, gain: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """|Mean P(gain) − share of gains| of one main task in each resample."""
    return np.abs(resampled_mean(probability - (gain > 0), weights))
