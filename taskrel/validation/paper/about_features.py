"""Findings about features that predict a gain: by Table 4, and by permutation tests over tasks.

Coefficients show what the paper's model uses. With ten tasks and 42 columns that need not be
what predicts. Where tasks can be permuted, the test decides.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata, wilcoxon

from taskrel.meta.features.names import PAPER_FEATURES
from taskrel.meta.predictor.table.pair_table import AUX, MAIN, RATIO
from taskrel.validation.paper.case import ALPHA, Answer, Case, by_test
from taskrel.validation.paper.task_permutation import shuffled_tasks

#: Where the paper found the slope of the loss most predictive, in percent of the run.
EARLY = (20, 30)


def early_gradients(case: Case) -> Answer:
    """Whether the strongest column is a slope at 20 or 30 %, and the ranks of these columns."""
    columns = list(case.coefficient)
    early = {f"{role}gradient_{p}" for role in (MAIN, AUX) for p in EARLY}
    if not early & set(columns):
        return None, "no slopes of the loss"
    return columns[0] in early, "; ".join(case.shown(c) for c in columns if c in early)


def flat_main_steep_aux(case: Case) -> Answer:
    """Correlation of gaining with how much flatter main's curve is than aux's at 20–30 %.

    Slopes are ranked among the tasks, so that losses of different size compare. Smoothed slopes
    decide where all tasks have them: the authors' differences of neighbouring log entries are
    mostly noise.
    """
    main, aux = case.codes()
    gain = (case.cells["gain"] > 0).to_numpy(float)
    found = {}
    for what, prefix in (("smoothed slopes", "smooth_"), ("the paper's slopes", "")):
        slopes = case.evidence.tasks[[f"{prefix}gradient_{p}" for p in EARLY]]
        if slopes.notna().all(axis=None) and (slopes.nunique() > 1).all():
            flat = slopes.rank().mean(axis=1).to_numpy()  # a slope is below 0 as the loss falls
            found[what] = _tested(flat, lambda v: v[main] - v[aux], gain)
    if not found or gain.min() == gain.max():
        return None, "some tasks have no slope of the loss, or all pairs gain, or none does"
    _, up, down = next(iter(found.values()))
    shown = "; ".join(
        f"by {what} {r:+.2f} (p = {min(up, down):.3f})" for what, (r, up, down) in found.items()
    )
    return by_test(up, down), (
        "correlation of gaining with how much flatter the main task's curve is than the "
        f"auxiliary's: {shown}. Slopes are negative while the loss falls, so the finding expects a "
        "coefficient above 0 for the main task and below 0 for the auxiliary: "
        f"{case.shown('main_gradient_30')}; {case.shown('aux_gradient_30')}"
    )


def ratios_predict_less(case: Case) -> Answer:
    """Size of the coefficient of each feature's ratio against the mean of its main's and aux's."""
    size = {c: abs(b) for c, b in case.coefficient.items()}
    names = [n for n in PAPER_FEATURES if all(of + n in size for of in (MAIN, AUX, RATIO))]
    ratio = np.array([size[RATIO + n] for n in names])
    single = np.array([(size[MAIN + n] + size[AUX + n]) / 2 for n in names])
    if (ratio == single).all():
        return None, "no features to compare"
    less, more = (float(wilcoxon(ratio, single, alternative=a).pvalue) for a in ("less", "greater"))
    return by_test(less, more), (
        f"mean size of the coefficient: {ratio.mean():.2f} for ratios, "
        f"{single.mean():.2f} for features of one task "
        f"(p = {min(less, more):.3f}, {len(names)} features)"
    )


def entropy_predicts(case: Case) -> Answer:
    """Rank correlation over auxiliaries of label entropy and mean rank for a main task."""
    ranks = case.mean_ranks
    entropy = case.evidence.tasks["label_entropy"].reindex(ranks.index)
    if entropy.isna().any() or entropy.nunique() < 2 or ranks.nunique() < 2:
        return None, "the label entropy of some auxiliaries is unknown, or it does not vary"
    rho, up, down = _tested(rankdata(entropy), lambda v: v, rankdata(ranks))
    return by_test(up, down), (
        "rank correlation with the mean rank among the auxiliaries of a main task: "
        f"{rho:+.2f} (p = {min(up, down):.3f}, {len(ranks)} auxiliaries); "
        f"{case.shown('aux_label_entropy')}"
    )


def size_ratio_does_not_predict(case: Case) -> Answer:
    """No rank correlation of gain and size ratio, and a coefficient in the weaker half."""
    size = case.evidence.tasks["size"]
    if size.isna().any() or size.nunique() < 2 or case.cells["gain"].nunique() < 2:
        return None, "the sizes of some tasks are unknown, or sizes or gains do not vary"
    main, aux = case.codes()
    rho, up, down = _tested(
        np.log(size.to_numpy()), lambda v: rankdata(v[main] - v[aux]), rankdata(case.cells["gain"])
    )
    p = min(1.0, 2 * min(up, down))
    columns = list(case.coefficient)
    weak = f"{RATIO}size" in columns[len(columns) // 2 :]
    holds = False if p < ALPHA else True if weak else None
    return holds, (
        f"rank correlation of gain and size ratio: {rho:+.2f} (p = {p:.3f}); "
        f"{case.shown(f'{RATIO}size')}"
    )


def data_below_majority(case: Case) -> Answer:
    """F1 of the best data features compared with always answering "gain"."""
    rows = {row["model"]: row for row in case.table_3}
    if "best_data" not in rows:
        return None, "no data features"
    best, majority = rows["best_data"], rows["majority"]
    return best["f1"] < majority["f1"], (
        f"F1 of the best {len(best['columns'])} columns: {best['f1']:.3f} "
        f"({best['f1_low']:.3f} to {best['f1_high']:.3f} over shuffles; {best['nested_f1']:.3f} "
        f"with a nested choice); F1 of always answering 'gain': {majority['f1']:.3f}"
    )


def _tested(
    values: np.ndarray, of_pairs: Callable[[np.ndarray], np.ndarray], outcome: np.ndarray
) -> tuple[float, float, float]:
    """Correlation with an outcome, and its p values upward and downward with tasks shuffled."""

    def correlation(v: np.ndarray) -> float:
        return float(np.corrcoef(of_pairs(v), outcome)[0, 1])

    return correlation(values), *shuffled_tasks(values, correlation)
