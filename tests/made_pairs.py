"""Made-up measured pairs for validation: gains that features cause, and arrays of given gains."""

from itertools import permutations

import numpy as np
import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.names import ENCODER_SCORES, PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.table.pair_data import PairData


def planted_evidence(n_tasks=8, n_families=None, spread=0.5, gain=None, seeds=(0, 1), kinds=1):
    """Evidence whose gains come from the auxiliary's label entropy and the pair's cosine.

    n_families : task i is of family i mod n_families (default: a family each)
    spread : standard deviation of the gain over seeds, percent
    gain : function of main, aux → percent, in place of the planted one
    kinds : 2 makes every other task a classification
    """
    rng = np.random.default_rng(3)
    tasks = [f"t{i:02d}" for i in range(n_tasks)]
    features = pd.DataFrame(
        rng.uniform(1, 2, (n_tasks, len(TASK_FEATURES))), tasks, [*TASK_FEATURES]
    )
    kind = ["classification" if kinds == 2 and i % 2 else "tagging" for i in range(n_tasks)]
    family = [f"f{i % n_families}" if n_families else "" for i in range(n_tasks)]
    about = pd.DataFrame(
        {"kind": kind, "metric": "accuracy", "family": family, "digest": "", "stl": 0.6}, tasks
    )
    index = pd.MultiIndex.from_tuples(list(permutations(tasks, 2)), names=["main", "aux"])
    # Of an encoder's scores one, as in evidence that was measured before there were others.
    known = [name for name in PAIR_FEATURES if name == "probe" or name not in ENCODER_SCORES]
    pairs = pd.DataFrame(rng.uniform(0, 1, (len(index), len(known))), index, known)
    pairs = pairs.reindex(columns=[*PAIR_FEATURES])
    pairs["same_kind"] = [float(about.kind[main] == about.kind[aux]) for main, aux in index]
    level = dict(zip(tasks, rng.normal(0, 1, n_tasks), strict=True))

    def planted(main, aux):
        return (
            level[main]
            + 8 * (features.label_entropy[aux] - 1.5)
            + 8 * (pairs.text_cosine[main, aux] - 0.5)
        )

    rows = [
        {
            "recipe": "made",
            "main": m,
            "aux": a,
            "seed": s,
            "gain": (gain or planted)(m, a) + spread * rng.standard_normal(),
        }
        for m, a in index
        for s in seeds
    ]
    per_seed = pd.DataFrame(rows, columns=["recipe", "main", "aux", "seed", "gain"])
    summary = per_seed.groupby(["recipe", "main", "aux"], as_index=False).agg(
        gain=("gain", "mean"), n_seeds=("gain", "size")
    )
    return Evidence(
        "made",
        {},
        False,
        features,
        about,
        pairs,
        per_seed,
        summary.assign(low=np.nan, high=np.nan, verdict=None),
    )


def made_pairs(pairs, gain, family=None, tables=None) -> PairData:
    """Arrays of pairs (main, aux) of tasks 0, 1, …, each a family of its own by default.

    tables : group → {column: values of the pairs}; who the auxiliary is stands beside them
    """
    pairs = np.array(pairs)
    n = pairs.max() + 1
    family = np.arange(n) if family is None else np.array(family)
    tables = (tables or {}) | {
        "identity": {f"is_t{a}": pairs[:, 1] == a for a in np.unique(pairs[:, 1])}
    }
    return PairData(
        tuple(f"t{i}" for i in range(n)),
        tuple(f"f{i}" for i in range(family.max() + 1)),
        pairs[:, 0],
        pairs[:, 1],
        family,
        np.array(gain, float),
        {group: tuple(columns) for group, columns in tables.items()},
        {
            group: np.column_stack([*columns.values()]).astype(float)
            for group, columns in tables.items()
        },
        np.full(n, "tagging"),
        np.ones(n),
        np.array(gain, float)[:, None],
        np.array(gain, float),
        np.array(gain, float)[:, None],
    )
