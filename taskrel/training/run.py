"""One run, of one task or several: from tasks, recipe and seed to curves and scores."""

from collections.abc import Callable, Sequence

from taskrel.models.sharing import Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.batches import Batcher
from taskrel.training.checkpoints import Best, Look, score_test
from taskrel.training.evaluation.metrics import score
from taskrel.training.loop import Evaluate, Update, predict
from taskrel.training.prepare import prepare
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Curve, Encoder, RunResult


def run(
    tasks: Sequence[Task],
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None = None,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda steps: None,
    start: Encoder | None = None,
    look: Look | None = None,
) -> RunResult:
    """Train one model on `tasks` and score it, or its first task where that is the recipe.

    Test splits are scored after training, with the weights of each task's best dev
    evaluation and with the last weights; test scores select nothing. The same arguments give
    the same result, bit for bit, on the same machine with the same number of threads.

    pretrained : word vectors (None: learned), or the transformer that the recipe names
    progress : called with the number of steps so far, every 50 steps
    look : called once for each task after training, with the weights of the recipe's
        checkpoint
    start : the encoder of the auxiliary task's single-task run, in transfer; None: that run
        is a part of this one. In any other run: the weights to start from

    Raises `RecipeError` if the tasks do not fit the recipe, `TaskrelError` if training
    diverges.
    """
    if recipe.schedule == "transfer" and len(tasks) > 1:
        start = start or _of_auxiliary(tasks[1:], recipe, seed, pretrained, device, progress)
        tasks = tasks[:1]
    model, table, batchers, budgets, every, records = prepare(
        tasks, recipe, seed, pretrained, device, start
    )
    scored = tasks[:1] if recipe.evaluate == "main" else tasks
    result = RunResult({}, {})
    losses = [result.curves.setdefault((t.name, "train", "loss"), Curve()) for t in tasks]
    best = [Best(recipe.checkpoint == "mean") for _ in scored]
    updates, step = [0] * len(tasks), 0

    def evaluate(i: int) -> None:
        task = tasks[i]
        scores, loss = _dev(i, task, model, batchers)
        for name, value in (("loss", loss), (task.metric, scores[task.metric])):
            curve = result.curves.setdefault((task.name, "dev", name), Curve())
            curve.add(updates[i], value)
        best[i].offer(scores, updates[i], task.metric, model)
        best[i].last, best[i].step = scores, step

    for record in records:
        if isinstance(record, Evaluate):
            evaluate(record.task)
            continue
        updates[record.task], step = record.updates, record.step
        losses[record.task].add(record.updates, record.loss)
        if record.task < len(scored) and _phase_over(record, budgets, every, recipe):
            evaluate(record.task)
        if record.step % 50 == 0:
            progress(record.step)
    for i in range(len(scored)):
        if best[i].updates_seen != updates[i]:  # there is an evaluation after the last update
            evaluate(i)
        elif best[i].step != step:  # other tasks have changed the weights since
            best[i].last, _ = _dev(i, tasks[i], model, batchers)
    score_test(scored, batchers, model, best, recipe, table, result, look)
    return result


def _of_auxiliary(
    tasks: Sequence[Task],
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None,
    device: str,
    progress: Callable[[int], None],
) -> Encoder:
    """The encoder of the auxiliary's run; of several, the last is trained first."""
    result = run(tasks, recipe.of_auxiliary, seed, pretrained, device, progress)
    assert result.encoder is not None  # `parse_recipe` refuses encoders that have none
    return result.encoder


def _phase_over(update: Update, budgets: list[int], every: list[int], recipe: Recipe) -> bool:
    """Whether a task's phase ends between two evaluations, before others change the weights."""
    budget = budgets[update.task]
    return (
        recipe.schedule == "sequential"
        and update.updates == budget
        and budget % every[update.task] > 0
    )


def _dev(
    i: int, task: Task, model: Sharing, batchers: list[dict[str, Batcher]]
) -> tuple[dict[str, float], float]:
    """Scores and mean loss of task number `i` on dev, with the present weights."""
    predicted, loss = predict(model, i, batchers[i]["dev"])
    return score(task, "dev", predicted), loss
