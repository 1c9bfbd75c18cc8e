"""Where single-task runs were best on dev: whether a smaller budget is enough."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: A smaller budget is enough where it is this part of the present one, or less.
SMALLER = 0.7
#: How much longer than up to the peak it is.
MARGIN = 1.2


def dev_peaks(curves: "pd.DataFrame") -> "pd.DataFrame":
    """Where the runs of each task were best on dev.

    curves : as `single_curves` returns them

    Returns
    -------
    DataFrame
        Index task; best : median over seeds of the step of the first best evaluation;
        last : the step of the last one
    """
    import pandas as pd

    if not {"split", "score"} <= {*curves}:
        return pd.DataFrame(columns=["best", "last"], dtype=float)
    dev = curves[curves["split"] == "dev"].dropna(subset="score")
    runs = dev.groupby(["task", "seed"])
    best = dev.loc[runs["score"].idxmax()].groupby("task")["step"].median()
    return pd.DataFrame({"best": best, "last": dev.groupby("task")["step"].max()})


def enough_steps(peaks: "pd.DataFrame") -> int | None:
    """Updates that are enough for all tasks, in round numbers; None where the budget is not large.

    peaks : as `dev_peaks` returns them
    """
    if peaks.empty:
        return None
    wanted = MARGIN * float(peaks["best"].max())
    unit = 10 ** max(math.floor(math.log10(max(wanted, 1))) - 1, 0)
    steps = math.ceil(wanted / unit) * unit
    return steps if steps <= SMALLER * float(peaks["last"].min()) else None
