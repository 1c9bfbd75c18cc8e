"""What the pilot shows: reliability by checkpoint and score, and which features rank auxiliaries.

python experiments/library_minilm/pilot.py runs/minilm_pilot transfer joint

It reads a finished store of ``experiments/minilm_pilot.toml``, the corpora and the encoders next
to the store.
"""

import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from taskrel.meta.features.transferability import h_score, logme, probe_scores
from taskrel.models.encoders.stack import Stack
from taskrel.models.heads import pool
from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.records import record_scores
from taskrel.study.analysis.reliability import seed_noise
from taskrel.study.analysis.smoothed import smoothed
from taskrel.study.experiment.file import load_experiment
from taskrel.study.prepare import prepare_study
from taskrel.study.runs.part import Part
from taskrel.study.store.encoders import encoder_path, load_encoder
from taskrel.study.store.store import Store
from taskrel.tasks.task import Task
from taskrel.training.batches import Batcher
from taskrel.training.build import build_encoder
from taskrel.training.inputs import inputs_of

FEATURES = ("accuracy", "log_likelihood", "logme", "h_score", "text_cosine", "mean_rank")


def main(out: Path, recipes: list[str]) -> None:
    """Print a table of reliability and one of rank correlations for each recipe."""
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    study = prepare_study(load_experiment("minilm_pilot"), recipes=recipes)
    for part in study.parts:
        with Store.read(out) as store:
            gains = reliability(store, part)
        found = features(out, part, study.tasks)
        both = found.merge(gains.groupby(["main", "aux"], as_index=False)["gain"].mean())
        ranks = both.assign(rank=both.groupby("main")["gain"].rank())
        both["mean_rank"] = [
            ranks["rank"][(ranks["aux"] == aux) & (ranks["main"] != main)].mean()
            for main, aux in zip(both["main"], both["aux"], strict=True)
        ]
        print(both.pivot_table(index="main", columns="aux", values="gain").round(1).to_string())
        for name in FEATURES:
            values = [
                own[name].corr(own["gain"], method="spearman") for _, own in both.groupby("main")
            ]
            print(f"{name.ljust(16)} {np.nanmean(values):+.2f}")


def reliability(store: Store, part: Part) -> pd.DataFrame:
    """Print reliability by checkpoint and score; returns gains by the recipe's checkpoint."""
    scores, curves = store.scores(part.digest), store.dev_curves(part.digest)
    seconds = store.seconds()
    pairs = scores[scores["tasks"].map(len) == 2]["run"].unique()
    print(
        f"\n{part.name}: {len(pairs)} pair runs, {np.mean([seconds[i] for i in pairs]):.1f} s each"
    )
    metrics = {name: info["metric"] for name, info in store.infos(part.digest).items()}
    for checkpoint in ("best", "last", "mean"):
        records = record_scores(scores, checkpoint, metrics, symmetric=False)
        for name, own in (("test", records), ("smoothed", smoothed(records, curves))):
            noise = seed_noise(gains_per_seed(own.dropna(subset="score")))
            if noise.single is not None and noise.mean is not None:
                print(
                    f"{checkpoint.ljust(5)} {name.ljust(9)} one seed {1 - noise.single:.2f}, "
                    f"{noise.n_seeds} seeds {1 - noise.mean:.2f}"
                )
    records = record_scores(scores, part.recipe.checkpoint, metrics, symmetric=False)
    return gains_per_seed(records)


def features(out: Path, part: Part, tasks: dict[str, Task]) -> pd.DataFrame:
    """Features of each pair on the encoder of the auxiliary's run of the first seed."""
    mains = {run.tasks[0] for run in part.runs if len(run.tasks) == 2}
    encoders = {}
    for run in part.first_alone:
        if run.tasks[0] not in mains:
            kept = load_encoder(encoder_path(out, run))
            width = kept.weights["levels.0.dense.weight"].shape[1]
            encoders[run.tasks[0]] = build_encoder(width, part.recipe, 0).eval()
            encoders[run.tasks[0]].load_state_dict(
                {name: torch.from_numpy(w) for name, w in kept.weights.items()}
            )
    means = {name: states(tasks[name], "train", None, part).mean(0) for name in encoders}
    rows = []
    for main in sorted(mains):
        task = tasks[main]
        y, y_dev = task.splits["train"].targets, task.splits["dev"].targets
        own = states(task, "train", None, part).mean(0)
        for aux, encoder in encoders.items():
            if aux == main.removesuffix("_300"):
                continue
            x, x_dev = (states(task, split, encoder, part) for split in ("train", "dev"))
            cosine = own @ means[aux] / np.linalg.norm(own) / np.linalg.norm(means[aux])
            rows.append(
                (main, aux, *probe_scores(x, y, x_dev, y_dev), logme(x, y), h_score(x, y), cosine)
            )
    return pd.DataFrame(rows, columns=["main", "aux", *FEATURES[:-1]])


@torch.no_grad()
def states(task: Task, split: str, encoder: Stack | None, part: Part) -> np.ndarray:
    """One vector per text (n, W): of the encoder, or the mean frozen state of its words."""
    (batchers,), table = inputs_of([task], part.recipe, part.pretrained)
    batcher: Batcher = batchers[split]
    order, found = [], []
    for examples, batch in batcher.ordered(64):
        words = table(batch.tokens)
        top = words if encoder is None else encoder(words, batch.lengths)[-1]
        found.append(pool(top, batch.lengths, "mean").numpy())
        order.append(examples)
    return np.concatenate(found)[np.argsort(np.concatenate(order))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
