"""What the order of a main task's auxiliaries is made of: common to its like, its own, or noise.

A model that knows who the auxiliary is can tell what is common; features of the pair
would have to tell what is main's own; noise nothing tells.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.validation.scoring.family_bootstrap import Figure, Weights, figure, once
from taskrel.validation.scoring.noise_ceiling import spearman_brown
from taskrel.validation.scoring.scores import rank_correlation


class _Order(NamedTuple):
    """One main task: its auxiliaries' codes (k,), mean gains (k,), gains by seed (k, S),
    weights of the auxiliaries (B, k) and of the task (B,).
    """

    family: int
    aux: np.ndarray
    gain: np.ndarray
    seeds: np.ndarray
    drawn: np.ndarray
    weight: np.ndarray


def order_parts(data: PairData, weights: Weights) -> dict[str, dict[str, int | Figure]]:
    """Parts of the variance of the order of auxiliaries, by unit of the main task's labels.

    A main's auxiliaries are ranked by their mean gain over k seeds. Of the variance of ranks

    shared : is what two main tasks of the unit have in common: the mean rank correlation of
        their mean gains, over pairs of different families and the auxiliaries of both
    noise : other seeds would not give again: 1 − `spearman_brown` of k and r, the mean rank
        correlation of one seed's gains with another's, over main tasks and pairs of seeds
    own : is the rest, particular to the main task, or to it and an auxiliary

    These are estimates, not squares: where there is little, luck may take one below 0.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    weights : Weights
        Resamples of the families, see `family_weights`.

    Returns
    -------
    dict
        unit of `LEVEL_NAMES` → n_mains, and a figure for each part, whose value is None where no two
        main tasks, or no two seeds, share three pairs; units without a main are left out
    """
    found = {}
    for unit in LEVEL_NAMES:
        value, resampled = (_orders(data, w, unit) for w in (once(len(data.gain)), weights))
        if value:
            parts, drawn = _parts(value), _parts(resampled)
            found[unit] = {"n_mains": len(value)} | {
                part: figure(parts[part], drawn[part]) for part in parts
            }
    return found


def _orders(data: PairData, weights: Weights, unit: str) -> list[_Order]:
    found = []
    for main in np.unique(data.main):
        if label_level(data.kind[main]) == unit:
            rows = data.main == main
            found.append(
                _Order(
                    data.family[main],
                    data.aux[rows],
                    data.gain[rows],
                    data.seeds[rows],
                    weights.aux[:, rows],
                    weights.main[:, rows.argmax()],
                )
            )
    return found


def _parts(orders: list[_Order]) -> dict[str, np.ndarray]:
    """The parts in each resample, (B,)."""
    n_seeds = np.concatenate([(~np.isnan(o.seeds)).sum(axis=1) for o in orders]).mean()
    unknown = np.full(len(orders[0].weight), np.nan)
    shared = _mean(
        [
            (_correlation(*_common(a, b)), a.weight * b.weight)
            for a, b in combinations(orders, 2)
            if a.family != b.family
        ],
        unknown,
    )
    r = _mean(
        [(_mean([(value, 1.0) for value in _between_seeds(o)], unknown), o.weight) for o in orders],
        unknown,
    )
    reliable = spearman_brown(r, n_seeds)
    return {"shared": shared, "own": reliable - shared, "noise": 1 - reliable}


def _common(a: _Order, b: _Order) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gains of two mains with the auxiliaries of both, and these auxiliaries' weights."""
    _, one, other = np.intersect1d(a.aux, b.aux, return_indices=True)
    return a.gain[one], b.gain[other], a.drawn[:, one]


def _between_seeds(order: _Order) -> list[np.ndarray]:
    found = []
    for one, other in combinations(order.seeds.T, 2):
        both = ~np.isnan(one + other)
        found.append(_correlation(one[both], other[both], order.drawn[:, both]))
    return found


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Rank correlation in each resample (B,); NaN with fewer than three rows or equal gains."""
    if len(a) < 3 or not np.ptp(a):
        return np.full(len(weight), np.nan)
    return rank_correlation(a, b, weight)


def _mean(values: list[tuple[np.ndarray, np.ndarray | float]], unknown: np.ndarray) -> np.ndarray:
    """Weighted mean of (value, weight), each (B,), of what is defined; else `unknown`."""
    total = count = np.zeros_like(unknown)
    for value, weight in values:
        weight = weight * ~np.isnan(value)
        total, count = total + weight * np.nan_to_num(value), count + weight
    return np.divide(total, count, out=unknown.copy(), where=count > 0)
