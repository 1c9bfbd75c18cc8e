"""Error analysis of published scores that collapse when emotion and sentiment are trained together.

    python experiments/emotion_sentiment/faults.py --data DIR --out runs/emotion_sentiment/faults

The script trains the experiment's two-task models without a mistake and with each mistake of
`TRAINING`, and scores each model on test without a mistake and with each mistake of `all_scores`.
It writes the scores next to the published ones (``faults.csv``), the distance of each pair of
mistakes to all published scores (``faults_summary.csv``) and what answers in a random order
would score (``faults_chance.csv``). A finished training is kept as ``trainings/*.json`` in the
output folder and not repeated; delete that folder after a change of data or code.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from torch import nn
from tqdm import tqdm

from taskrel.errors import TaskrelError
from taskrel.io.paths import atomic, writable_folder
from taskrel.models.sharing import Sharing
from taskrel.study.analysis.comparison import half_width
from taskrel.study.experiment.file import load_experiment
from taskrel.study.experiment.published import Published
from taskrel.study.prepare import prepare_study
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.part import Part
from taskrel.tasks.task import ABSENT, Split, Task
from taskrel.training.batches import Batcher
from taskrel.training.build_heads import build_head
from taskrel.training.evaluation.metrics import score
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.run import run
from taskrel.training.seeds import numpy_stream

EXPERIMENT = Path(__file__).parent.with_suffix(".toml")
TASKS = ("emotion", "sentiment_rows")
#: Published models of both tasks: recipe → groups of the experiment.
MODELS = {"simultaneous": ("rows",), "transfer": ("rows", "of_rows")}
METRICS = ("accuracy", "weighted_f1", "weighted_precision", "weighted_recall")
#: Texts of an evaluation batch, in which the order of answers may get lost.
BATCH = 32
MISTAKES = ["training", "scoring"]
MODEL = ["recipe", "group", "task"]
#: In place of a mistake in training: every answer is right, but out of order.
PERFECT = "perfect"


# -- mistakes in training: (both tasks, seed) → the tasks to train on -----------------------


def shuffled_labels(tasks: Sequence[Task], seed: int) -> list[Task]:
    """Permute the training labels of each task among its texts; dev and test stay right."""
    shuffled = []
    for task in tasks:
        train = task.splits["train"]
        order = numpy_stream(seed, "shuffled labels", task.name).permutation(len(train))
        shuffled.append(_with(task, "train", replace(train, targets=train.targets[order])))
    return shuffled


def concatenated(tasks: Sequence[Task], split: str = "train") -> list[Task]:
    """Append the texts of the other task to `split` of each task, label numbers colliding.

    This is what a data frame of two concatenated data sets with one column of label numbers
    does: label k of a sentiment text is read as label k of an emotion text (see `read_as`).
    The tasks come to share one list of words; their other splits and labels stay as they are.
    """
    words = tuple(sorted({word for task in tasks for word in task.words}))
    code = {word: i for i, word in enumerate(words)}
    recoded = []
    for task in tasks:
        codes = np.array([code[word] for word in task.words], np.int32)
        splits = {k: replace(part, tokens=codes[part.tokens]) for k, part in task.splits.items()}
        recoded.append(replace(task, words=words, splits=splits))
    joined = []
    for task, other in zip(recoded, recoded[::-1], strict=True):
        own, foreign = task.splits[split], other.splits[split]
        width = own.targets.shape[1] if task.kind == "multilabel" else task.n_labels
        part = Split(
            np.concatenate([own.tokens, foreign.tokens]),
            np.concatenate([[0], np.cumsum([*own.lengths, *foreign.lengths])]),
            np.concatenate([own.targets, read_as(foreign.targets, task.kind, width)]),
        )
        joined.append(_with(task, split, part))
    return joined


def read_as(labels: np.ndarray, kind: str, n_labels: int) -> np.ndarray:
    """Read label numbers of one text-level task as those of another, of `kind` and `n_labels`.

    labels : label codes (n,) or `ABSENT`; or 0/1 (n, L), of which the first label counts

    Returns targets of the other task; a number that it does not have is no label, `ABSENT`
    or an empty set.
    """
    if labels.ndim == 2:
        labels = np.where(labels.any(1), labels.argmax(1), ABSENT)
    if kind == "multilabel":
        return (labels[:, None] == np.arange(n_labels)).astype(np.uint8)
    return np.where(labels < n_labels, labels, ABSENT).astype(np.int32)


def _with(task: Task, split: str, part: Split) -> Task:
    return replace(task, splits={**task.splits, split: part})


TRAINING: dict[str, Callable[[Sequence[Task], int], list[Task]]] = {
    "none": lambda tasks, seed: list(tasks),
    "shuffled_labels": shuffled_labels,
    "concatenated": lambda tasks, seed: concatenated(tasks),
}

# -- mistakes in scoring -------------------------------------------------------------------


def misaligned_in_batches(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Answers in a random order within batches of texts of similar length."""
    order = np.empty(len(lengths), int)
    for batch in batches_by_length(lengths):
        order[batch] = rng.permutation(batch)
    return order


