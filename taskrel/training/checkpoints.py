"""Checkpoints: the weights of each task's best dev evaluation and the last, with their scores."""

from collections.abc import Callable, Sequence

import torch

from taskrel.models.sharing import GatedSharing, Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.words.vocabulary import Vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.evaluation.metrics import score
from taskrel.training.evaluation.similarity import mean_similarities
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Encoder, RunResult

#: Called with the number of a task, the model and the test batches of all tasks. It may
#: compute anything but must not change the weights.
Look = Callable[[int, Sharing, list[Batcher]], None]


class Best:
    """The best dev evaluation of one task so far, and the model's weights at that time."""

    def __init__(self) -> None:
        self.scores: dict[str, float] | None = None
        self.last: dict[str, float] = {}
        self.weights: dict[str, torch.Tensor] = {}
        self.updates_seen = -1
        self.step = -1  # of the last evaluation

    def offer(
        self, scores: dict[str, float], updates: int, metric: str, model: torch.nn.Module
    ) -> None:
        """Keep these weights if their score is higher than all before."""
        self.updates_seen = updates
        if self.scores is None or scores[metric] > self.scores[metric]:
            self.scores = scores
            self.weights = {k: v.clone() for k, v in model.state_dict().items()}


def score_test(
    tasks: Sequence[Task],
    tests: list[Batcher],
    model: Sharing,
    best: list[Best],
    recipe: Recipe,
    vocabulary: Vocabulary,
    result: RunResult,
    look: Look | None,
) -> None:
    """Score dev and test with the last weights, then with each task's best.

    tests : test batches of each task; the other arguments are those of `run`

    In addition to the metrics of a task, a gated model has "similarity_0", "similarity_1",
    … on test, which may be negative; see `mean_similarities`.
    """
    for checkpoint in ("last", "best"):
        for i, task in enumerate(tasks):
            if checkpoint == "best":
                model.load_state_dict(best[i].weights)
            predicted, _ = predict(model, i, tests[i])
            dev = best[i].last if checkpoint == "last" else best[i].scores
            test = score(task, "test", predicted)
            if isinstance(model, GatedSharing):
                test |= {
                    f"similarity_{level}": cosine
                    for level, cosine in mean_similarities(model, tests[i]).items()
                }
            for split, scores in (("dev", dev), ("test", test)):
                for metric, value in scores.items():
                    result.scores[task.name, split, checkpoint, metric] = value
            if checkpoint == recipe.checkpoint:
                if len(tasks) == 1 and model.words is not None:
                    result.encoder = _encoder(model, vocabulary)
                if look is not None:
                    look(i, model, tests)


def _encoder(model: Sharing, vocabulary: Vocabulary) -> Encoder:
    # Copies, because the model's weights will change.
    weights = {k: v.cpu().numpy().copy() for k, v in model.encoder.state_dict().items()}
    return Encoder(vocabulary.words, model.words.weight.detach().cpu().numpy().copy(), weights)
