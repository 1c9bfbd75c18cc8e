"""Directed pairs of an evidence, and their features from sizes and kinds alone."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.meta.features.names import PAIR_FEATURES
from taskrel.tasks.task import PER_TOKEN

if TYPE_CHECKING:
    import pandas as pd


def directed_pairs(
    tasks: Iterable[str],
    auxiliaries: Collection[str] = (),
    entries: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> "pd.MultiIndex":
    """All (main, aux) of two different tasks, n · (n − 1), in the order of `tasks`.

    auxiliaries, entries : as in `Evidence`; where some tasks are auxiliaries alone, the others are
        the main tasks, and two tasks of one card are no pair
    """
    import pandas as pd

    tasks = list(tasks)
    card = {task: entries.get(task, {}).get("card", task) for task in tasks}
    pairs = [
        (main, aux)
        for main in tasks
        if main not in auxiliaries
        for aux in auxiliaries or tasks
        if main != aux and not (auxiliaries and card[main] == card[aux])
    ]
    return pd.MultiIndex.from_tuples(pairs, names=["main", "aux"])


def pairs_without_text(
    size: "pd.Series", kind: "pd.Series", index: "pd.MultiIndex"
) -> "pd.DataFrame":
    """Pair features that need no text: size_ratio and same_kind, as in `features.pair`.

    Parameters
    ----------
    size, kind : Series
        By task, the kind as `Task.kind_and_unit` names it; NaN and "" where they are not known.
    index : MultiIndex
        The pairs (main, aux).

    Returns
    -------
    DataFrame
        Index `index`, columns `PAIR_FEATURES`; NaN for all others.
    """
    import pandas as pd

    main, aux = (index.get_level_values(level) for level in ("main", "aux"))
    tagging = kind.isin(PER_TOKEN).astype(float).where(kind != "")
    known = pd.DataFrame(index=index, columns=[*PAIR_FEATURES], dtype=float)
    known["size_ratio"] = np.log(size[main].to_numpy() / size[aux].to_numpy())
    of_main, of_aux = tagging[main].to_numpy(), tagging[aux].to_numpy()
    known["same_kind"] = np.where(np.isnan(of_main + of_aux), np.nan, of_main == of_aux)
    return known
