"""Label similarity: how much the labels of two tasks say about each other on common texts."""

import numpy as np

from taskrel.tasks.task import ABSENT, Task

#: With fewer common tokens (or texts) there is no value, since mutual information is biased
#: upwards by about (labels of one − 1) · (labels of the other − 1) / (2 · tokens) nats.
MIN_UNITS = 300


class LabelledTexts:
    """Training texts of one task by hash, computed once for all of its pairs."""

    def __init__(self, task: Task):
        self.task = task
        hashes = np.array([hash(text) for text in task.texts("train")], np.int64)
        #: Distinct hashes, ascending, and which example has each first.
        self.hashes, self.first = np.unique(hashes, return_index=True)


def label_similarity(a: LabelledTexts, b: LabelledTexts) -> float:
    """Normalised mutual information of two tasks' labels on common training texts, in [0, 1].

    2 I(A; B) / (H(A) + H(B)), over common tokens (token-level tasks) or common texts
    (text-level tasks; a set of labels counts as one label). Texts are the same if their
    lower-cased tokens are; the first of equal texts counts. 0 where the labels of one task do
    not vary there. Symmetric.

    NaN for a token-level with a text-level task, and below `MIN_UNITS` common tokens or texts.

    References
    ----------
    Strehl and Ghosh, "Cluster ensembles", JMLR 3, 2002, Section 2.2 (there with
    the geometric mean).
    """
    from sklearn.metrics import normalized_mutual_info_score

    if a.task.per_token != b.task.per_token:
        return np.nan
    _, in_a, in_b = np.intersect1d(a.hashes, b.hashes, assume_unique=True, return_indices=True)
    in_a, in_b = a.first[in_a], b.first[in_b]
    # With a blank inside a token, equal texts can have different tokens.
    alike = a.task.splits["train"].lengths[in_a] == b.task.splits["train"].lengths[in_b]
    x, y = _labels(a.task, in_a[alike]), _labels(b.task, in_b[alike])
    labelled = (x != ABSENT) & (y != ABSENT)
    x, y = x[labelled], y[labelled]
    if len(x) < MIN_UNITS:
        return np.nan
    if (x == x[0]).all() or (y == y[0]).all():
        return 0.0
    return float(normalized_mutual_info_score(x, y))


def _labels(task: Task, examples: np.ndarray) -> np.ndarray:
    """Label codes of these training examples, or of their tokens one after the other."""
    train = task.splits["train"]
    if task.kind == "multilabel":
        return np.unique(train.targets[examples], axis=0, return_inverse=True)[1].ravel()
    if not task.per_token:
        return train.targets[examples]
    lengths = train.lengths[examples]
    begin = np.cumsum(lengths) - lengths
    return train.targets[
        np.repeat(train.offsets[examples] - begin, lengths) + np.arange(lengths.sum())
    ]
