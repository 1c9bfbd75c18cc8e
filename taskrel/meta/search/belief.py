"""What is believed of the gains of some auxiliaries, given the scores of the runs so far.

A linear model of the score on dev with a normal prior (`Variation`), whose noise is unknown: the
posterior is normal for a given noise and is averaged over a grid of them. Nothing is approximated
but the grid.

References
----------
Gelman et al., "Bayesian Data Analysis", 3rd edition, 2013, chapters 14 and 15 (linear models with
known covariance up to a scale); Scott, "A modern Bayesian look at the multi-armed bandit", Applied
Stochastic Models in Business and Industry 26(6), 2010.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from taskrel.meta.search.variation import Variation

#: Name of single-task training among the arms of a search.
ALONE = ""
#: Values of the noise that the posterior is averaged over, and how many standard deviations of its
#: logarithm they cover on each side of the prior mean.
GRID, REACH = 81, 4.0
#: A single-task score is not taken for lower than this, so that gains in percent are finite.
LEAST = 1e-3
#: Draws from the posterior.
DRAWS = 4000


class Observation(NamedTuple):
    """The score of one finished run on dev.

    arm : the auxiliary, or `ALONE`
    seed : its random seed
    score : fraction
    """

    arm: str
    seed: int
    score: float


@dataclass(frozen=True, eq=False)
class Belief:
    """The posterior of the gains of some auxiliaries.

    auxs : the auxiliaries, the arms of the search besides `ALONE`
    mean, spread : float arrays (n_auxs,), of the gain in percent of the single-task score
    draws : float array (DRAWS, 1 + n_auxs), gains in percent; the first column, `ALONE`, is 0
    noise : standard deviation of the score of one run, in percent of the single-task score
    base : the single-task score
    """

    auxs: tuple[str, ...]
    mean: np.ndarray
    spread: np.ndarray
    draws: np.ndarray
    noise: float
    base: float

    @property
    def arms(self) -> tuple[str, ...]:
        """`ALONE` and the auxiliaries, as the columns of `draws`."""
        return (ALONE, *self.auxs)

    def best(self, tried: Container[str] | None = None) -> str:
        """The arm of the largest expected gain; `ALONE` where none is above 0.

        tried : auxiliaries among which it is; None: all
        """
        arms = [i for i, aux in enumerate(self.auxs) if tried is None or aux in tried]
        first = max(arms, key=lambda i: self.mean[i], default=-1)
        return self.auxs[first] if first >= 0 and self.mean[first] > 0 else ALONE

    def probability_best(self) -> dict[str, float]:
        """Arm → probability that its gain is the largest."""
        counts = np.bincount(self.draws.argmax(axis=1), minlength=len(self.arms))
        return dict(zip(self.arms, (counts / len(self.draws)).tolist(), strict=True))

    def probability_close(self, arm: str, epsilon: float) -> float:
        """Probability that no arm is better than `arm` by more than `epsilon` percent."""
        own = self.draws[:, self.arms.index(arm)]
        return float((self.draws.max(axis=1) - own <= epsilon).mean())

    def regret(self, arm: str) -> float:
        """Expected difference in percent between the largest gain and that of `arm`."""
        own = self.draws[:, self.arms.index(arm)]
        return float((self.draws.max(axis=1) - own).mean())


def believe(
    auxs: Sequence[str],
    z: np.ndarray | None,
    variation: Variation,
    seen: Sequence[Observation],
    rng: np.random.Generator,
) -> Belief:
    """The posterior after some runs.

    Parameters
    ----------
    auxs : sequence of str
        The auxiliaries.
    z : float array (n_auxs,) or None
        Their ranker scores, standardised; None where nothing is predicted.
    variation : Variation
        The prior.
    seen : sequence of Observation
        The runs so far, of `ALONE` one at least.
    rng : Generator
        For the draws.
    """
    expected, prior = _prior(len(auxs), z, variation)
    score = np.array([s for _, _, s in seen])
    has = np.array([[arm == aux for aux in auxs] for arm, _, _ in seen], float)
    same_arm = np.array([[a == b for b, _, _ in seen] for a, _, _ in seen], float)
    same_seed = np.array([[s == t for _, t, _ in seen] for _, s, _ in seen], float)
    covariance = (
        has @ prior @ has.T
        + variation.bias * same_arm
        + variation.seed * same_seed
        + np.eye(len(seen))
    )
    inverse = np.linalg.inv(covariance)
    # The base has a flat prior: `free` is the inverse without what a common level explains.
    row = inverse.sum(axis=0) / inverse.sum()
    free = inverse - np.outer(inverse.sum(axis=1), row)
    level = max(float(np.mean([s for arm, _, s in seen if arm == ALONE])), LEAST)
    steps = REACH * np.linspace(-1, 1, GRID)
    logs = variation.noise + np.log(level) + variation.noise_spread * steps
    sigma = np.exp(logs)[:, None]
    left = score / sigma - has @ expected  # (GRID, n)
    fit = np.einsum("gi,ij,gj->g", left, free, left)
    log_weight = -(len(seen) - 1) * logs - (fit + steps**2) / 2
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    learn = prior @ has.T @ free
    means = sigma * (expected + left @ learn.T)  # (GRID, n_auxs)
    shape = prior - learn @ has @ prior
    base = max(float(weight @ ((score - sigma * (has @ expected)) @ row)), LEAST)
    mean = weight @ means
    variance = weight @ (sigma**2 * np.diag(shape) + means**2) - mean**2
    which = rng.choice(GRID, DRAWS, p=weight)
    normal = rng.standard_normal((DRAWS, len(auxs))) @ _root(shape).T
    effects = means[which] + sigma[which] * normal
    return Belief(
        tuple(auxs),
        100 * mean / base,
        100 * np.sqrt(np.maximum(variance, 0)) / base,
        np.column_stack([np.zeros(DRAWS), 100 * effects / base]),
        float(100 * np.sqrt(weight @ sigma[:, 0] ** 2) / base),
        base,
    )


def _prior(n: int, z: np.ndarray | None, v: Variation) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the effects of n auxiliaries, in units of noise."""
    if z is None:
        v, z = v.without_ranking(), np.zeros(n)
    covariance = v.offset_variance + v.slope_variance * np.outer(z, z) + v.own * np.eye(n)
    return v.offset + v.slope * z, covariance


def _root(covariance: np.ndarray) -> np.ndarray:
    """A square root of a covariance that may be singular but for rounding."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0))
