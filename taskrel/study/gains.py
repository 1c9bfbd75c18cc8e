"""From scores to gains: what an auxiliary task brings the main task, and how sure that is.

``gains(gains_per_seed(scores))`` is the table that `run_pairs` prints.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

#: From this many seeds on a gain is tested against zero.
MIN_SEEDS = 3
ALPHA = 0.05

PER_SEED = ["recipe", "main", "aux", "seed", "stl", "mtl", "gain", "difference"]
CELLS = ["recipe", "main", "aux", "gain", "low", "high", "difference", "stl", "mtl", "n_seeds",
         "p", "q", "verdict"]


def gains_per_seed(scores: "pd.DataFrame", floor: float = 0.05) -> "pd.DataFrame":
    """Pair each multi-task score with the single-task score of the same seed.

    Parameters
    ----------
    scores : DataFrame
        A row per run and main task: recipe, main (the task scored), aux (the
        run's other task; missing or "" for the single-task run), seed, score
        (main metric on test, a fraction).
    floor : float
        Below this single-task score the gain is undefined (NaN), not huge.

    Returns
    -------
    DataFrame
        recipe, main, aux, seed, stl, mtl (fractions), gain (percent,
        (mtl / stl − 1) · 100), difference (mtl − stl), sorted. Where the
        single-task run of a seed is missing, all but mtl is NaN.

    Raises
    ------
    StoreError
        Where two rows are of the same run.
    """
    run = ["recipe", "main", "aux", "seed"]
    scores = scores.assign(aux=scores["aux"].astype(object).where(scores["aux"].notna(), ""))
    twice = scores[scores.duplicated(run)]
    if len(twice):
        recipe, main, aux, seed = twice.iloc[0][run]
        raise StoreError(f"two scores of task {main!r} in the run with {aux or 'no other task'!r}, "
                         f"recipe {recipe!r}, seed {seed}; expected one, so keep one of them")
    alone = scores[scores["aux"] == ""].rename(columns={"score": "stl"})
    pairs = scores[scores["aux"] != ""].rename(columns={"score": "mtl"})
    both = pairs.merge(alone.drop(columns="aux"), "left", on=["recipe", "main", "seed"])
    defined = (both["stl"] >= floor) & (both["stl"] > 0)
    both["gain"] = 100 * (both["mtl"] / both["stl"].where(defined) - 1)
    both["difference"] = both["mtl"] - both["stl"]
    return both.sort_values(run, ignore_index=True)[PER_SEED]


def gains(per_seed: "pd.DataFrame") -> "pd.DataFrame":
    """Mean gain of each cell with a 95 % interval, a test against zero and a verdict.

    A few seeds say little about one cell's variance, so it is pooled over the
    cells of one main task (see `pooled_variance`), v with df degrees of
    freedom. A cell with n seeds has the interval mean ± t(0.975, df) · √(v / n)
    and a two-sided t-test with the same df. The variance is pooled over the
    cells that have all of that main's seeds; a cell that lacks some (failed
    runs) uses the pooled one with its own n. The p values of one recipe, the
    whole matrix, are corrected together.

    Parameters
    ----------
    per_seed : DataFrame
        As `gains_per_seed` returns it.

    Returns
    -------
    DataFrame
        A row per recipe, main and aux, sorted:

        gain, low, high : percent, the mean of the defined gains and its interval;
            low and high are NaN where no cell of the main has all of its seeds,
            two or more
        difference, stl, mtl : fractions, means over the seeds that have them, those
            below the floor too
        n_seeds : number of seeds with a defined gain
        p, q : p value, and the same corrected; NaN below three seeds
        verdict : "gain" or "loss" where q < 0.05, else "no clear effect"; None
            where q is NaN

        Where seeds make no difference at all (v = 0, for instance equal scores
        throughout) the interval is a point, and p is 0, or 1 if the gain is 0.

    References
    ----------
    Benjamini and Hochberg, "Controlling the false discovery rate", Journal of
    the Royal Statistical Society B 57(1), 1995.
    """
    import pandas as pd

    rows = []
    for (recipe, main), cells in per_seed.groupby(["recipe", "main"]):
        by_seed = cells.pivot_table(index="seed", columns="aux", values="gain")
        v, df = pooled_variance(by_seed.dropna(axis="columns").to_numpy())
        for aux, cell in cells.groupby("aux"):
            means = cell[["gain", "difference", "stl", "mtl"]].mean()
            n = int(cell["gain"].count())
            half, p = _interval_and_test(means["gain"], v, df, n)
            rows.append({"recipe": recipe, "main": main, "aux": aux, **means, "n_seeds": n,
                         "low": means["gain"] - half, "high": means["gain"] + half, "p": p})
    table = pd.DataFrame(rows, columns=CELLS)
    table["q"] = table.groupby("recipe")["p"].transform(_corrected)
    table["verdict"] = pd.Series([_verdict(gain, q) for gain, q in
                                  zip(table["gain"], table["q"], strict=True)], dtype=object)
    return table


def pooled_variance(y: np.ndarray) -> tuple[float, float]:
    """Variance of one cell's gain over seeds, pooled over the cells of one main task.

    The cells share their single-task runs, so a seed moves all of them
    together: y_sa = mu_a + b_s + e_sa. The two-way table of S seeds by A cells
    gives the mean squares

        MS_b = A · Σ_s (ȳ_s − ȳ)² / (S − 1)                expects σ_e² + A · σ_b²
        MS_e = Σ_sa (y_sa − ȳ_s − ȳ_a + ȳ)² / ((A − 1)(S − 1))    expects σ_e²

    of which v = MS_b / A + (A − 1) / A · MS_e expects σ_b² + σ_e²; it equals
    the mean of the cells' sample variances. Taking that mean's A (S − 1) for
    its degrees of freedom would take the cells for independent. Satterthwaite's
    df count the shared part once:

        df = v² / [(MS_b / A)² / (S − 1) + ((A − 1) / A · MS_e)² / ((A − 1)(S − 1))]

    In simulation the intervals cover the truth in 93 to 97 % of cells with
    three seeds, whatever σ_b / σ_e. One σ_e is assumed for all cells of a main.

    Parameters
    ----------
    y : ndarray of shape (n_seeds, n_cells)
        Gains, none of them NaN.

    Returns
    -------
    v, df : float
        NaN where there is no cell or only one seed; df is infinite where v is 0.

    References
    ----------
    Satterthwaite, "An approximate distribution of estimates of variance
    components", Biometrics Bulletin 2(6), 1946.
    """
    n_seeds, n_cells = y.shape
    if n_seeds < 2 or n_cells < 1:
        return np.nan, np.nan
    seed, cell = y.mean(axis=1, keepdims=True), y.mean(axis=0, keepdims=True)
    shared = float(np.var(seed, ddof=1))  # MS_b / A
    own_df = (n_cells - 1) * (n_seeds - 1)
    own = float(np.sum((y - seed - cell + y.mean()) ** 2)) / (n_cells * (n_seeds - 1))
    v = shared + own
    if v == 0:
        return 0.0, np.inf
    share = shared / v
    return v, 1 / (share**2 / (n_seeds - 1) + ((1 - share) ** 2 / own_df if own_df else 0))


def _interval_and_test(gain: float, v: float, df: float, n: int) -> tuple[float, float]:
    """Half width of the 95 % interval and p value of the mean of `n` gains."""
    from scipy import stats

    if n == 0 or np.isnan(v):
        return np.nan, np.nan
    error = np.sqrt(v / n)
    if error == 0:
        half, p = 0.0, float(gain == 0)
    else:
        half = float(stats.t.ppf(1 - ALPHA / 2, df) * error)
        p = float(2 * stats.t.sf(abs(gain) / error, df))
    return half, p if n >= MIN_SEEDS else np.nan


def _corrected(p: "pd.Series") -> "pd.Series":
    """Benjamini–Hochberg q values; NaN stays NaN and is not counted."""
    from statsmodels.stats.multitest import multipletests

    q = p.copy()
    tested = p.notna()
    if tested.any():
        q[tested] = multipletests(p[tested], method="fdr_bh")[1]
    return q


def _verdict(gain: float, q: float) -> str | None:
    if np.isnan(q):
        return None
    if q >= ALPHA:
        return "no clear effect"
    return "gain" if gain > 0 else "loss"
