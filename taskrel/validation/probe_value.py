"""What probes are worth: the gain lost with and without them, at the same cost.

A probe of each auxiliary is paid before the first pair is trained in full. It pays
where the better order saves more than that.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.scoring.family_bootstrap import family_weights, interval
from taskrel.validation.scoring.scores import best_of

RESAMPLES = 1000
#: How many of a main task's auxiliaries are probed, the best-ranked ones; None: all.
PROBED = (None, 5)
#: Auxiliaries trained in full after the probes, in the text.
SHOWN = (1, 3, 5)


class Orders(NamedTuple):
    """One main task's auxiliaries: measured gains, and what they are ordered by."""

    gain: np.ndarray
    plain: np.ndarray
    probed: np.ndarray


def probed_order(plain: np.ndarray, probed: np.ndarray, n: int | None) -> np.ndarray:
    """Scores of one main's auxiliaries where the n best by `plain` are probed.

    Those come first, in the order of `probed`; the others behind them, in the order of `plain`.
    """
    if n is None or n >= len(plain):
        return probed
    best = np.argsort(-plain, kind="stable")[:n]
    score = plain - plain.max() + probed.min() - 1
    score[best] = probed[best]
    return score


def probe_value(
    data: PairData, answers: pd.DataFrame, share: float, seed: int = 0
) -> list[dict[str, Any]]:
    """Regret with probes less regret without, at the same number of pair runs.

    Intervals are over resampled families of main tasks, the shelf of auxiliaries and
    all predictions held fixed.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    answers : DataFrame
        As `held_out_answers` returns them, in the order of `data`, and probed: the
        score by the ranker that reads starts. Auxiliaries of main's own family, which
        leave_family_out does not ask about, do not count.
    share : float
        Cost of a probe, as a share of a pair's run.
    seed : int
        Of the resamples.

    Returns
    -------
    list of dict
        probed : how many of a main's auxiliaries are probed; None: all
        k : how many are then trained in full
        cost : of both, in pair runs, mean over main tasks
        regret, plain : gain lost with probes; without, when as much is spent on pairs
        difference : {"value", "low", "high"}, regret less plain
    """
    weights = family_weights(data, RESAMPLES, seed).main
    asked = answers["asked"].to_numpy()
    masks = [asked & (data.main == main) for main in np.unique(data.main[asked])]
    first = [int(mask.argmax()) for mask in masks]
    mains = [
        Orders(*(answers[c].to_numpy(float)[mask] for c in ("measured", "score", "probed")))
        for mask in masks
    ]
    drawn = weights[:, first]
    drawn = drawn[drawn.sum(axis=1) > 0]
    found = []
    for n in PROBED:
        curves = [
            (
                _curve(m.gain, probed_order(m.plain, m.probed, n)),
                _curve(m.gain, m.plain),
                share * min(n or len(m.gain), len(m.gain)),
            )
            for m in mains
        ]
        for k in range(max(len(m.gain) for m in mains) + 1):
            # Where a main task has fewer auxiliaries, all are trained.
            spent = np.array([min(k, len(with_) - 1) + upfront for with_, _, upfront in curves])
            regret = np.array([with_[min(k, len(with_) - 1)] for with_, _, _ in curves])
            plain = np.array(
                [
                    np.interp(cost, np.arange(len(without)), without)
                    for cost, (_, without, _) in zip(spent, curves, strict=True)
                ]
            )
            difference = regret - plain
            low, high = interval(drawn @ difference / drawn.sum(axis=1))
            found.append(
                {
                    "probed": n,
                    "k": k,
                    "cost": float(spent.mean()),
                    "regret": float(regret.mean()),
                    "plain": float(plain.mean()),
                    "difference": {"value": float(difference.mean()), "low": low, "high": high},
                }
            )
    return found


def probe_text(values: list[dict[str, Any]], share: float) -> str:
    """When probing pays, in sentences, from what `probe_value` returns."""
    return " ".join(
        [
            f"A probe costs {share:.0%} of a pair's run.",
            *(_sentence([v for v in values if v["probed"] == n], n) for n in PROBED),
        ]
    )


def _sentence(values: list[dict[str, Any]], n: int | None) -> str:
    whom = "every auxiliary" if n is None else f"the {n} best-ranked"
    # A saving is one whose interval says so; the sign alone would be luck half of the time.
    saves = [v["difference"]["high"] < 0 for v in values]
    if any(saves):
        costs = " and ".join(_stretches([v["cost"] for v in values], saves))
        what = (
            f"To probe {whom} clearly saves regret at a cost of {costs} pair runs for a main "
            "task, probes included."
        )
    else:
        what = f"To probe {whom} clearly pays at no cost."
    # At costs that are fixed beforehand: the best of many would flatter.
    fixed = "; ".join(f"{v['k']}: {_shown(v['difference'])}" for v in values if v["k"] in SHOWN)
    return (
        f"{what} Regret with probes less without at the same cost, by the number of pairs "
        f"then trained in full: {fixed}."
    )


def _stretches(costs: list[float], there: list[bool]) -> list[str]:
    """The stretches of neighbouring costs that are there, as text."""
    found: list[list[float]] = []
    for i, (cost, this) in enumerate(zip(costs, there, strict=True)):
        if this and i and there[i - 1]:
            found[-1].append(cost)
        elif this:
            found.append([cost])
    return [f"{s[0]:.1f}" if len(s) == 1 else f"{s[0]:.1f} to {s[-1]:.1f}" for s in found]


def _shown(difference: dict[str, float]) -> str:
    value, low, high = (round(difference[key], 2) + 0.0 for key in ("value", "low", "high"))
    return f"{value:+.2f} [{low:+.2f}, {high:+.2f}]"


def _curve(gain: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Regret when the best k are tried, k = 0 … n."""
    tried = [0.0, *(best_of(k, score, gain) for k in range(1, len(gain) + 1))]
    return tried[-1] - np.array(tried)
