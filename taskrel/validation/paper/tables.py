"""Tables 3 and 4 of Bingel & Søgaard (EACL 2017), made from any evidence, next to their figures.

Both are about random pairs, whose tasks were also trained in other pairs. They say little about
a new task; `validate` does.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.paper.column_subsets import best_first, fit, nested_figures, subset_figures
from taskrel.validation.paper.published_figures import TABLE_3, TABLE_4

RUNS, SPLITS, TRAIN_SHARE = 100, 100, 0.8
#: Runs that choose the number of columns, and runs of the nested figure.
CHOICE_RUNS, NESTED_RUNS = 10, 2


def table_4(data: PairData, seed: int = 0, group: str = "all_features") -> list[dict[str, Any]]:
    """Mean coefficients over 100 random 80/20 splits, the strongest first.

    Returns
    -------
    list of dict
        feature : column of the pair table, scaled to [0, 1] by the training pairs
        mean : of its coefficient over the splits, log-odds
        low, high : 2.5 and 97.5 percentiles over the splits. Splits share tasks
            and most pairs, so this is no interval for other tasks.
        published : the paper's mean; None where it is not known

    Raises
    ------
    EvidenceError
        Where all measured pairs are gains or none is, or no task has a feature of the group.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4 and Table 4.
    """
    x, y, names = _table(data, group), data.positive, data.names[group]
    coefficients = np.empty((SPLITS, len(names)))
    for split in range(SPLITS):
        order = np.random.default_rng([seed, split]).permutation(len(y))
        train = order[: round(TRAIN_SHARE * len(y))]
        coefficients[split] = fit(FeatureRange.of(x[train]).unit(x[train]), y[train])[0]
    mean = coefficients.mean(axis=0)
    low, high = np.percentile(coefficients, (2.5, 97.5), axis=0)
    return [
        {
            "feature": names[i],
            "mean": float(mean[i]),
            "low": float(low[i]),
            "high": float(high[i]),
            "published": TABLE_4.get(names[i]),
        }
        for i in np.argsort(-np.abs(mean), kind="stable")
    ]


def table_3(data: PairData, seed: int = 0) -> list[dict[str, Any]]:
    """Accuracy and F1 of "gain" over 100 runs of 5 folds of random pairs.

    The best subset is chosen as in the paper: columns sorted by the size of their mean
    coefficients (`table_4`), and as many of them as score best. It is chosen on the pairs that
    it is then scored on, so its scores are too high. For the nested figures, sorting and
    number are chosen in the training pairs of each fold.

    Returns
    -------
    list of dict
        model : key of `TABLE_3`; majority has the accuracy of the more frequent
            outcome and the F1 of answering "gain" always
        columns : names of the columns used
        accuracy, f1 : means over the runs, fractions
        f1_low, f1_high : 2.5 and 97.5 percentiles over the runs, which differ in
            their folds only
        nested_accuracy, nested_f1 : the same without a choice on tested pairs;
            None where nothing is chosen
        published_accuracy, published_f1 : the paper's

    Raises
    ------
    EvidenceError
        As `table_4`.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4 and Table 3.
    """
    every = np.arange(_table(data, "all_features").shape[1])
    rows = [_majority(data.positive), _row("all_features", data, "all_features", every, seed)]
    rows += [
        _best(model, data, group, seed)
        for model, group in (("best_data", "data_features"), ("best_combined", "all_features"))
        if group in data.tables
    ]
    for row in rows:
        row["published_accuracy"], row["published_f1"] = TABLE_3[row["model"]]
    return rows


def _majority(y: np.ndarray) -> dict[str, Any]:
    rate = float(y.mean())
    f1 = 2 * rate / (1 + rate)
    return _plain("majority", [], max(rate, 1 - rate), f1, (f1, f1))


def _row(model: str, data: PairData, group: str, columns: np.ndarray, seed: int) -> dict[str, Any]:
    figures = subset_figures(data.tables[group], data.positive, [columns], RUNS, seed)[0]
    accuracy, f1 = figures.mean(axis=0)
    names = [data.names[group][i] for i in columns]
    return _plain(model, names, accuracy, f1, np.percentile(figures[:, 1], (2.5, 97.5)))


def _plain(
    model: str, columns: list[str], accuracy: float, f1: float, range_of_f1: Sequence[float]
) -> dict[str, Any]:
    low, high = range_of_f1
    return {
        "model": model,
        "columns": columns,
        "accuracy": float(accuracy),
        "f1": float(f1),
        "f1_low": float(low),
        "f1_high": float(high),
        "nested_accuracy": None,
        "nested_f1": None,
    }


def _best(model: str, data: PairData, group: str, seed: int) -> dict[str, Any]:
    x, y, names = data.tables[group], data.positive, data.names[group]
    order = np.array([names.index(row["feature"]) for row in table_4(data, seed, group)])
    row = _row(model, data, group, best_first(x, y, order, CHOICE_RUNS, seed), seed)
    row["nested_accuracy"], row["nested_f1"] = nested_figures(x, y, NESTED_RUNS, seed)
    return row


def _table(data: PairData, group: str) -> np.ndarray:
    """The table of a group; raises `EvidenceError` as `table_4` does."""
    y = data.positive
    if y.all() or not y.any():
        raise EvidenceError(
            f"all {len(y)} measured pairs are {'gains' if y.any() else 'losses'}, but the paper's "
            "tables need both; train more pairs with taskrel run"
        )
    if group not in data.tables:
        raise EvidenceError(
            f"no task has one of the paper's features ({group}), because single-task runs are missing; "
            "train them with taskrel run, or name other evidence"
        )
    return data.tables[group]
