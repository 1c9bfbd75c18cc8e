"""Evidence in memory, made up: gains and features as they are handed in."""

import numpy as np
import pandas as pd

from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.features.names import PAIR_FEATURES, TASK_FEATURES


def made_evidence(
    gains: dict[tuple[str, str], float],
    features: dict[str, dict] | None = None,
    intervals: dict[tuple[str, str], tuple[float, float]] | None = None,
) -> Evidence:
    """Evidence with these mean gains (percent); an interval where one is given.

    features : name → task → value
    """
    names = sorted({task for pair in gains for task in pair})
    tasks = pd.DataFrame(features or {}, index=names).reindex(columns=[*TASK_FEATURES])
    rows = [
        {
            "recipe": "made",
            "main": m,
            "aux": a,
            "gain": g,
            "n_seeds": 1,
            **dict(
                zip(("low", "high"), (intervals or {}).get((m, a), (np.nan, np.nan)), strict=True)
            ),
        }
        for (m, a), g in gains.items()
    ]
    about = pd.DataFrame("", index=names, columns=[*ABOUT]).assign(kind="tagging", stl=0.5)
    pairs = pd.DataFrame(
        index=pd.MultiIndex.from_tuples(gains, names=["main", "aux"]),
        columns=[*PAIR_FEATURES],
        dtype=float,
    )
    return Evidence(
        "made", {}, True, tasks.astype(float), about, pairs, pd.DataFrame(), pd.DataFrame(rows)
    )
