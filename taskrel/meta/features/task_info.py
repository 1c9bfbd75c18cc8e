"""What the store of a study keeps about a task, so that evidence needs no corpus."""

from collections.abc import Collection
from typing import Any

from taskrel.meta.features.dataset import dataset_features, more_dataset_features
from taskrel.tasks.load import describe
from taskrel.tasks.task import Task


def task_info(task: Task, known_words: Collection[str] | None) -> dict[str, Any]:
    """Sizes, family and data-set features of a task, as plain data.

    known_words : words that have a pre-trained vector; None: vectors are learned
    """
    features = dataset_features(task, known_words) | more_dataset_features(task)
    return describe(task) | {"family": task.family, "features": features}
