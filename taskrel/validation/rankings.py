"""Rankings of the auxiliaries of held-out main tasks: how much of what can be known is predicted.

By level of the main task's labels, among all auxiliaries and among those of the same level. Gains
of a few seeds are noisy, so each rank correlation comes with the highest that a perfect predictor
could expect, and with what other seeds of the same pairs would have predicted.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from taskrel.meta.predictor.selection import family_folds
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.validation.models.baselines import aux_rank
from taskrel.validation.scoring.family_bootstrap import Weights, figure, once, weighted_mean
from taskrel.validation.scoring.noise_ceiling import ceiling_of_main
from taskrel.validation.scoring.scores import rank_correlation

#: Auxiliaries of a scope: every one, or those of the main task's level.
SCOPES = ALL, WITHIN = "all", "within"
#: With fewer auxiliaries there is no ranking to speak of.
FEW = 3
FIGURES = ("spearman", "over_mean_rank", "share", "one_seed", "other_seeds", "similarity", "own")


class _Main(NamedTuple):
    """One main task: its auxiliaries (k,), their predicted scores, mean ranks elsewhere, mean
    gains (k,), gains by seed (k, S), weights of the auxiliaries (B, k) and of the task (B,).
    """

    family: int
    aux: np.ndarray
    score: np.ndarray
    elsewhere: np.ndarray
    gain: np.ndarray
    seeds: np.ndarray
    drawn: np.ndarray
    weight: np.ndarray


def rankings(
    data: PairData, score: np.ndarray, asked: np.ndarray, weights: Weights
) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures of predicted rankings by level of the main task's labels and by scope.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    score : float array (n_pairs,)
        Of each pair, by a model that has not seen the main task's family; NaN where there is none.
    asked : bool array (n_pairs,)
        The pairs that count: those whose auxiliary is of another family.
    weights : Weights
        Resamples of the families, see `family_weights`.

    Returns
    -------
    dict
        level of `LEVEL_NAMES` → scope of `SCOPES` → n_mains, attainable (the highest Spearman that
        a perfect predictor of the mean gains can expect, see `noise_ceiling`; None with one seed),
        and a figure for each of `FIGURES`, means over main tasks:

        spearman : rank correlation of score and mean gain
        over_mean_rank : the same minus that of the auxiliary's mean rank with main tasks of other
            families
        share : spearman / attainable
        one_seed : rank correlation of score and the gain of one seed, mean over seeds
        other_seeds : the same of the mean gain of all other seeds in place of the score
        similarity : rank correlation of the predicted rankings of two main tasks of different
            families, mean over pairs of main tasks: 1 if all get the same list
        own : rank correlation of score and mean gain given the auxiliary's mean rank with main
            tasks of other families (partial correlation)
    """
    elsewhere = np.full(len(data.gain), np.nan)
    for train, test in family_folds(data, np.ones(len(data.gain), bool)):
        elsewhere[test] = aux_rank(data, train, test).score
    level = np.array([label_level(kind) for kind in data.kind])
    pairs = asked & ~np.isnan(score) & ~np.isnan(elsewhere)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in LEVEL_NAMES:
        for scope in SCOPES:
            rows = pairs & (level[data.main] == name)
            if scope == WITHIN:
                rows &= level[data.aux] == name
            of_scope = [
                list(_mains(data, score, elsewhere, rows, drawn))
                for drawn in (once(len(data.gain)), weights)
            ]
            if of_scope[0]:
                found.setdefault(name, {})[scope] = _figures(*of_scope)
    return found


def _mains(
    data: PairData, score: np.ndarray, elsewhere: np.ndarray, rows: np.ndarray, weights: Weights
) -> Iterator[_Main]:
    for main in np.unique(data.main[rows]):
        own = rows & (data.main == main)
        if own.sum() >= FEW and np.ptp(data.gain[own]):
            yield _Main(
                data.family[main],
                data.aux[own],
                score[own],
                elsewhere[own],
                data.gain[own],
                data.seeds[own],
                weights.aux[:, own],
                weights.main[:, own.argmax()],
            )


