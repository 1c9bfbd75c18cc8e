"""One run, from tasks, recipe and seed to curves and scores; one task or several alike."""

from collections.abc import Callable, Sequence

import torch

from taskrel.models.sharing import HardSharing
from taskrel.tasks.task import Task
from taskrel.tasks.vectors import Vectors
from taskrel.tasks.vocabulary import Vocabulary, build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model, build_optimiser
from taskrel.training.loop import Evaluate, predict, train
from taskrel.training.metrics import correctness, score
from taskrel.training.recipe import Recipe
from taskrel.training.result import Curve, Encoder, RunResult
from taskrel.training.schedules import SCHEDULES
from taskrel.training.seeds import numpy_stream


def run(tasks: Sequence[Task], recipe: Recipe, seed: int, vectors: Vectors | None = None,
        device: str = "cpu", progress: Callable[[int], None] = lambda steps: None) -> RunResult:
    """Train one model on `tasks` together and score it.

    The test split is scored after training only, with the weights of each
    task's best dev evaluation and with the last; neither selects anything.
    Same arguments, same machine and thread count → the same result, bit for bit.

    progress : called with the number of steps done so far, about every 50 steps
    """
    vocabulary = build_vocabulary(tasks, vectors)
    model = build_model(tasks, vocabulary, recipe, seed, device,
                        vectors.scale if vectors else 0.1)
    optimiser = build_optimiser(model, recipe.optimiser)
    batchers = [{split: Batcher(task.splits[split], rows, task.kind, task.n_labels,
                                recipe.max_tokens, rare) for split in ("train", "dev", "test")}
                for task, rows, rare in zip(tasks, vocabulary.rows, vocabulary.rare, strict=True)]
    batches = [b["train"].endless(recipe.batch, numpy_stream(seed, "batches", task.name),
                                  recipe.bucketed)
               for task, b in zip(tasks, batchers, strict=True)]
    schedule = SCHEDULES[recipe.schedule](len(tasks), recipe.steps,
                                          numpy_stream(seed, "schedule"))
    every = max(1, recipe.steps // recipe.evaluations)

    result = RunResult({}, {}, {})
    losses = [result.curves.setdefault((t.name, "train", "loss"), Curve()) for t in tasks]
    best = [_Best() for _ in tasks]
    updates = [0] * len(tasks)

    def evaluate(i: int) -> None:
        task, b = tasks[i], batchers[i]["dev"]
        predicted, loss = predict(model, i, b)
        scores = score(task, "dev", predicted)
        for name, value in (("loss", loss), (task.metric, scores[task.metric])):
            curve = result.curves.setdefault((task.name, "dev", name), Curve())
            curve.add(updates[i], value)
        best[i].offer(scores, updates[i], task.metric, model)
        best[i].last = scores

    for record in train(model, optimiser, batches, schedule, every, recipe.clip):
        if isinstance(record, Evaluate):
            evaluate(record.task)
            continue
        updates[record.task] = record.updates
        losses[record.task].add(record.updates, record.loss)
        if record.step % 50 == 0:
            progress(record.step)
    for i in range(len(tasks)):
        if best[i].updates_seen != updates[i]:  # the budget's end is an evaluation, too
            evaluate(i)
    _score_test(tasks, batchers, model, best, recipe, vocabulary, result)
    return result


class _Best:
    """The best dev evaluation of one task so far, and the model's weights there."""

    def __init__(self) -> None:
        self.scores: dict[str, float] | None = None
        self.last: dict[str, float] = {}
        self.weights: dict[str, torch.Tensor] = {}
        self.updates_seen = -1

    def offer(self, scores: dict[str, float], updates: int, metric: str,
              model: torch.nn.Module) -> None:
        """Keep these weights if they score higher than all before (the earliest wins a tie)."""
        self.updates_seen = updates
        if self.scores is None or scores[metric] > self.scores[metric]:
            self.scores = scores
            self.weights = {k: v.clone() for k, v in model.state_dict().items()}


def _score_test(tasks: Sequence[Task], batchers: list[dict[str, Batcher]],
                model: HardSharing, best: list[_Best], recipe: Recipe, vocabulary: Vocabulary,
                result: RunResult) -> None:
    """Score dev and test with the last weights, then with each task's best."""
    for checkpoint in ("last", "best"):
        for i, task in enumerate(tasks):
            if checkpoint == "best":
                model.load_state_dict(best[i].weights)
            predicted, _ = predict(model, i, batchers[i]["test"])
            dev = best[i].last if checkpoint == "last" else best[i].scores
            for split, scores in (("dev", dev), ("test", score(task, "test", predicted))):
                for metric, value in scores.items():
                    result.scores[task.name, split, checkpoint, metric] = value
            if checkpoint == recipe.checkpoint:
                result.correct[task.name] = correctness(task, "test", predicted)
                if len(tasks) == 1:
                    result.encoder = _encoder(model, vocabulary)


def _encoder(model: HardSharing, vocabulary: Vocabulary) -> Encoder:
    # Copies: the model goes on to other weights.
    weights = {k: v.cpu().numpy().copy() for k, v in model.encoder.state_dict().items()}
    return Encoder(vocabulary.words, model.words.weight.detach().cpu().numpy().copy(), weights)
