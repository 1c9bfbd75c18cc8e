"""What a pilot shows: reliability by checkpoint and score, orders, and which features rank them.

    python experiments/library_minilm/pilot.py minilm_pilot runs/minilm_pilot transfer,joint

It reads a finished store of the experiment. `emotion_300` is left out: its macro-F1 over 28 labels is
0.1 after 300 texts, so that its gains say little.
"""

import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from taskrel.meta.features.encoder_scores import ENCODER_SCORES
from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.records import record_scores
from taskrel.study.analysis.reliability import seed_noise
from taskrel.study.analysis.smoothed import smoothed
from taskrel.study.experiment.file import load_experiment
from taskrel.study.prepare import prepare_study
from taskrel.study.runs.part import Part
from taskrel.study.store.store import Store

LEFT_OUT = "emotion_300"


def main(name: str, out: Path, recipes: list[str], n_seeds: int | None) -> None:
    """Print reliability, gains and rank correlations of each recipe; then how far they agree."""
    logging.disable(logging.WARNING)
    study = prepare_study(load_experiment(name), recipes=recipes)
    orders = {}
    for part in study.parts:
        with Store.read(out) as store:
            scores = reliability(store, part, n_seeds)
            pairs = store.pairs(part.digest)
        mean = {score: own.groupby(["main", "aux"])["gain"].mean() for score, own in scores.items()}
        table = mean["test"].reset_index().pivot_table(index="main", columns="aux", values="gain")
        print(table.round(1).to_string())
        orders[part.name] = mean["smoothed"]
        features = pairs.set_index(["main", "aux"]).reindex(
            columns=[*ENCODER_SCORES, "text_cosine"]
        )
        features["mean rank"] = mean_rank(mean["test"])
        for score, gains in mean.items():
            found = features.apply(lambda own, gains=gains: agreement(own, gains))
            print(f"rank correlation with the {score} gain: {found.round(2).to_dict()}")
    print("\norders by smoothed gain:")
    for a, own in orders.items():
        print(a.ljust(16), *(f"{agreement(own, other):.2f}" for other in orders.values()))


def reliability(store: Store, part: Part, n_seeds: int | None) -> dict[str, pd.DataFrame]:
    """Print reliability by checkpoint and score; returns gains per seed by the recipe's checkpoint."""
    scores, curves = store.scores(part.digest), store.dev_curves(part.digest)
    seconds = store.seconds()
    pairs = scores[scores["tasks"].map(len) == 2]["run"].unique()
    print(
        f"\n{part.name}: {len(pairs)} pair runs, {np.mean([seconds[i] for i in pairs]):.1f} s each"
    )
    metrics = {name: info["metric"] for name, info in store.infos(part.digest).items()}
    found = {}
    for checkpoint in ("best", "last", "mean"):
        records = record_scores(scores, checkpoint, metrics, symmetric=False)
        if n_seeds:
            records = records[records["seed"] < n_seeds]
        for name, own in (("test", records), ("smoothed", smoothed(records, curves))):
            gains = gains_per_seed(own.dropna(subset="score"))
            gains = gains[gains["main"] != LEFT_OUT]
            noise = seed_noise(gains)
            if noise.single is not None and noise.mean is not None:
                print(
                    f"{checkpoint.ljust(5)} {name.ljust(9)} one seed {1 - noise.single:.2f}, "
                    f"{noise.n_seeds} seeds {1 - noise.mean:.2f}"
                )
            if checkpoint == part.recipe.checkpoint:
                found[name] = gains
    return found


def mean_rank(gains: pd.Series) -> pd.Series:
    """Mean rank of each pair's auxiliary over the other main tasks."""
    ranks = gains.groupby("main").rank()
    of_aux = ranks.groupby("aux")
    return (of_aux.transform("sum") - ranks) / (of_aux.transform("count") - 1)


def agreement(a: pd.Series, b: pd.Series) -> float:
    """Rank correlation within a main task, mean over the main tasks."""
    both = pd.concat([a, b], axis=1, join="inner").dropna()
    both.columns = ["a", "b"]
    return float(
        np.nanmean([own["a"].corr(own["b"], method="spearman") for _, own in both.groupby("main")])
    )


if __name__ == "__main__":
    main(
        sys.argv[1],
        Path(sys.argv[2]),
        sys.argv[3].split(","),
        int(sys.argv[4]) if len(sys.argv) > 4 else None,
    )