def _figures(value: list[_Main], resampled: list[_Main]) -> dict[str, Any]:
    (one, ceiling), (drawn, _) = (_values(mains) for mains in (value, resampled))
    return {
        "n_mains": len(value),
        "attainable": None if np.isnan(ceiling[0]) else round(float(ceiling[0]), 6),
        **{name: figure(one[name], drawn[name]) for name in FIGURES},
    }


def _values(mains: list[_Main]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The figures in each resample, (B,), and what is attainable."""
    resamples = len(mains[0].weight)
    spearman = [_correlation(m.score, m.gain, m.drawn) for m in mains]
    ceilings = [ceiling_of_main(m.seeds, m.drawn) for m in mains]
    by_seed = [_by_seed(m) for m in mains]

    def mean(values: Iterable[np.ndarray]) -> np.ndarray:
        return weighted_mean(zip(values, (m.weight for m in mains), strict=True), resamples)

    ceiling = mean(ceilings)
    # Of the same main tasks as the ceiling, and none where no ranking can be predicted.
    known = mean(np.where(np.isnan(c), np.nan, s) for s, c in zip(spearman, ceilings, strict=True))
    of_mean_rank = [_correlation(m.elsewhere, m.gain, m.drawn) for m in mains]
    return {
        "spearman": mean(spearman),
        "over_mean_rank": mean(a - b for a, b in zip(spearman, of_mean_rank, strict=True)),
        "share": np.divide(known, ceiling, out=np.full(resamples, np.nan), where=ceiling > 0),
        "one_seed": mean(of_score for of_score, _ in by_seed),
        "other_seeds": mean(of_others for _, of_others in by_seed),
        "similarity": weighted_mean(
            (
                (_alike(a, b), a.weight * b.weight)
                for a, b in combinations(mains, 2)
                if a.family != b.family
            ),
            resamples,
        ),
        "own": mean(_partial(m) for m in mains),
    }, ceiling


def _correlation(a: np.ndarray, b: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    return rank_correlation(a, b, drawn) if len(a) >= FEW else np.full(len(drawn), np.nan)


def _by_seed(m: _Main) -> tuple[np.ndarray, np.ndarray]:
    """Correlation with one seed's gains of the score, and of the other seeds' mean gains."""
    of_score, of_others = [], []
    for s, gain in enumerate(m.seeds.T):
        others = np.delete(m.seeds, s, axis=1)
        rows = ~np.isnan(gain) & ~np.isnan(others).all(axis=1)
        if rows.sum() >= FEW and np.ptp(gain[rows]):
            mean = np.nanmean(others[rows], axis=1)
            of_score.append(rank_correlation(m.score[rows], gain[rows], m.drawn[:, rows]))
            of_others.append(rank_correlation(mean, gain[rows], m.drawn[:, rows]))
    if not of_score:
        nothing = np.full(len(m.drawn), np.nan)
        return nothing, nothing
    return np.mean(of_score, axis=0), np.mean(of_others, axis=0)


def _alike(a: _Main, b: _Main) -> np.ndarray:
    """Correlation of the predicted rankings of two main tasks, over the auxiliaries of both."""
    _, one, other = np.intersect1d(a.aux, b.aux, return_indices=True)
    if len(one) < FEW or not np.ptp(b.score[other]):
        return np.full(len(a.drawn), np.nan)
    return rank_correlation(a.score[one], b.score[other], a.drawn[:, one])


def _partial(m: _Main) -> np.ndarray:
    """Partial rank correlation of score and gain, given the auxiliary's mean rank elsewhere.

    (r_sg − r_se r_ge) / √((1 − r_se²) (1 − r_ge²)); NaN where the mean rank explains either.
    """
    sg, se, ge = (
        _correlation(one, other, m.drawn)
        for one, other in ((m.score, m.gain), (m.elsewhere, m.score), (m.elsewhere, m.gain))
    )
    se = np.nan_to_num(se)  # of equal scores
    left = (1 - se**2) * (1 - ge**2)
    with np.errstate(invalid="ignore"):
        return np.where(left > 1e-9, (sg - se * ge) / np.sqrt(np.maximum(left, 1e-9)), np.nan)
