"""What a choice of the auxiliary is worth: by prediction, by measuring a few seeds, by both.

    python experiments/library_minilm/choices.py [EVIDENCE]

The auxiliary is chosen for each main task among those of its own level, and judged by the test gain
of a seed that the choice has not seen. So no figure is too high because the best of many was taken.
Of the seed noise alone, the variance is estimated from all seeds.

The features of a pair read the auxiliary's encoders of the first seeds, from which the runs of these
seeds start. So the rank correlation with the gains of the other seeds is printed, too.
"""

import sys
from itertools import combinations

import numpy as np
from scipy.stats import spearmanr

from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.predictor.file import find_predictor
from taskrel.meta.predictor.selection import family_folds
from taskrel.study.runs.part import SEEDS
from taskrel.tasks.task import label_level
from taskrel.validation.held_out import held_out_answers
from taskrel.validation.models.baselines import aux_rank
from taskrel.validation.scoring.family_bootstrap import (
    family_weights,
    figure,
    resampled_mean,
)

#: Standard deviations in half an interval that contains 80 %.
HALF = 1.2816
DRAWS = 20


def main() -> None:
    """Print the mean gain of the chosen auxiliary over main tasks, for each way to choose it."""
    evidence = find_evidence(sys.argv[1] if len(sys.argv) > 1 else "text_transfer")
    predictor = find_predictor(evidence)
    data, answers = predictor.data(), held_out_answers(predictor)
    elsewhere = np.full(len(data.gain), np.nan)
    for train, test in family_folds(data, np.ones(len(data.gain), bool)):
        elsewhere[test] = aux_rank(data, train, test).score
    level = np.array([label_level(kind) for kind in data.kind])
    weights = family_weights(data, 1000, 0)
    rng = np.random.default_rng(0)
    found: dict[str, list[float]] = {}
    first, own_seeds, other_seeds = [], [], []
    for task in np.unique(data.main):
        rows = (data.main == task) & answers.asked.to_numpy() & (level[data.aux] == level[task])
        rows &= ~np.isnan(data.seeds).any(axis=1)
        if rows.sum() < 3:
            continue
        first.append(np.flatnonzero(rows)[0])
        own = answers[rows]
        for correlations, seeds in (
            (own_seeds, data.seeds[rows][:, :SEEDS]),
            (other_seeds, data.seeds[rows][:, SEEDS:]),
        ):
            correlations.append(spearmanr(own.score, seeds.mean(axis=1)).statistic)
        prior = own.gain.to_numpy(), ((own.high - own.low).to_numpy() / 2 / HALF) ** 2
        scores = {"predicted": own.score.to_numpy(), "mean rank elsewhere": elsewhere[rows]}
        for name, values in _choices(data.seeds[rows], data.label_seeds[rows], prior, scores, rng):
            found.setdefault(name, []).append(values)
    print(
        f"rank correlation of prediction and mean gain: {np.mean(own_seeds):.3f} of the seeds whose "
        f"encoders are read, {np.mean(other_seeds):.3f} of the others\n"
    )
    drawn, predicted = weights.main[:, first], np.array(found["predicted"])
    for name, values in found.items():
        shown = (_shown(np.array(v), drawn) for v in (values, values - predicted))
        print(name.ljust(44), *(text.ljust(24) for text in shown))
    print(
        f"{len(first)} main tasks; gain on an unseen seed in percent of the single-task score, and its "
        "difference from that of the prediction"
    )


def _shown(values: np.ndarray, drawn: np.ndarray) -> str:
    one = figure(values.mean(keepdims=True), resampled_mean(values, drawn))
    return f"{one['value']:+.2f} [{one['low']:+.2f}, {one['high']:+.2f}]"


def _choices(seeds, labels, prior, scores, rng):
    """(way to choose, mean gain of the choices) of one main task."""
    n_seeds = seeds.shape[1]
    yield "any auxiliary", float(seeds.mean())
    for name, score in scores.items():
        yield name, float(seeds[score.argmax()].mean())
        best = np.argsort(-score)[:3]
        gains = [
            seeds[best[labels[best][:, [i, *j]].mean(axis=1).argmax()], s]
            for s in range(n_seeds)
            for i, *j in combinations([x for x in range(n_seeds) if x != s], 3)
        ]
        yield f"{name}, best of three measured", float(np.mean(gains))
    residual = labels - labels.mean(axis=1, keepdims=True)
    residual = residual - residual.mean(axis=0)
    noise = (residual**2).sum() / ((len(labels) - 1) * (n_seeds - 1))
    for k in sorted({1, 3, n_seeds - 1}):
        gains = {"measured": [], "measured and predicted": []}
        for s in range(n_seeds):
            others = [x for x in range(n_seeds) if x != s]
            every = [*combinations(others, k)]
            for i in rng.permutation(len(every))[:DRAWS]:
                measured = labels[:, every[i]].mean(axis=1)
                both = (prior[0] / prior[1] + measured / (noise / k)) / (1 / prior[1] + k / noise)
                gains["measured"].append(seeds[measured.argmax(), s])
                gains["measured and predicted"].append(seeds[both.argmax(), s])
        for name, values in gains.items():
            yield f"{name}, {k} seed{'' if k == 1 else 's'}", float(np.mean(values))


if __name__ == "__main__":
    main()
