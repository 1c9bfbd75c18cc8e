"""Expected gain in percent, with a prediction interval for the gain of one new pair.

A regression of the gain on the held-out indices of classifier and ranker. Its errors are
clustered by family, since the sample size is the number of tasks, not of pairs.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

#: Intended coverage: probability that the interval contains the gain of a pair.
LEVEL = 0.8
#: Exponents of the headroom by which a main task's gains may be scaled.
EXPONENTS = (0.0, 0.5, 1.0)
#: An index that varies by less than this over the training pairs is constant except for rounding.
FLAT = 1e-9


@dataclass(frozen=True, eq=False)
class GainInterval:
    """A fitted regression: gain / scale = coef · (1, indices) + error.

    coef : float array (1 + n_indices,), that of an index 0 or more
    covariance : float array (1 + n_indices, 1 + n_indices), two-way clustered by
        the families of main and auxiliary
    variance : of the error of one pair: the parts of main task, auxiliary and pair together
    quantile : of Student's t with (families − coefficients) degrees of freedom
    exponent : scale is headroom ** exponent; a task at 0.95 cannot gain 10 %
    """

    coef: np.ndarray
    covariance: np.ndarray
    variance: float
    quantile: float
    exponent: float

    def interval(
        self, indices: np.ndarray, headroom: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expected gain, low and high in percent, of pairs with these indices (n_pairs, k)."""
        x = _design(indices)
        scale = headroom**self.exponent
        spread = np.sqrt(np.einsum("ni,ij,nj->n", x, self.covariance, x) + self.variance)
        middle = (x * self.coef).sum(axis=1)  # not @, whose last bit depends on the number of rows
        half = self.quantile * spread
        return scale * middle, scale * (middle - half), scale * (middle + half)

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_plain(cls, raw: dict[str, Any]) -> "GainInterval":
        """Undo `to_plain`; raises KeyError, TypeError or ValueError where that is not possible."""
        arrays = {name: np.array(raw[name], float) for name in ("coef", "covariance")}
        if arrays["covariance"].shape != 2 * arrays["coef"].shape:
            raise ValueError("covariance: expected a row and a column for each of coef")
        numbers = {name: float(raw[name]) for name in ("variance", "quantile", "exponent")}
        if not np.isfinite([*arrays["coef"], *arrays["covariance"].flat, *numbers.values()]).all():
            raise ValueError("interval: expected finite numbers")
        least = np.linalg.eigvalsh(arrays["covariance"])[0]
        if least < -1e-9 * np.abs(arrays["covariance"]).max():
            raise ValueError("covariance: expected no negative variance")
        return cls(arrays["coef"], arrays["covariance"], **numbers)


def fit_gain_interval(
    indices: np.ndarray, gain: np.ndarray, headroom: np.ndarray, clusters: np.ndarray
) -> GainInterval:
    """Fit to pairs with held-out indices.

    Parameters
    ----------
    indices : float array (n_pairs, k)
        Predictions for these pairs by fits that have not seen them.
    gain : float array (n_pairs,)
        In percent.
    headroom : float array (n_pairs,)
        Of the main task.
    clusters : int array (n_pairs, 2)
        Family of main and of auxiliary.

    References
    ----------
    Cameron, Gelbach and Miller, "Robust inference with multiway clustering",
    Journal of Business & Economic Statistics 29(2), 2011.
    """
    import statsmodels.api as sm
    from scipy.stats import t

    x = _design(indices)
    fits = {}
    for exponent in EXPONENTS:
        scale = headroom**exponent
        kept, result = _upright(sm.OLS, gain / scale, x)
        # Log-likelihood of the gains, not of the scaled ones: the Jacobian counts.
        # Rounded, so that where all mains have the same headroom the simplest exponent is taken.
        fits[exponent] = (round(result.llf - np.log(scale).sum(), 6), kept, result)
    exponent = max(fits, key=lambda e: fits[e][0])
    _, kept, result = fits[exponent]
    coef, covariance = np.zeros(x.shape[1]), np.zeros(2 * x.shape[1:])
    coef[kept] = result.params
    covariance[np.ix_(kept, kept)] = _two_way(result, clusters)
    df = max(len(np.unique(clusters)) - len(kept), 1)
    return GainInterval(
        coef, covariance, float(result.mse_resid), float(t.ppf((1 + LEVEL) / 2, df)), exponent
    )


def _upright(model: Any, y: np.ndarray, x: np.ndarray) -> tuple[list[int], Any]:
    """Fit without constant indices and those whose coefficient would be negative.

    A higher index means a better pair, so a negative coefficient would be noise. Returns the
    columns kept and the fit.
    """
    kept = [0, *np.flatnonzero(x.std(axis=0) > FLAT).tolist()]
    while True:
        result = model(y, x[:, kept]).fit()
        wrong = [i for i, b in zip(kept, result.params, strict=True) if i and b < 0]
        if not wrong:
            return kept, result
        worst = min(wrong, key=lambda i: result.tvalues[kept.index(i)])
        kept.remove(worst)


def _two_way(result: Any, clusters: np.ndarray) -> np.ndarray:
    """Two-way clustered covariance: by main plus by auxiliary minus by both.

    With few clusters the difference need not be positive semi-definite (Cameron
    et al. 2011, section 2.3). Then nothing is subtracted, so intervals are rather too wide.
    """
    from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

    main, aux = (np.unique(c, return_inverse=True)[1] for c in clusters.T)
    if min(main.max(), aux.max()) == 0:
        return np.asarray(result.cov_params())
    both, by_main, by_aux = cov_cluster_2groups(result, main, aux)
    return both if np.linalg.eigvalsh(both)[0] >= 0 else by_main + by_aux


def _design(indices: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(indices)), indices])
