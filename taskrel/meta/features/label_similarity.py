"""Label similarity: how much two label systems tell of each other on texts that both label."""

import numpy as np

from taskrel.tasks.task import ABSENT, Task

#: Fewer common tokens (or texts) give no answer: the measure is biased upwards by about
#: (labels of one − 1) · (labels of the other − 1) / (2 · units) nats of mutual information.
MIN_UNITS = 300


class LabelledTexts:
    """Training texts of one task by hash, made once for all of its pairs."""

    def __init__(self, task: Task):
        self.task = task
        hashes = np.array([hash(text) for text in task.texts("train")], np.int64)
        #: Distinct hashes, ascending, and which example has each first.
        self.hashes, self.first = np.unique(hashes, return_index=True)


def label_similarity(a: LabelledTexts, b: LabelledTexts) -> float:
    """Normalised mutual information of two tasks' labels on common training texts, in [0, 1].

    2 I(A; B) / (H(A) + H(B)), over the tokens (both label tokens) or the texts
    (both label texts; a multi-label set counts as one label) that both label. Texts
    are the same if their lower-cased tokens are; the first of equal ones counts.
    0 where one task's labels do not vary there. Symmetric.

    NaN for a token's labels against a text's, and below `MIN_UNITS` common units.

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
    # A blank inside a token can make equal texts of unequal tokens.
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
    """Label codes of these training examples' tokens, one example behind the other, or of them."""
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
