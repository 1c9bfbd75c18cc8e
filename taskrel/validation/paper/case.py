"""The data that the paper's findings are checked on."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.table.pair_table import column_in_words

if TYPE_CHECKING:
    import pandas as pd

#: Level of the tests that decide about findings.
ALPHA = 0.05

#: Whether a finding holds (None: this evidence cannot decide), and the numbers in words.
Answer = tuple[bool | None, str]


@dataclass(frozen=True, eq=False)
class Case:
    """An evidence, and the paper's tables made from it.

    table_3, table_4 : as in `paper.tables`; empty where features are missing
    """

    evidence: Evidence
    table_3: list[dict[str, Any]]
    table_4: list[dict[str, Any]]

    @cached_property
    def cells(self) -> "pd.DataFrame":
        """Gain, low and high of each measured pair in percent, index (main, aux)."""
        return self.evidence.measured()[["gain", "low", "high"]]

    @cached_property
    def gains(self) -> "pd.DataFrame":
        """Matrix of mean gains in percent, rows main, columns auxiliary; NaN if not measured."""
        return (
            self.cells["gain"].reset_index().pivot_table(index="main", columns="aux", values="gain")
        )

    @cached_property
    def mean_ranks(self) -> "pd.Series":
        """Mean rank of each auxiliary among those of a main task, from 0 (worst) to 1 (best)."""
        several = self.gains[self.gains.count(axis=1) > 1]
        ranks = several.rank(axis=1).sub(1).div(several.count(axis=1) - 1, axis=0)
        return ranks.mean().dropna()

    @cached_property
    def coefficient(self) -> dict[str, float]:
        """Mean coefficient by column, the strongest first."""
        return {row["feature"]: row["mean"] for row in self.table_4}

    def shown(self, column: str) -> str:
        """Coefficient of a column, and its rank by size among all."""
        words = column_in_words(column)
        columns = list(self.coefficient)
        if column not in columns:
            return f"no coefficient of {words}"
        return (
            f"coefficient of {words}: {self.coefficient[column]:+.2f} "
            f"(rank {columns.index(column) + 1} of {len(columns)})"
        )

    def codes(self) -> tuple[np.ndarray, np.ndarray]:
        """Row in the task table of each measured pair's main and auxiliary, (n_pairs,) each."""
        tasks = self.evidence.tasks.index
        main, aux = (
            tasks.get_indexer(self.cells.index.get_level_values(role)) for role in ("main", "aux")
        )
        return main, aux


def by_test(p_true: float, p_false: float) -> bool | None:
    """True or False where the one-sided p value for it is below `ALPHA`."""
    return True if p_true < ALPHA else False if p_false < ALPHA else None
