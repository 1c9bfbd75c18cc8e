"""A matrix of measured gains summed up without any feature: by group, auxiliary and main task.

Intervals are from resampled families: of both tasks for a share of pairs, of the main tasks for
the figures of an auxiliary, of the auxiliaries for the figures of a main task.
"""

from typing import Any

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.ranker import ranks
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.meta.predictor.table.pair_table import PAIR
from taskrel.study.analysis.gains import VERDICTS
from taskrel.study.analysis.reliability import seed_noise
from taskrel.tasks.task import PER_TOKEN
from taskrel.validation.ranking_variance import ranking_parts
from taskrel.validation.scoring.family_bootstrap import Weights, figure, once, resampled_mean

#: From this factor on, a main task counts as much smaller or larger than its auxiliary.
FACTOR = 4


def gain_map(evidence: Evidence, data: PairData, weights: Weights) -> dict[str, Any]:
    """Sum up the gains of all measured pairs.

    Parameters
    ----------
    evidence : Evidence
        Its gains seed by seed and its verdicts are read.
    data : PairData
        Its measured pairs.
    weights : Weights
        Resamples of the families, see `family_weights`.

    Returns
    -------
    dict
        Plain data for JSON; a figure is {"value", "low", "high"}.

        share, median : of pairs with a gain above 0; the median gain in percent
        verdicts : verdict → number of pairs; pairs without one (too few seeds) left out
        groups : name → n_pairs, share, median; by label level, and by size
        auxiliaries : task → place (mean rank among the auxiliaries of a main task, 0 worst to
            1 best), share of the main tasks that gain
        mains : task → share of its auxiliaries with a gain, median gain
        order : see `ranking_parts`
        seed_noise : see `SeedNoise`
    """
    everything = np.ones(len(data.gain), bool)
    verdicts = evidence.measured()["verdict"].value_counts()
    own = evidence.gains[evidence.gains["recipe"].isin(evidence.summary["recipe"])]
    return {
        **_pairs(data, weights, everything),
        "verdicts": {v: int(verdicts.get(v, 0)) for v in VERDICTS if verdicts.sum()},
        "groups": {
            name: {"n_pairs": int(mask.sum()), **_pairs(data, weights, mask)}
            for name, mask in _groups(data).items()
            if mask.any()
        },
        "auxiliaries": _auxiliaries(data, weights),
        "mains": _mains(data, weights),
        "order": ranking_parts(data, weights),
        "seed_noise": seed_noise(own)._asdict(),
    }


def _groups(data: PairData) -> dict[str, np.ndarray]:
    """Masks of groups of pairs. The names are keys of stored validations, so they stay."""
    token = np.isin(data.kind, PER_TOKEN)
    main, aux = token[data.main], token[data.aux]
    found = {
        "a label per token, both": main & aux,
        "labels of whole texts, both": ~main & ~aux,
        "main per token, auxiliary per text": main & ~aux,
        "main per text, auxiliary per token": ~main & aux,
    }
    ratio = data.column(f"{PAIR}size_ratio")
    if ratio is not None:
        far = np.log(FACTOR)
        found |= {
            f"main at least {FACTOR} times smaller": ratio[:, 0] <= -far,
            f"sizes within a factor of {FACTOR}": np.abs(ratio[:, 0]) < far,
            f"main at least {FACTOR} times larger": ratio[:, 0] >= far,
        }
    return found


def _pairs(data: PairData, weights: Weights, mask: np.ndarray) -> dict[str, Any]:
    gain, pair = data.gain[mask], weights.of(mask).pair
    return {
        "share": figure(
            resampled_mean(data.positive[mask], once(len(gain)).pair),
            resampled_mean(data.positive[mask], pair),
        ),
        "median": figure(_median(gain, once(len(gain)).pair), _median(gain, pair)),
    }


def _auxiliaries(data: PairData, weights: Weights) -> dict[str, Any]:
    """By auxiliary; its main tasks are resampled."""
    several = np.bincount(data.main, minlength=len(data.tasks))[data.main]
    rank = ranks(data.gain, data.main) * several + (several - 1) / 2
    rank /= np.maximum(several - 1, 1)  # 0 worst to 1 best
    found = {}
    for task in np.unique(data.aux):
        rows = (data.aux == task) & (several > 1)
        if rows.any():
            drawn = weights.main[:, rows]
            found[data.tasks[task]] = {
                name: figure(values.mean(keepdims=True), resampled_mean(values, drawn))
                for name, values in (
                    ("place", rank[rows]),
                    ("share", data.positive[rows].astype(float)),
                )
            }
    return found


def _mains(data: PairData, weights: Weights) -> dict[str, Any]:
    """By main task; its auxiliaries are resampled."""
    found = {}
    for task in np.unique(data.main):
        rows = data.main == task
        gain, drawn = data.gain[rows], weights.aux[:, rows]
        found[data.tasks[task]] = {
            "share": figure((gain > 0).mean(keepdims=True), resampled_mean(gain > 0, drawn)),
            "median": figure(_median(gain, once(len(gain)).pair), _median(gain, drawn)),
        }
    return found


def _median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted median under each resample, (B,): mean of the two values at half the weight."""
    order = np.argsort(values, kind="stable")
    ordered, below = values[order], weights[:, order].cumsum(axis=1)
    half = below[:, -1:] / 2
    low = ordered[(below < half).sum(axis=1).clip(max=len(values) - 1)]
    high = ordered[(below <= half).sum(axis=1).clip(max=len(values) - 1)]
    return np.where(below[:, -1] > 0, (low + high) / 2, np.nan)