def sorted_in_batches(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Answers by falling length within random batches: sorted for packing, never sorted back."""
    order = np.empty(len(lengths), int)
    for batch in _batches(rng.permutation(len(lengths))):
        order[batch] = batch[np.argsort(-lengths[batch], kind="stable")]
    return order


def batches_by_length(lengths: np.ndarray) -> list[np.ndarray]:
    """Indices of the texts of each batch of `BATCH`, shortest texts first."""
    return _batches(np.argsort(lengths, kind="stable"))


def _batches(order: np.ndarray) -> list[np.ndarray]:
    return np.split(order, range(BATCH, len(order), BATCH))


#: (length of each text, random stream) → int (n,): whose answer is scored for each text.
ORDERS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "misaligned": lambda lengths, rng: rng.permutation(len(lengths)),
    "misaligned_in_batches": misaligned_in_batches,
    "sorted_in_batches": sorted_in_batches,
}


class _OneHead(Sharing):
    """A model whose one head reads what the head of task number `task` reads of `model`."""

    def __init__(self, model: Sharing, task: int, head: nn.Module):
        super().__init__()
        self.model, self.task, self.heads = model, task, nn.ModuleList([head])

    def states(self, tasks, tokens, lengths):
        return self.model.states([self.task], tokens, lengths)


def answers(
    model: Sharing, head: nn.Module, tests: Sequence[Batcher], kind_of: int, texts_of: int
) -> np.ndarray:
    """What `head` answers, in the shape of one task's labels, to the test texts of another."""
    like, batcher = tests[kind_of], copy(tests[texts_of])
    # The head computes a loss as well, so it needs targets that it can read.
    batcher.per_token, batcher.n_labels = like.per_token, like.n_labels
    shape = (len(batcher.lengths), *like.targets.shape[1:])
    batcher.targets = np.zeros(shape, like.targets.dtype)
    return predict(_OneHead(model, kind_of, head), 0, batcher)[0]


def all_scores(
    tasks: Sequence[Task], i: int, model: Sharing, tests: list[Batcher], recipe: Recipe, seed: int
) -> dict[str, dict[str, float]]:
    """Mistake in scoring → metric → score on test of task number `i` of two.

    tasks : without any mistake in training
    """
    task, other = tasks[i], 1 - i
    right = answers(model, model.heads[i], tests, i, i)
    predicted = {"none": right}
    for name, order in ORDERS.items():
        rng = numpy_stream(seed, name, task.name)
        predicted[name] = right[order(task.splits["test"].lengths, rng)]
    # The head of the other task answers, its label k read as label k.
    wrong = answers(model, model.heads[other], tests, other, i)
    predicted["wrong_head"] = read_as(wrong, task.kind, task.n_labels)
    # A head that was never trained answers, on the trained encoder.
    drawn, device = int(numpy_stream(seed, "fresh head").integers(2**63)), model.device
    fresh = build_head(task, model.reads[i].features, recipe, drawn, device.type).to(device)
    predicted["fresh_head"] = answers(model, fresh, tests, i, i)
    scores = {name: score(task, "test", found) for name, found in predicted.items()}
    # The test splits are concatenated, label numbers colliding.
    foreign = answers(model, model.heads[i], tests, i, other)
    joined = concatenated([task, tasks[other]], "test")[0]
    scores["concatenated_test"] = score(joined, "test", np.concatenate([right, foreign]))
    return {name: {m: found[m] for m in METRICS} for name, found in scores.items()}


# -- the tables ----------------------------------------------------------------------------


def chance(
    gold: np.ndarray, predicted: np.ndarray, batches: Sequence[np.ndarray] | None = None
) -> dict[str, float]:
    """Expected scores, exactly, of answers that are shuffled among the texts of each batch.

    Shuffling changes the true positives alone: of a label that is gold g_b times and
    predicted p_b times in a batch of n_b texts, Σ_b g_b · p_b / n_b are expected. Precision,
    recall and F1 = 2 TP / (g + p) are linear in them.

    gold, predicted : label codes (n,), none of gold absent, or 0/1 (n, L)
    batches : indices of the texts of each batch; None: one batch of all texts
    """
    if gold.ndim == 1 and (gold == ABSENT).any():
        raise TaskrelError("chance: a gold label is absent; expected one for every text")
    batches = [np.arange(len(gold))] if batches is None else batches
    if gold.ndim == 1:
        one_hot = np.eye(max(gold.max(), predicted.max()) + 1)
        sets = labels = one_hot[gold], one_hot[predicted]
    else:
        labels = gold.astype(float), predicted.astype(float)
        _, codes = np.unique(np.concatenate([gold, predicted]), axis=0, return_inverse=True)
        sets = np.split(np.eye(codes.max() + 1)[codes.ravel()], 2)
    agree = sum(sets[0][b].sum(0) @ sets[1][b].sum(0) / len(b) for b in batches)
    hits = sum(labels[0][b].sum(0) * labels[1][b].sum(0) / len(b) for b in batches)
    n_gold, n_predicted = labels[0].sum(0), labels[1].sum(0)
    wholes = (n_gold + n_predicted) / 2, n_predicted, n_gold  # of F1, precision, recall
    parts = (np.divide(hits, n, out=np.zeros_like(hits), where=n > 0) for n in wholes)
    values = [agree / len(gold), *(n_gold / n_gold.sum() @ part for part in parts)]
    return dict(zip(METRICS, map(float, values), strict=True))


def score_table(
    records: Iterable[Sequence], published: Sequence[Published], tasks: dict[str, Task]
) -> pd.DataFrame:
    """Mean over seeds of each pair of mistakes, next to the published scores.

    records : (training, scoring, recipe, group, task, metric, value) of each seed

    Returns a row per training, scoring, recipe, group, task and metric: mean and its 95 %
    t-interval low to high (fractions; NaN below two seeds or where all seeds agree), n_seeds,
    published (both tasks) and published_alone (single-task). Rows of training "perfect" need
    no model: they are the exact expectation where every answer is right but out of order.
    """
    values: dict[tuple, list[float]] = {}
    for *key, value in records:
        values.setdefault(tuple(key), []).append(value)
    rows = []
    for key, seeds in values.items():
        mean, half = np.mean(seeds), half_width(seeds)
        rows.append([*key, mean, mean - half, mean + half, len(seeds)])
    for model in dict.fromkeys(key[2:5] for key in values):
        test = tasks[model[-1]].splits["test"]
        batches = {"misaligned": None, "misaligned_in_batches": batches_by_length(test.lengths)}
        for scoring, found in batches.items():
            expected = chance(test.targets, test.targets, found)
            rows += [[PERFECT, scoring, *model, m, expected[m], np.nan, np.nan, 0] for m in METRICS]
    columns = [*MISTAKES, *MODEL, "metric", "mean", "low", "high", "n_seeds"]
    table = pd.DataFrame(rows, columns=columns)
    pair = {(row.recipe, row.group, row.task): row.scores for row in published if row.group}
    single = {row.task: row.scores for row in published if not row.group and row.scores}
    keys = [((r.recipe, r.group, r.task), r.metric) for r in table.itertuples()]
    return table.assign(
        published=[pair.get(model, {}).get(metric, np.nan) for model, metric in keys],
        published_alone=[single.get(model[-1], {}).get(metric, np.nan) for model, metric in keys],
    )


def summarised(table: pd.DataFrame) -> pd.DataFrame:
    """Distance of each pair of mistakes to all published two-task scores, nearest first.

    distance : root mean square difference of mean and published score
    ratio_distance : the same of the ratios mean / our score without mistakes and published /
        published_alone, which do not depend on how good the model is; for "perfect" the
        score without mistakes is 1, and where it is 0 there is no ratio
    n_figures : number of published scores
    """
    key = [*MODEL, "metric"]
    right = table[(table["training"] == "none") & (table["scoring"] == "none")]
    table = table.merge(right[[*key, "mean"]].rename(columns={"mean": "right"}), "left", on=key)
    right = table["right"].where(table["right"] > 0).where(table["training"] != PERFECT, 1.0)
    apart = (table["mean"] - table["published"]) ** 2
    ratio = (table["mean"] / right - table["published"] / table["published_alone"]) ** 2
    rows = [
        [*pair, apart[i].mean() ** 0.5, ratio[i].mean() ** 0.5, table["published"][i].count()]
        for pair, i in table.groupby(MISTAKES, sort=False).groups.items()
    ]
    columns = [*MISTAKES, "distance", "ratio_distance", "n_figures"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        "distance", kind="stable", ignore_index=True
    )


def signature(table: pd.DataFrame) -> pd.DataFrame:
    """Where each published score lies between answers in a random order and single-task.

    share = (published − chance) / (published_alone − chance): if that share of the answers
    were scored against their own labels, and the others against those of random texts, the
    expected score would be the published one.
    """
    rows = table[(table["training"] == PERFECT) & (table["scoring"] == "misaligned")]
    rows = rows[rows["published"].notna()].rename(columns={"mean": "chance"})
    share = (rows["published"] - rows["chance"]) / (rows["published_alone"] - rows["chance"])
    kept = rows[[*MODEL, "metric", "published", "published_alone", "chance"]]
    return kept.assign(share=share).reset_index(drop=True)


# -- the trainings -------------------------------------------------------------------------


def train(path: Path, names: Sequence[str], tasks: list[Task], part: Part, seed: int) -> None:
    """Train with one mistake and write the scores with all mistakes in scoring to `path`.

    names : mistake in training, recipe, group
    """
    torch.set_num_threads(1)  # with more, scores depend on the machine
    recipe, records = part.recipe, []

    def look(i: int, model: Sharing, tests: list[Batcher]) -> None:
        if i > 0 and not recipe.symmetric:  # an auxiliary task
            return
        for scoring, scores in all_scores(tasks, i, model, tests, recipe, seed).items():
            for metric, value in scores.items():
                records.append([names[0], scoring, *names[1:], tasks[i].name, metric, value])

    run(TRAINING[names[0]](tasks, seed), recipe, seed, part.pretrained, look=look)
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(records))


