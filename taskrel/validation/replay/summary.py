"""The replay in figures: regret against cost, and whether the search knows what it has found."""

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.replay.replay import SHARES, recorded_mains, replay
from taskrel.validation.replay.strategies import STRATEGIES
from taskrel.validation.scoring.family_bootstrap import interval, resampled_mean

if TYPE_CHECKING:
    import pandas as pd

#: Share of the cost of every pair with three seeds at which strategies are compared.
COMPARED = 0.2
#: Fewer main tasks, or families of them, are not replayed.
LEAST = 3

log = logging.getLogger("taskrel")


def search_validation(
    predictor: GainPredictor,
    *,
    repeats: int = 20,
    epsilon: float = 0.5,
    resamples: int = 1000,
    jobs: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Replay searches on the runs of an evidence, for main tasks of each level of labels.

    Parameters
    ----------
    predictor : GainPredictor
        Of the evidence.
    repeats : int
        Replays of each main task and strategy.
    epsilon : float
        In percent; see `replay`.
    resamples : int
        Bootstrap resamples of the families of main tasks.
    jobs : int or None
        Processes; None is one per core. They change no figure.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict
        Level ("text", "token") → plain data for JSON; levels with fewer than `LEAST` families are
        left out. A figure is {"value", "low", "high"}.

        n_mains, n_families, n_auxs (largest number of auxiliaries), n_seeds, repeats, epsilon
        regret : strategy → share of the cost → figure, in percent of the single-task score
        difference : strategy → figure, its regret minus that of the search, at `COMPARED`
        gain : strategy → figure, gain of the choice at `COMPARED`
        runs : share → mean number of runs
        best, close : calibration of the search's probabilities of being the best arm and of being
            close to it: bins of predicted and true probability
        expected, gained : mean gain that the search expects of its choice at `COMPARED`, and the
            gain that it has
    """
    found = {}
    for level in LEVEL_NAMES:
        mains = recorded_mains(predictor, level)
        families = {m.family for m in mains}
        if len(families) < LEAST:
            continue
        log.info("replaying searches for %d %s main tasks", len(mains), LEVEL_NAMES[level])
        choices, beliefs = replay(mains, repeats, epsilon=epsilon, jobs=jobs, seed=seed)
        found[level] = {
            "n_mains": len(mains),
            "n_families": len(families),
            "n_auxs": max(len(m.auxs) for m in mains),
            "n_seeds": max(m.main.dev.shape[1] for m in mains),
            "repeats": repeats,
            "epsilon": epsilon,
            **_figures(choices, beliefs, resamples, seed),
        }
    return found


def _figures(
    choices: "pd.DataFrame", beliefs: "pd.DataFrame", resamples: int, seed: int
) -> dict[str, Any]:
    at = choices[choices["share"] == COMPARED]
    ends = beliefs.merge(at.loc[at["strategy"] == "search", ["main", "repeat", "runs"]])
    families = sorted(choices["family"].unique())
    n = len(families)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), resamples).astype(float)

    def figure(values: "pd.Series", family: "pd.Series") -> dict[str, float | None]:
        """Mean over main tasks, with a 95 % interval over resampled families."""
        weights = drawn[:, [families.index(name) for name in family]]
        low, high = interval(resampled_mean(values.to_numpy(float), weights))
        return {"value": float(values.mean()), "low": low, "high": high}

    def of(rows: "pd.DataFrame", column: str) -> dict[str, float | None]:
        by_main = rows.groupby(["main", "family"])[column].mean().reset_index()
        return figure(by_main[column], by_main["family"])

    def against(name: str) -> dict[str, float | None]:
        table = at.pivot_table(
            index=["main", "family"], columns="strategy", values="regret"
        ).reset_index()
        return figure(table[name] - table["search"], table["family"])

    return {
        "regret": {
            name: {str(share): of(rows[rows["share"] == share], "regret") for share in SHARES}
            for name in STRATEGIES
            for rows in [choices[choices["strategy"] == name]]
        },
        "difference": {name: against(name) for name in STRATEGIES if name != "search"},
        "gain": {name: of(at[at["strategy"] == name], "gain") for name in STRATEGIES},
        "runs": {
            str(share): float(rows["runs"].mean()) for share, rows in choices.groupby("share")
        },
        "best": _bins(beliefs["best"], beliefs["true_best"]),
        "close": _bins(beliefs["close"], beliefs["true_close"]),
        "expected": of(ends, "gain"),
        "gained": of(ends, "true_gain"),
    }


def _bins(said: "pd.Series", true: "pd.Series", bins: int = 10) -> list[dict[str, float]]:
    """Mean predicted and true probability by tenths of the predicted one."""
    which = np.minimum((said.to_numpy() * bins).astype(int), bins - 1)
    return [
        {
            "predicted": float(said[which == b].mean()),
            "true": float(true[which == b].mean()),
            "n": int((which == b).sum()),
        }
        for b in np.unique(which)
    ]
