"""One run, from tasks, recipe and seed to curves and scores; one task or several alike."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import torch

from taskrel.models.sharing import HardSharing
from taskrel.tasks.pretrained import Pretrained
from taskrel.tasks.task import Task
from taskrel.tasks.vectors import Vectors
from taskrel.tasks.vocabulary import Vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.budget import updates_of
from taskrel.training.build import build_model, build_optimiser, vocabulary_of
from taskrel.training.loop import Evaluate, Update, predict, train
from taskrel.training.metrics import correctness, score
from taskrel.training.recipe import Recipe
from taskrel.training.result import Curve, Encoder, RunResult
from taskrel.training.schedules import SCHEDULES
from taskrel.training.seeds import numpy_stream

#: Called with a task's number, the model and the test batches of all tasks; it may score
#: what it likes but must leave the weights alone.
Look = Callable[[int, HardSharing, list[Batcher]], None]


def run(tasks: Sequence[Task], recipe: Recipe, seed: int,
        pretrained: Vectors | Pretrained | None = None, device: str = "cpu",
        progress: Callable[[int], None] = lambda steps: None,
        look: Look | None = None) -> RunResult:
    """Train one model on `tasks` together and score it.

    The test split is scored after training only, with the weights of each
    task's best dev evaluation and with the last; neither selects anything.
    Same arguments, same machine and thread count → the same result, bit for bit.

    pretrained : word vectors (None: learned), or the transformer that the recipe names
    progress : called with the number of steps done so far, about every 50 steps
    look : called once for each task, after training, with the weights of its score of record
    """
    vocabulary = vocabulary_of(tasks, recipe, pretrained)
    model = build_model(tasks, vocabulary, recipe, seed, device, pretrained)
    optimiser = build_optimiser(model, recipe.optimiser)
    batchers = [{split: Batcher(task.splits[split], rows, task.kind, task.n_labels,
                                recipe.max_tokens, rare) for split in ("train", "dev", "test")}
                for task, rows, rare in zip(tasks, vocabulary.rows, vocabulary.rare, strict=True)]
    batches = [b["train"].endless(recipe.batch, _batch_stream(task, recipe, seed), recipe.bucketed)
               for task, b in zip(tasks, batchers, strict=True)]
    budgets = [updates_of(task, recipe) for task in tasks]
    schedule = SCHEDULES[recipe.schedule](budgets, numpy_stream(seed, "schedule"))
    every = [max(1, budget // recipe.evaluations) for budget in budgets]

    result = RunResult({}, {}, {})
    losses = [result.curves.setdefault((t.name, "train", "loss"), Curve()) for t in tasks]
    best = [_Best() for _ in tasks]
    updates, step = [0] * len(tasks), 0

    def evaluate(i: int) -> None:
        task = tasks[i]
        scores, loss = _dev(i, task, model, batchers)
        for name, value in (("loss", loss), (task.metric, scores[task.metric])):
            curve = result.curves.setdefault((task.name, "dev", name), Curve())
            curve.add(updates[i], value)
        best[i].offer(scores, updates[i], task.metric, model)
        best[i].last, best[i].step = scores, step

    for record in train(model, optimiser, batches, schedule, every, recipe.clip):
        if isinstance(record, Evaluate):
            evaluate(record.task)
            continue
        updates[record.task], step = record.updates, record.step
        losses[record.task].add(record.updates, record.loss)
        if _phase_over(record, budgets, every, recipe):
            evaluate(record.task)
        if record.step % 50 == 0:
            progress(record.step)
    for i in range(len(tasks)):
        if best[i].updates_seen != updates[i]:  # the budget's end is an evaluation, too
            evaluate(i)
        elif best[i].step != step:  # others have moved the weights since
            best[i].last, _ = _dev(i, tasks[i], model, batchers)
    _score_test(tasks, batchers, model, best, recipe, vocabulary, result, look)
    return result


def _phase_over(update: Update, budgets: list[int], every: list[int], recipe: Recipe) -> bool:
    """Whether a task's turn ends between two evaluations, before others move the weights."""
    budget = budgets[update.task]
    return (recipe.schedule == "sequential" and update.updates == budget
            and budget % every[update.task] > 0)


def _dev(i: int, task: Task, model: HardSharing,
         batchers: list[dict[str, Batcher]]) -> tuple[dict[str, float], float]:
    """Scores and mean loss of task number `i` on dev, as the model stands."""
    predicted, loss = predict(model, i, batchers[i]["dev"])
    return score(task, "dev", predicted), loss


class _Best:
    """The best dev evaluation of one task so far, and the model's weights there."""

    def __init__(self) -> None:
        self.scores: dict[str, float] | None = None
        self.last: dict[str, float] = {}
        self.weights: dict[str, torch.Tensor] = {}
        self.updates_seen = -1
        self.step = -1  # of the last evaluation

    def offer(self, scores: dict[str, float], updates: int, metric: str,
              model: torch.nn.Module) -> None:
        """Keep these weights if they score higher than all before (the earliest wins a tie)."""
        self.updates_seen = updates
        if self.scores is None or scores[metric] > self.scores[metric]:
            self.scores = scores
            self.weights = {k: v.clone() for k, v in model.state_dict().items()}


def _score_test(tasks: Sequence[Task], batchers: list[dict[str, Batcher]],
                model: HardSharing, best: list[_Best], recipe: Recipe, vocabulary: Vocabulary,
                result: RunResult, look: Look | None) -> None:
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
                if len(tasks) == 1 and model.words is not None:
                    result.encoder = _encoder(model, vocabulary)
                if look is not None:
                    look(i, model, [b["test"] for b in batchers])


def _batch_stream(task: Task, recipe: Recipe, seed: int) -> np.random.Generator:
    """Draws of the task's batches: its own, or those of all tasks over the same texts."""
    if not recipe.common_batches:
        return numpy_stream(seed, "batches", task.name)
    texts = hashlib.sha256("\n".join(task.texts("train")).encode("utf-8", "surrogatepass"))
    return numpy_stream(seed, "common batches", texts.hexdigest())


def _encoder(model: HardSharing, vocabulary: Vocabulary) -> Encoder:
    # Copies: the model goes on to other weights.
    weights = {k: v.cpu().numpy().copy() for k, v in model.encoder.state_dict().items()}
    return Encoder(vocabulary.words, model.words.weight.detach().cpu().numpy().copy(), weights)
