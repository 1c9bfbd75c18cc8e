"""Folds: which measured pairs are learned from, and which are then predicted.

Five protocols, from the easiest (other pairs of both tasks are known) to what a user has: a
main task that the evidence does not know, and auxiliaries that it does.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import numpy as np

from taskrel.meta.predictor.selection import family_folds
from taskrel.meta.predictor.table.pair_data import PairData

#: Number of folds of the random pairs, as in the paper.
N_FOLDS = 5
#: leave_both_out leaves out two tasks at a time; with more tasks than this, two blocks of tasks.
N_BLOCKS = 12

#: Protocol → what the fit has and has not seen.
PROTOCOLS = {
    "random_pairs": "both tasks were seen in other pairs (the paper's protocol)",
    "leave_main_out": "the main task was seen as auxiliary only",
    "leave_aux_out": "the auxiliary was seen as main task only",
    "leave_both_out": "neither task was seen in any role",
    "leave_family_out": "no task of the main task's family was seen, as for a new task",
}

#: Masks over the measured pairs, bool arrays (n_pairs,): train, test.
Fold = tuple[np.ndarray, np.ndarray]


def folds(protocol: str, data: PairData, repeat: int = 0, seed: int = 0) -> list[Fold]:
    """Folds of one of `PROTOCOLS`; a fold without pairs to train or to test on is left out.

    leave_main_out, leave_aux_out
        Test: the pairs with one task in that role. Train: the pairs without it in
        that role; its pairs in the other role stay in.
    leave_both_out
        Test: both directed pairs of two tasks. Train: pairs with neither of the
        two in either role. The number of fits would grow with the square of the
        number of tasks, so tasks are put into `N_BLOCKS` blocks at most, and two
        blocks are left out at a time, or one for the pairs within it. Each pair is
        tested once.
    leave_family_out
        Test: pairs whose main task is of the family and whose auxiliary is not,
        since a user's task is new and the auxiliaries are not. Train: pairs without
        the family in either role. A pair within one family is never tested: its
        auxiliary would be as new as its main task.

    Parameters
    ----------
    protocol : str
        A key of `PROTOCOLS`.
    data : PairData
        The measured pairs.
    repeat, seed : int
        Which shuffle of the random pairs; the other protocols have one way only.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4 (random pairs). The other four follow
    Park and Marcotte, "Flaws in evaluation schemes for pair-input computational
    predictions", Nature Methods 9, 2012: pairs that share a task are not
    independent.
    """
    found = {
        "random_pairs": lambda: _random_pairs(data, repeat, seed),
        "leave_main_out": lambda: _leave_role_out(data.main),
        "leave_aux_out": lambda: _leave_role_out(data.aux),
        "leave_both_out": lambda: _leave_both_out(data),
        "leave_family_out": lambda: family_folds(data, np.ones(len(data.gain), bool)),
    }[protocol]()
    return [(train, test) for train, test in found if train.any() and test.any()]


def _random_pairs(data: PairData, repeat: int, seed: int) -> Iterator[Fold]:
    n = len(data.gain)
    order = np.random.default_rng([seed, repeat]).permutation(n)
    for rows in np.array_split(order, N_FOLDS):
        test = np.isin(np.arange(n), rows)
        yield ~test, test


def _leave_role_out(role: np.ndarray) -> Iterator[Fold]:
    for task in np.unique(role):
        yield role != task, role == task


def _leave_both_out(data: PairData) -> Iterator[Fold]:
    tasks = np.unique([data.main, data.aux])
    block = np.full(len(data.tasks), -1)
    block[tasks] = np.arange(len(tasks)) % N_BLOCKS
    main, aux = block[data.main], block[data.aux]
    for one, other in combinations_with_replacement(range(N_BLOCKS), 2):
        left_out = (one, other)
        train = ~np.isin(main, left_out) & ~np.isin(aux, left_out)
        yield train, ((main == one) & (aux == other)) | ((main == other) & (aux == one))
