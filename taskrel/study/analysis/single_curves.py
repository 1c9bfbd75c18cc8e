"""Learning curves of single-task runs as one table, with few enough points for a picture."""

import pandas as pd

from taskrel.study.runs.part import Part
from taskrel.study.store.store import Store
from taskrel.training.result import Curve

#: Curves with more points are averaged block by block.
POINTS = 250


def single_curves(part: Part, store: Store) -> pd.DataFrame:
    """Single-task curves: task, seed, split, step, loss and, for dev, score."""
    rows = []
    for (task, seed, split, name), curve in store.curves(part.digest).items():
        column = "loss" if name == "loss" else "score"
        rows.append(_thinned(curve, column).assign(task=task, seed=seed, split=split))
    if not rows:
        return pd.DataFrame()
    return pd.concat(rows).groupby(["task", "seed", "split", "step"], as_index=False).first()


def _thinned(curve: Curve, column: str) -> pd.DataFrame:
    """At most `POINTS` points of a curve: means over blocks of as many steps each."""
    block = -(-len(curve.steps) // POINTS)
    frame = pd.DataFrame({"step": curve.steps, column: curve.values})
    means = frame.groupby(frame.index // block).agg({"step": "last", column: "mean"})
    return means.reset_index(drop=True)
