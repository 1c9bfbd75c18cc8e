"""Faults of scoring: one trained model, scored as mistaken pipelines would score it."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import nn

from taskrel.models.sharing import Sharing
from taskrel.study.faults.mistakes import ORDERS, concatenated, read_as
from taskrel.tasks.task import Task
from taskrel.training.batches import Batcher
from taskrel.training.build_heads import build_head
from taskrel.training.evaluation.metrics import score
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.seeds import numpy_stream

METRICS = ("accuracy", "weighted_f1", "weighted_precision", "weighted_recall")


class _OneHead(Sharing):
    """A model whose one head reads what that of task number `task` reads of another model."""

    def __init__(self, model: Sharing, task: int, head: nn.Module):
        super().__init__()
        self.model, self.task, self.heads = model, task, nn.ModuleList([head])

    def states(
        self, tasks: Sequence[int], tokens: torch.Tensor, lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        return self.model.states([self.task], tokens, lengths)


@dataclass
class Answers:
    """What a trained model answers to test texts, for the task that is being scored.

    tasks : the two tasks of the run, as they are without any fault
    number : of the task to score, among them
    tests : test batches of each task
    """

    tasks: Sequence[Task]
    number: int
    model: Sharing
    tests: Sequence[Batcher]
    recipe: Recipe
    seed: int

    @property
    def task(self) -> Task:
        """The task to score."""
        return self.tasks[self.number]

    @property
    def other(self) -> int:
        """Number of the other task."""
        return 1 - self.number

    @cached_property
    def right(self) -> np.ndarray:
        """The task's own head on its own texts."""
        return self.of(self.model.heads[self.number], self.number, self.number)

    def of(self, head: nn.Module, kind_of: int, texts_of: int) -> np.ndarray:
        """What `head` answers, in the shape of one task's labels, to the texts of another."""
        model = _OneHead(self.model, kind_of, head)
        like = self.tests[kind_of]
        # The head works out a loss as well: it must find targets that it can read.
        batcher = copy(self.tests[texts_of])
        batcher.per_token, batcher.n_labels = like.per_token, like.n_labels
        batcher.targets = np.zeros(
            (len(batcher.lengths), *like.targets.shape[1:]), like.targets.dtype
        )
        return predict(model, 0, batcher)[0]


def none(answers: Answers) -> dict[str, float]:
    """No fault."""
    return _scores(answers.task, answers.right)


def wrong_head(answers: Answers) -> dict[str, float]:
    """The other task's head answers, its label k read as label k (`faults.read_as`)."""
    other = answers.of(answers.model.heads[answers.other], answers.other, answers.number)
    return _scores(answers.task, read_as(other, answers.task.kind, answers.task.n_labels))


def fresh_head(answers: Answers) -> dict[str, float]:
    """A head that was never trained answers, on the trained encoder."""
    seed = int(numpy_stream(answers.seed, "fresh head").integers(2**63))
    model = answers.model
    width = model.reads[answers.number].features
    head = build_head(answers.task, width, answers.recipe, seed, model.device.type)
    return _scores(answers.task, answers.of(head.to(model.device), answers.number, answers.number))


def concatenated_test(answers: Answers) -> dict[str, float]:
    """The test parts are concatenated, with label numbers colliding (`faults.concatenated`)."""
    foreign = answers.of(answers.model.heads[answers.number], answers.number, answers.other)
    first = [answers.task, answers.tasks[answers.other]]
    return _scores(concatenated(first, "test")[0], np.concatenate([answers.right, foreign]))


def _in_order(name: str) -> Callable[[Answers], dict[str, float]]:
    def fault(answers: Answers) -> dict[str, float]:
        lengths = answers.task.splits["test"].lengths
        rng = numpy_stream(answers.seed, name, answers.task.name)
        return _scores(answers.task, answers.right[ORDERS[name](lengths, rng)])

    return fault


def _scores(task: Task, predicted: np.ndarray) -> dict[str, float]:
    scores = score(task, "test", predicted)
    return {metric: scores[metric] for metric in METRICS}


#: Faults of scoring: answers → the metrics of `METRICS`.
SCORING: dict[str, Callable[[Answers], dict[str, float]]] = {
    "none": none,
    **{name: _in_order(name) for name in ORDERS},
    "wrong_head": wrong_head,
    "fresh_head": fresh_head,
    "concatenated_test": concatenated_test,
}
