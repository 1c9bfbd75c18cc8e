"""The measured pairs of an evidence as arrays: what models are fitted to and validated on."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.table.aux_identity import identity_columns, identity_values
from taskrel.meta.predictor.table.column_groups import COLUMNS, EVERY, IDENTIFIED, IDENTITY
from taskrel.meta.predictor.table.pair_table import pair_table
from taskrel.study.analysis.smoothed import SMOOTHED

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
    label : float array (n,), percent, the gain that is learned from: of smoothed scores where
        the evidence has them (`analysis.smoothed`), else `gain`
    label_seeds : float array (n, n_seeds), the same seed by seed; NaN where a seed is missing
    seeds : float array (n, n_seeds), of `gain`
    names, tables : key of `COLUMNS`, `IDENTITY` or `IDENTIFIED` → names of
        its columns, float array (n, n_columns); columns that no pair has are left out, and
        keys with none
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
    seeds: np.ndarray
    label: np.ndarray
    label_seeds: np.ndarray

    @property
    def positive(self) -> np.ndarray:
        """Whether the mean gain is above 0, bool array (n,)."""
        return self.gain > 0

    def columns(self, names: tuple[str, ...]) -> np.ndarray:
        """Float array (n, len(names)) of these columns, whatever their groups."""
        if not names:
            return np.empty((len(self.gain), 0))
        unknown = [name for name in names if name not in self._positions]
        if unknown:
            raise EvidenceError(f"columns {', '.join(unknown)} are in no group of features")
        return np.column_stack(
            [self.tables[group][:, i] for group, i in (self._positions[name] for name in names)]
        )

    def column(self, name: str) -> np.ndarray | None:
        """Float array (n, 1) of one column; None where no pair has a value."""
        return self.columns((name,)) if name in self._positions else None

    @cached_property
    def _positions(self) -> dict[str, tuple[str, int]]:
        """Column → one of its groups, and its position there."""
        return {
            name: (group, i) for group, known in self.names.items() for i, name in enumerate(known)
        }

    def without_family(self, family: int) -> np.ndarray:
        """Mask of the pairs with no task of `family` in either role."""
        return (self.family[self.main] != family) & (self.family[self.aux] != family)

    def new_main(self, family: int) -> np.ndarray:
        """Mask of the pairs whose main is of `family` and whose auxiliary is not."""
        return (self.family[self.main] == family) & (self.family[self.aux] != family)


def pair_data(evidence: Evidence, without: tuple[str, ...] = ()) -> PairData:
    """Arrays of an evidence's measured pairs.

    without : names of features to leave out

    Raises `EvidenceError` where there is no measured pair, or no feature of any auxiliary or pair.
    """
    measured = evidence.measured()
    if measured.empty:
        raise EvidenceError(
            f"evidence {evidence.name}: no pair with a defined gain; train pairs with taskrel run, or "
            "name other evidence"
        )
    tasks, families = list(evidence.tasks.index), sorted(set(evidence.families))
    names, tables = {}, {}
    table = pair_table(
        evidence.tasks,
        evidence.pairs,
        list(measured.index),
        EVERY.without(without),
        evidence.measured_auxs,
    )
    known = table.columns[table.notna().any()]
    position = {name: i for i, name in enumerate(known)}
    values = table[known].to_numpy()
    for key, columns in COLUMNS.items():
        found = tuple(name for name in columns.without(without).names if name in position)
        if found:
            names[key] = found
            tables[key] = np.asfortranarray(values[:, [position[name] for name in found]])
    if "aux_and_pair" not in tables:  # no feature distinguishes auxiliaries
        raise EvidenceError(
            f"evidence {evidence.name}: its tasks have no features, because single-task runs are "
            "missing; train them with taskrel run, or name other evidence"
        )
    identity = identity_columns(evidence.about["kind"], measured.index)
    values = identity_values(evidence.about["kind"], measured.index, identity)
    names[IDENTITY], tables[IDENTITY] = identity, values
    for key, base in IDENTIFIED.items():
        if base in tables:
            names[key] = (*names[base], *identity)
            tables[key] = np.column_stack([tables[base], values])
    main, aux = (np.array([tasks.index(pair[i]) for pair in measured.index]) for i in (0, 1))
    gain, seeds = measured["gain"].to_numpy(float), _seeds(evidence, measured.index, "gain")
    label, label_seeds = _labels(evidence, measured.index) or (gain, seeds)
    return PairData(
        tuple(tasks),
        tuple(families),
        main,
        aux,
        np.array([families.index(evidence.families[t]) for t in tasks]),
        gain,
        names,
        tables,
        evidence.about["kind"].to_numpy(),
        headroom(evidence.about["stl"]),
        seeds,
        label,
        label_seeds,
    )


def _labels(evidence: Evidence, pairs: "pd.MultiIndex") -> tuple[np.ndarray, np.ndarray] | None:
    """Gains of smoothed scores of these pairs, mean and by seed; None where a pair has none."""
    if SMOOTHED not in evidence.gains:
        return None
    seeds = _seeds(evidence, pairs, SMOOTHED)
    if np.isnan(seeds).all(axis=1).any():
        return None
    return np.nanmean(seeds, axis=1), seeds


def _seeds(evidence: Evidence, pairs: "pd.MultiIndex", column: str) -> np.ndarray:
    """A column of the gains of these pairs seed by seed, float array (n_pairs, n_seeds)."""
    rows = evidence.gains[evidence.gains["recipe"].isin(evidence.summary["recipe"])]
    table = rows.pivot_table(index=["main", "aux"], columns="seed", values=column)
    return table.reindex(pairs).to_numpy(float)


def headroom(stl: "pd.Series") -> np.ndarray:
    """(1 − s) / s of single-task scores s; the median of the others where it is 0, 1 or unknown."""
    scores = stl.to_numpy(float)
    with np.errstate(divide="ignore"):  # a score of 0 has no headroom that can be stated
        room = (1 - scores) / scores
    known = np.isfinite(room) & (room > 0)
    return np.where(known, room, np.median(room[known]) if known.any() else 1.0)