def parser() -> argparse.ArgumentParser:
    """Options of the script."""
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--data", metavar="DIR", help="data folder (default: TASKREL_DATA)")
    p.add_argument("--out", type=Path, default=Path("runs/emotion_sentiment/faults"), metavar="DIR")
    p.add_argument("--steps", type=int, default=2000, metavar="N", help="updates of each task")
    p.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], metavar="S")
    p.add_argument("--jobs", type=int, default=default_jobs("cpu"), metavar="N", help="processes")
    return p


def main(argv: Sequence[str] | None = None) -> None:
    """Train what the output folder lacks, write the tables and print the summary."""
    args = parser().parse_args(argv)
    out = writable_folder(args.out)
    experiment = load_experiment(EXPERIMENT)
    study = prepare_study(
        experiment, data=args.data, only=TASKS, recipes=[*MODELS], steps=args.steps
    )
    planned = {}
    for seed in args.seeds:
        for (recipe, groups), part in zip(MODELS.items(), study.parts, strict=True):
            for group, training in product(groups, TRAINING):
                tasks = [study.tasks[name] for name in part.scope.groups[group]]
                names = training, recipe, group
                file = "-".join([*names, f"{args.steps}steps", f"seed{seed}.json"])
                planned[out / "trainings" / file] = names, tasks, part, seed
    missing = [(path, *call) for path, call in planned.items() if not path.exists()]
    workers = Parallel(args.jobs, return_as="generator_unordered", pre_dispatch=args.jobs)
    for _ in tqdm(workers(delayed(train)(*call) for call in missing), total=len(missing)):
        pass
    records = [record for path in planned for record in json.loads(path.read_text())]
    scores = score_table(records, experiment.published, study.tasks)
    summary = summarised(scores)
    for name, table in (("", scores), ("_summary", summary), ("_chance", signature(scores))):
        with atomic(out / f"faults{name}.csv") as path:
            table.to_csv(path, index=False)
    print(summary.to_string(index=False, float_format="{:.3f}".format))
    print(f"faults.csv, faults_summary.csv and faults_chance.csv are in {out}")


if __name__ == "__main__":
    try:
        main()
    except TaskrelError as error:
        parser().error(str(error))
