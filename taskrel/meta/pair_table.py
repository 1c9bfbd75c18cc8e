"""The pair table: one row per directed pair, with the features of main, auxiliary and ratio.

Columns are ``main_size``, ``aux_size``, ``main/aux_size`` and so on: 14 × 3 = 42
for the paper's features (Bingel & Søgaard 2017, Section 4).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskrel.meta.evidence import TASK_FEATURES

if TYPE_CHECKING:
    import pandas as pd

MAIN, AUX, RATIO = "main_", "aux_", "main/aux_"
_WHOSE = {MAIN: "main", AUX: "aux", RATIO: "main/aux"}


def pair_table(tasks: "pd.DataFrame", pairs: Sequence[tuple[str, str]],
               features: Sequence[str]) -> "pd.DataFrame":
    """Put the features of pairs side by side.

    Parameters
    ----------
    tasks : DataFrame of shape (n_tasks, n_features)
        As `Evidence.tasks`.
    pairs : sequence of (main, aux)
        Names in the index of `tasks`.
    features : sequence of str
        Names of k of its columns.

    Returns
    -------
    DataFrame of shape (n_pairs, 3 k)
        Index (main, aux); NaN where a feature is missing. A ratio whose
        denominator is 0 is missing, too.
    """
    import pandas as pd

    index = pd.MultiIndex.from_tuples(list(pairs), names=["main", "aux"])
    main, aux = (tasks.loc[[pair[i] for pair in pairs], list(features)].set_axis(index)
                 for i in (0, 1))
    ratio = main / aux.mask(aux == 0)
    return pd.concat([main.add_prefix(MAIN), aux.add_prefix(AUX), ratio.add_prefix(RATIO)],
                     axis="columns")


def in_words(column: str, above: bool) -> str:
    """What a pair has, where it lies above or below the mean of a column.

    >>> in_words("aux_label_entropy", True), in_words("main_gradient_30", True)
    ('high label entropy (aux)', 'flat loss slope at 30% (main)')
    """
    prefix = next(p for p in _WHOSE if column.startswith(p))
    feature = column.removeprefix(prefix)
    levels = ("low", "high")
    if feature.startswith("gradient_") and prefix != RATIO:
        levels = ("steep", "flat")  # a slope is negative while the loss falls
    return f"{levels[above]} {TASK_FEATURES.get(feature, feature)} ({_WHOSE[prefix]})"
