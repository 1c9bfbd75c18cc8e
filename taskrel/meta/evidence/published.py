"""Evidence published by others: the ten tasks of Bingel & Søgaard (EACL 2017).

``published_evidence("bingel2017")`` makes it from the authors' own logs
(github.com/jbingel/eacl2017_mtl): a folder ``logs/<task>`` for each task, with the
training loss every 10 steps and loss and F1 on held-out data every 100, and
``gains_90pairs.csv``, all directed pairs. The package ships the result.
"""

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.evidence.pairs import pairs_without_text
from taskrel.meta.evidence.published_figures import (
    BUDGETS,
    PROVENANCE,
    RECIPE,
    STEPS,
    TABLE_1,
    Published,
)
from taskrel.meta.evidence.published_logs import Entry, read_log, without_restart
from taskrel.meta.features.curve import curve_features
from taskrel.meta.features.names import DATASET_FEATURES, TASK_FEATURES
from taskrel.meta.features.robust_curve import robust_curve_features

if TYPE_CHECKING:
    import pandas as pd

#: The file's gains have six decimals.
ROUNDING = 1e-6


def published_evidence(folder: str | Path) -> Evidence:
    """Read the authors' logs and gains.

    Parameters
    ----------
    folder : str or Path
        Has ``gains_90pairs.csv`` and ``logs/<task id>/loss_tr.log``, ``loss_dv.log``.

    Returns
    -------
    Evidence
        Of recipe "50k_100k"; its `gains` also has those of "25k_50k". Features that need the
        corpora are missing: mean_length, outside_share and all pair features except size_ratio
        and same_kind.

    Raises
    ------
    EvidenceError
        Where a file is missing or not as expected.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 3 and Table 1.
    """
    from taskrel.study.analysis.gains import gains

    folder = Path(folder)
    per_seed = _gains(folder / "gains_90pairs.csv")
    default = next(iter(BUDGETS))
    used = per_seed[per_seed["recipe"] == default]
    single = used.groupby("main")["stl"].first()
    tasks = _by_task(
        {
            task.name: _data_features(task) | _curve_features(folder / "logs" / log_id)
            for log_id, task in TABLE_1.items()
        }
    ).reindex(columns=[*TASK_FEATURES])
    about = _by_task(
        {
            task.name: dict(
                zip(ABOUT, ("tagging", "micro_f1", task.family, "", single[task.name]), strict=True)
            )
            for task in TABLE_1.values()
        }
    )
    recipes = {
        name: RECIPE | {"steps": steps, "evaluations": steps // 100}
        for name, (steps, _) in BUDGETS.items()
    }
    pairs = pairs_without_text(tasks["size"], about["kind"])
    return Evidence(
        "bingel2017",
        recipes[default],
        True,
        tasks.astype(float),
        about,
        pairs,
        per_seed,
        gains(used),
        recipes=recipes,
        provenance=PROVENANCE,
    )


def _by_task(rows: dict[str, dict]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("task").sort_index()


def _data_features(task: Published) -> dict[str, float]:
    found = {name: float(getattr(task, name)) for name in DATASET_FEATURES}
    return found | {"entropy_share": task.label_entropy / log(task.labels)}


def _curve_features(folder: Path) -> dict[str, float]:
    train = read_log(folder / "loss_tr.log")
    dev = read_log(folder / "loss_dv.log")
    steps, losses = [s for s, *_ in train], [loss for _, loss, _ in train]
    smooth = [row for row in without_restart(train) if row[0] <= STEPS]
    held_out = [row for row in without_restart(dev) if row[0] <= STEPS]
    # A fit to every entry, not to every tenth, reproduces Table 4: see PROVENANCE.
    return curve_features(steps, losses, method="authors", every=1) | robust_curve_features(
        _columns(smooth, 1), _columns(held_out, 1), _columns(held_out, 2)
    )


def _columns(entries: Sequence[Entry], which: int) -> tuple[list[int], list[float]]:
    return [e[0] for e in entries], [e[which] for e in entries]


def _gains(path: Path) -> "pd.DataFrame":
    """The gains of both budgets in the shape of `gains_per_seed`, checked against their F1."""
    import pandas as pd

    try:
        table = pd.read_csv(path)
        names = {log_id: task.name for log_id, task in TABLE_1.items()}
        parts = []
        for recipe, (_, (stl, mtl, gain)) in BUDGETS.items():
            parts.append(
                pd.DataFrame(
                    {
                        "recipe": recipe,
                        "main": table["main_id"].map(names),
                        "aux": table["aux_id"].map(names),
                        "seed": 0,
                        "stl": table[stl],
                        "mtl": table[mtl],
                        "gain": table[gain],
                        "difference": table[mtl] - table[stl],
                    }
                )
            )
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise EvidenceError(
            f"{path}: cannot be read as the authors' gains ({type(e).__name__}: {e})"
        ) from None
    both = pd.concat(parts, ignore_index=True)
    n_pairs = len(names) * (len(names) - 1)
    if len(table) != n_pairs or both[["main", "aux"]].isna().any(axis=None):
        raise EvidenceError(
            f"{path}: expected the {n_pairs} directed pairs of "
            f"{', '.join(names)}, found {len(table)} rows"
        )
    error = (100 * (both["mtl"] / both["stl"] - 1) - both["gain"]).abs()
    if not (error <= ROUNDING).all():
        row = both.loc[error.idxmax()]
        raise EvidenceError(
            f"{path}: gain of {row['main']} with {row['aux']}, {row['recipe']}: "
            f"expected the relative change of its F1 to {ROUNDING:g}, found "
            f"{row['gain']}"
        )
    return both.sort_values(["recipe", "main", "aux"], ignore_index=True)
