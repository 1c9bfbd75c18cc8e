"""The measured pairs of an evidence as arrays: what models are fitted to and validated on."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.column_groups import COLUMNS
from taskrel.meta.evidence import Evidence
from taskrel.meta.pair_table import pair_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class PairData:
    """Arrays over the n measured pairs, in order of (main, aux).

    tasks : names; the codes of `main` and `aux`
    families : names; `family` is the code of each task's
    main, aux : int arrays (n,)
    family : int array (n_tasks,)
    gain : float array (n,), percent, mean over seeds
    names, tables : key of `COLUMNS` → names of its columns, float array (n,
        n_columns); columns that no pair has are left out, and keys with none
    kind : array (n_tasks,) of strings
    headroom : float array (n_tasks,), (1 − s) / s of the single-task score s: the
        gain of a main task that would reach a score of 1, as a fraction
    """

    tasks: tuple[str, ...]
    families: tuple[str, ...]
    main: np.ndarray
    aux: np.ndarray
    family: np.ndarray
    gain: np.ndarray
    names: dict[str, tuple[str, ...]]
    tables: dict[str, np.ndarray]
    kind: np.ndarray
    headroom: np.ndarray

    @property
    def positive(self) -> np.ndarray:
        """Whether the mean gain is above 0, bool array (n,)."""
        return self.gain > 0

    def columns(self, names: tuple[str, ...]) -> np.ndarray:
        """Float array (n, len(names)) of these columns, whichever group they stand in."""
        for group, known in self.names.items():
            if set(names) <= set(known):
                return self.tables[group][:, [known.index(name) for name in names]]
        raise EvidenceError(f"columns {', '.join(names)} are in no group of features")

    def without_family(self, family: int) -> np.ndarray:
        """Mask of the pairs with no task of `family` in either role."""
        return (self.family[self.main] != family) & (self.family[self.aux] != family)

    def new_main(self, family: int) -> np.ndarray:
        """Mask of the pairs whose main is of `family` and whose auxiliary is not."""
        return (self.family[self.main] == family) & (self.family[self.aux] != family)


@lru_cache(maxsize=4)
def pair_data(evidence: Evidence, without: tuple[str, ...] = ()) -> PairData:
    """Arrays of an evidence's measured pairs.

    without : names of features to leave out

    Raises `EvidenceError` where there is no measured pair, or no feature of any auxiliary or pair.
    """
    measured = evidence.measured()
    if measured.empty:
        raise EvidenceError(f"evidence {evidence.name}: no pair with a defined gain; train pairs "
                            "with run_pairs, or name other evidence")
    tasks, families = list(evidence.tasks.index), sorted(set(evidence.families))
    names, tables = {}, {}
    for key, columns in COLUMNS.items():
        table = pair_table(evidence.tasks, evidence.pairs, list(measured.index),
                           columns.without(without))
        table = table.loc[:, table.notna().any()]
        if table.shape[1]:
            names[key], tables[key] = tuple(table.columns), table.to_numpy()
    if "aux_and_pair" not in tables:  # then there is nothing to tell auxiliaries apart by
        raise EvidenceError(f"evidence {evidence.name}: its tasks have no features; train them "
                            "alone with run_pairs, or name other evidence")
    main, aux = (np.array([tasks.index(pair[i]) for pair in measured.index]) for i in (0, 1))
    return PairData(tuple(tasks), tuple(families), main, aux,
                    np.array([families.index(evidence.families[t]) for t in tasks]),
                    measured["gain"].to_numpy(float), names, tables,
                    evidence.about["kind"].to_numpy(), headroom(evidence.about["stl"]))


def headroom(stl: "pd.Series") -> np.ndarray:
    """(1 − s) / s of single-task scores s; the median of the others where it is 0, 1 or unknown."""
    scores = stl.to_numpy(float)
    with np.errstate(divide="ignore"):  # a score of 0 has no headroom that can be stated
        room = (1 - scores) / scores
    known = np.isfinite(room) & (room > 0)
    return np.where(known, room, np.median(room[known]) if known.any() else 1.0)
