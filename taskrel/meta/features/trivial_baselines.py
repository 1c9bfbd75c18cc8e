"""Scores of a task without any encoder: what a single-task model must beat to have learned its task.

Gains of a model that has not are about leaving the majority, not about the auxiliary.
"""

import numpy as np

from taskrel.tasks.task import Task
from taskrel.training.evaluation.metrics import score

#: Name → what it is, in words.
BASELINES = {"majority": "the most frequent label", "words": "a model of the words alone"}
#: Larger tasks are left out: these models would take minutes there, and encoders are far above.
LARGEST = 5000


def baseline_scores(task: Task) -> dict[str, float]:
    """Main metric on test of each of `BASELINES`, a fraction; none for regression and large tasks.

    majority
        The most frequent training label; of a multilabel task, each label that most texts have.
    words
        Text-level: logistic regression on TF-IDF of the words, for each label of a multilabel task.
        Token-level: the most frequent training label of the word, else of all words.
    """
    train = task.splits["train"]
    if task.kind == "regression" or len(train) > LARGEST:
        return {}
    make = _of_tokens if task.per_token else _of_texts
    return {
        name: score(task, "test", predicted)[task.metric]
        for name, predicted in zip(BASELINES, make(task), strict=True)
    }


def _of_tokens(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Label codes of the test tokens by both models."""
    train, test = task.splits["train"], task.splits["test"]
    known = train.targets >= 0
    counts = np.zeros((len(task.words), len(task.labels)), int)
    np.add.at(counts, (train.tokens[known], train.targets[known]), 1)
    majority = counts.sum(axis=0).argmax()
    of_word = np.where(counts.any(axis=1), counts.argmax(axis=1), majority)
    return np.full(len(test.tokens), majority), of_word[test.tokens]


def _of_texts(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Label codes of the test texts, or 0/1 of shape (n, n_labels), by both models."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S+")
    y, new = task.splits["train"].targets, task.texts("test")
    several = task.kind == "multilabel"
    known = np.ones(len(y), bool) if several else y >= 0
    x, y = vectorizer.fit_transform(task.texts("train"))[known], y[known]
    test = vectorizer.transform(new)

    def fitted(y: np.ndarray) -> np.ndarray:
        if len(np.unique(y)) < 2:
            return np.full(len(new), y[0])
        return LogisticRegression(C=10, max_iter=2000).fit(x, y).predict(test)

    if several:
        y = y[:, : len(task.labels)]
        most = (y.mean(axis=0) > 0.5).astype(int)
        return np.tile(most, (len(new), 1)), np.column_stack([fitted(column) for column in y.T])
    return np.full(len(new), np.bincount(y).argmax()), fitted(y)
