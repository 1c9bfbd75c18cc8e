"""Checkpoints: the weights of each task's best dev evaluation and the last, with their scores."""

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
import torch

from taskrel.models.frozen.pieces import Table
from taskrel.models.frozen.table import StateTable
from taskrel.models.sharing import GatedSharing, Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.words.hashes import word_hashes
from taskrel.training.batches import Batcher
from taskrel.training.evaluation.metrics import score
from taskrel.training.evaluation.similarity import mean_similarities
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Encoder, RunResult

#: Evaluations whose weights a checkpoint "mean" averages.
MEAN_OF = 5

#: Called with the number of a task, the model and the test batches of all tasks. It may
#: compute anything but must not change the weights.
Look = Callable[[int, Sharing, list[Batcher]], None]


class Best:
    """The best dev evaluation of one task so far, and the model's weights at that time.

    mean : whether the weights at the last evaluations are kept as well, for their mean
    """

    def __init__(self, mean: bool = False) -> None:
        self.scores: dict[str, float] | None = None
        self.last: dict[str, float] = {}
        self.weights: dict[str, torch.Tensor] = {}
        self.recent: deque[dict[str, torch.Tensor]] = deque(maxlen=MEAN_OF if mean else 0)
        self.updates_seen = -1
        self.step = -1  # of the last evaluation

    def offer(
        self, scores: dict[str, float], updates: int, metric: str, model: torch.nn.Module
    ) -> None:
        """Keep these weights if their score is higher than all before."""
        self.updates_seen = updates
        if self.recent.maxlen:
            self.recent.append({k: v.clone() for k, v in model.state_dict().items()})
        if self.scores is None or scores[metric] > self.scores[metric]:
            self.scores = scores
            self.weights = {k: v.clone() for k, v in model.state_dict().items()}

    @property
    def mean_weights(self) -> dict[str, torch.Tensor]:
        """Mean of the weights at the last evaluations (Izmailov et al. 2018, section 3.2)."""
        return {
            k: torch.stack([weights[k] for weights in self.recent]).mean(0)
            if v.is_floating_point()
            else v
            for k, v in self.recent[-1].items()
        }


def score_test(
    tasks: Sequence[Task],
    batchers: list[dict[str, Batcher]],
    model: Sharing,
    best: list[Best],
    recipe: Recipe,
    table: Table,
    result: RunResult,
    look: Look | None,
) -> None:
    """Score dev and test of `tasks` with the last weights, each task's best, and their mean.

    batchers : of each task, split → batches; the other arguments are those of `run`. The mean
        of weights is scored where it is the recipe's checkpoint.

    In addition to the metrics of a task, a gated model has "similarity_0", "similarity_1",
    … on test, which may be negative; see `mean_similarities`.
    """
    tests = [own["test"] for own in batchers]
    for checkpoint in dict.fromkeys(("last", "best", recipe.checkpoint)):
        for i, task in enumerate(tasks):
            if checkpoint == "best":
                model.load_state_dict(best[i].weights)
                dev = best[i].scores
            elif checkpoint == "mean":
                model.load_state_dict(best[i].mean_weights)
                dev = score(task, "dev", predict(model, i, batchers[i]["dev"])[0])
            else:
                dev = best[i].last
            predicted, _ = predict(model, i, tests[i])
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
                if len(model.heads) == 1 and model.words is not None:
                    result.encoder = _encoder(model, table)
                if look is not None:
                    look(i, model, tests)


def _encoder(model: Sharing, table: Table) -> Encoder:
    # Copies, because the model's weights will change.
    weights = {k: v.cpu().numpy().copy() for k, v in model.encoder.state_dict().items()}
    if isinstance(table, StateTable):
        return Encoder(word_hashes(()), np.empty((0, 0), np.float32), weights)
    rows = model.words.weight.detach().cpu().numpy().copy()
    return Encoder(word_hashes(table.words), rows, weights)
