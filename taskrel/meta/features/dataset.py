"""Data-set features: the seven of Bingel & Søgaard (2017, Table 1), and more.

Words are lower-cased, as in the authors' code. Every token counts, also punctuation, but not the
separator of a pair of texts. All features except the JSD use the training split only.
"""

from collections.abc import Collection

import numpy as np

from taskrel.tasks.task import Task
from taskrel.tasks.text import PAIR_SEPARATOR
from taskrel.tasks.words.vectors import spellings

#: Name → what it is, in words; in the order of the paper's table.
DATASET_FEATURES = {
    "size": "number of training sentences",
    "labels": "number of labels",
    "tokens_per_type": "tokens per type",
    "oov_rate": "rate of words without a vector",
    "label_entropy": "label entropy",
    "frobenius": "Frobenius norm of word counts",
    "jsd": "train/test divergence",
}

#: Features that are not in the paper.
MORE_DATASET_FEATURES = {
    "entropy_share": "label entropy as a share of its maximum",
    "mean_length": "tokens per sentence or text",
    "outside_share": "share of the label for outside",
}


def dataset_features(task: Task, known_words: Collection[str] | None) -> dict[str, float]:
    """Compute the paper's data-set features of one task.

    Parameters
    ----------
    task : Task
        Its training and test splits are used.
    known_words : collection of str or None
        Words that have a pre-trained vector, as the vector file spells them (a
        set: it is asked for every type of the task); None where vectors are
        learned.

    Returns
    -------
    dict
        The keys of `DATASET_FEATURES`; ``oov_rate`` is NaN without `known_words`.

    References
    ----------
    Bingel and Søgaard, "Identifying beneficial task relations for multi-task
    learning in deep neural networks", EACL 2017, Section 3 and Table 1.
    """
    features = (
        size(task),
        labels(task),
        tokens_per_type(task),
        oov_rate(task, known_words),
        label_entropy(task),
        frobenius(task),
        jsd(task),
    )
    return {name: float(value) for name, value in zip(DATASET_FEATURES, features, strict=True)}


def more_dataset_features(task: Task) -> dict[str, float]:
    """Compute the data-set features that are not in the paper, `MORE_DATASET_FEATURES`."""
    return {
        "entropy_share": entropy_share(task),
        "mean_length": mean_length(task),
        "outside_share": outside_share(task),
    }


def size(task: Task) -> int:
    """Number of training examples (sentences, texts), 1 and up."""
    return len(task.splits["train"])


def labels(task: Task) -> int:
    """Number of labels in training, 2 and up."""
    return task.n_labels


def tokens_per_type(task: Task) -> float:
    """Training tokens per distinct lower-cased word, 1 and up."""
    types = _types(task, "train")
    return len(types) / len(np.unique(types))


def oov_rate(task: Task, known_words: Collection[str] | None) -> float:
    """Percentage of training tokens without a pre-trained vector, in [0, 100].

    Of tokens, not of types: for types, the paper's figures of 1–5 % would be far too low. A
    word has a vector if any of its `spellings` has one.
    """
    if known_words is None:
        return np.nan
    unknown = np.array([not any(form in known_words for form in spellings(w)) for w in task.words])
    return 100 * unknown[_tokens(task, "train")[0]].mean()


def label_entropy(task: Task) -> float:
    """Entropy of the training label distribution in nats, in [0, ln(number of labels)].

    Counted over tokens (tagging), over texts (classification) or over
    occurrences of labels (multi-label); absent labels do not count.
    """
    targets = task.splits["train"].targets
    if task.kind == "multilabel":
        counts = targets.sum(axis=0, dtype=np.int64)
    else:
        counts = np.bincount(targets[targets >= 0])
    p = counts[counts > 0] / counts.sum()
    return abs(float(-(p * np.log(p)).sum()))  # abs: −0.0 where there is one label


def entropy_share(task: Task) -> float:
    """Label entropy over its maximum ln(number of labels), in [0, 1]; a task has two or more."""
    return label_entropy(task) / np.log(task.n_labels)


def mean_length(task: Task) -> float:
    """Training tokens per sentence or text, 1 and up."""
    return len(_tokens(task, "train")[0]) / size(task)


def outside_share(task: Task) -> float:
    """Share of the training labels that are the card's outside label, in [0, 1].

    0 for a task without one, and for text-level tasks. Absent labels do not count.
    """
    if task.kind != "tagging" or task.outside not in task.labels:
        return 0.0
    targets = task.splits["train"].targets
    return float((targets[targets >= 0] == task.labels.index(task.outside)).mean())


def frobenius(task: Task) -> float:
    """Frobenius norm of the training sentence × term count matrix, above 0.

    √(Σ_s Σ_w n_sw²), with n_sw how often sentence s has the word w. It grows
    with √(number of tokens) and with repetition inside sentences.
    """
    types = _types(task, "train").astype(np.int64)
    _, sentence = _tokens(task, "train")
    _, counts = np.unique(sentence * (types.max() + 1) + types, return_counts=True)
    return float(np.sqrt((counts.astype(float) ** 2).sum()))


def jsd(task: Task) -> float:
    """Jensen–Shannon divergence of the training and test bags of words in nats, in [0, ln 2].

    JSD(P, Q) = ½ KL(P ‖ M) + ½ KL(Q ‖ M), M = ½ (P + Q); nats, as in the
    authors' code.
    """
    train, test = _types(task, "train"), _types(task, "test")
    n = max(train.max(), test.max()) + 1
    p, q = (np.bincount(t, minlength=n) / len(t) for t in (train, test))
    return (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2


def _kl(p: np.ndarray, q: np.ndarray) -> float:
    seen = p > 0
    return float((p[seen] * np.log(p[seen] / q[seen])).sum())


def _types(task: Task, split: str) -> np.ndarray:
    """Code of the lower-cased word of every token of a split, the same codes in all splits."""
    code: dict[str, int] = {}
    lowered = np.array([code.setdefault(w.lower(), len(code)) for w in task.words])
    return lowered[_tokens(task, split)[0]]


def _tokens(task: Task, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Word code and example of each token of a split that is no separator of a pair."""
    part = task.splits[split]
    example = np.repeat(np.arange(len(part)), part.lengths)
    if PAIR_SEPARATOR not in task.words:
        return part.tokens, example
    is_word = part.tokens != task.words.index(PAIR_SEPARATOR)
    return part.tokens[is_word], example[is_word]
