"""How the scores of one main task vary: over auxiliaries, seeds and the choice of dev texts.

The parts are in units of the main task's seed noise, the standard deviation of the score of one
run over seeds. In that unit they are alike for main tasks whose gains in percent differ by a factor
of ten, so that those of an evidence are a prior for a new main task.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

#: Auxiliaries and seeds of a main task that its parts are estimated from, at least.
LEAST_AUXS, LEAST_SEEDS = 4, 2
#: No variance is taken for smaller than this: a few main tasks do not show that it is 0.
SMALL = 0.01


@dataclass(frozen=True)
class Variation:
    """Parts of the score of a run on dev, in units of its noise σ, as a prior for a new main task.

    score = base + σ · (offset + slope · z + own + bias + seed + noise), where z is the ranker's
    score of the auxiliary, standardised over the candidates. Single-task runs have neither offset
    nor slope nor own part.

    noise, noise_spread : mean and standard deviation of log(σ / single-task score)
    offset, offset_variance : common to all auxiliaries of a main task
    slope, slope_variance : of the gain on z
    own : variance of what is an auxiliary's own
    bias : variance of what the dev texts show of an auxiliary and other texts do not
    seed : variance of what all runs of a seed have in common
    n_mains : main tasks that it was estimated from
    n_dev : dev texts that they have, on average; None: not known
    """

    noise: float = np.log(0.02)
    noise_spread: float = 1.0
    offset: float = 0.0
    offset_variance: float = 0.5
    slope: float = 0.0
    slope_variance: float = SMALL
    own: float = 0.8
    bias: float = 0.3
    seed: float = 0.4
    n_mains: int = 0
    n_dev: float | None = None

    def with_dev(self, n: int) -> "Variation":
        """The same for a main task with `n` dev texts.

        Seed noise and bias are of single texts, so that their variance goes with 1/n; gains do not
        depend on n, and are more noises where there are more texts.
        """
        if not self.n_dev or not n:
            return self
        more = n / self.n_dev
        return replace(
            self,
            noise=self.noise - np.log(more) / 2,
            offset=self.offset * np.sqrt(more),
            offset_variance=self.offset_variance * more,
            slope=self.slope * np.sqrt(more),
            slope_variance=self.slope_variance * more,
            own=self.own * more,
            n_dev=n,
        )

    def without_ranking(self) -> "Variation":
        """The same for candidates of which nothing is predicted: z explains nothing."""
        own = self.own + self.slope**2 + self.slope_variance
        return replace(self, slope=0.0, slope_variance=0.0, own=own)


class Main(NamedTuple):
    """What was measured of one main task.

    dev, test : float arrays (1 + n_auxs, n_seeds), scores; the first row is that of single-task
        runs. `test` may be None.
    z : float array (n_auxs,), standardised scores of the ranker; None where nothing is predicted
    """

    dev: np.ndarray
    test: np.ndarray | None
    z: np.ndarray | None


def standardised(scores: Sequence[float] | np.ndarray) -> np.ndarray:
    """Scores with mean 0 and standard deviation 1; all 0 where they are equal."""
    scores = np.asarray(scores, float)
    spread = scores.std(ddof=1) if len(scores) > 1 else 0.0
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros(len(scores))


def fit_variation(mains: Iterable[Main]) -> Variation:
    """Estimate the parts from measured main tasks, by moments; the defaults where there are none.

    Main tasks with fewer than `LEAST_AUXS` auxiliaries or `LEAST_SEEDS` seeds do not count.
    """
    rows = [
        moments
        for main in mains
        if len(main.dev) > LEAST_AUXS and main.dev.shape[1] >= LEAST_SEEDS
        if (moments := _moments(main)) is not None
    ]
    if len(rows) < 2:
        return Variation()
    values = np.array(rows).T
    m = _Moments(*values.mean(axis=1))
    variance = _Moments(*values.var(axis=1, ddof=1))
    return Variation(
        noise=m.noise,
        noise_spread=np.sqrt(max(variance.noise, SMALL)),
        offset=m.offset,
        offset_variance=max(variance.offset - m.offset_error, SMALL),
        slope=m.slope,
        slope_variance=max(variance.slope - m.slope_error, SMALL),
        own=max(m.own, SMALL),
        bias=max(m.rest - m.own + (m.slope_on_dev - m.slope) ** 2, SMALL),
        seed=max(m.seed, SMALL),
        n_mains=len(rows),
    )


class _Moments(NamedTuple):
    """Moments of one main task, in units of its noise on dev.

    rest : variance of what z does not explain on dev, without the noise of seeds
    own : the part of `rest` that is on test, too
    """

    noise: float
    offset: float
    offset_error: float
    slope: float
    slope_error: float
    slope_on_dev: float
    rest: float
    own: float
    seed: float


def _moments(main: Main) -> _Moments | None:
    """The moments of a main task; None where its runs do not vary.

    Covariances between a half of the seeds and the other one have no noise of a run in them.
    """
    dev, test = main.dev, main.dev if main.test is None else main.test
    k, n = len(dev) - 1, dev.shape[1]
    variance, seed = _noise(dev)
    level = dev[0].mean()
    if variance <= 0 or level <= 0:
        return None
    sigma = np.sqrt(variance)
    z = np.zeros(k) if main.z is None else main.z
    known = bool(z.any())
    halves = [np.arange(n) % 2 == half for half in (0, 1)]
    dev_rest, test_rest = (
        [_rest(scores[1:, half].mean(axis=1) / sigma, z) for half in halves]
        for scores in (dev, test)
    )
    freedom = k - 1 - known
    rest = dev_rest[0] @ dev_rest[1] / freedom
    own = (dev_rest[0] @ test_rest[1] + dev_rest[1] @ test_rest[0]) / 2 / freedom
    pairs = (test[1:].mean(axis=1) - test[0].mean()) / sigma
    left = _rest(pairs, z)
    spread = left @ left / freedom
    return _Moments(
        noise=np.log(sigma / level),
        offset=pairs.mean(),
        offset_error=_noise(test)[0] / variance / n + spread / k,
        slope=_slope(pairs, z),
        slope_error=spread / (z @ z) if known else 0.0,
        slope_on_dev=_slope(dev[1:].mean(axis=1) / sigma, z),
        rest=rest,
        own=own,
        seed=seed / variance,
    )


def _noise(scores: np.ndarray) -> tuple[float, float]:
    """Variance of the score of a run, and that of what the runs of a seed have in common."""
    residual = scores - scores.mean(axis=1, keepdims=True)
    seed = residual.mean(axis=0)
    n_arms, n = scores.shape
    noise = float(((residual - seed) ** 2).sum() / ((n_arms - 1) * (n - 1)))
    return noise, float(seed.var(ddof=1)) - noise / n_arms


def _slope(y: np.ndarray, z: np.ndarray) -> float:
    """Least-squares slope of y on z, whose mean is 0."""
    return float(z @ y / (z @ z)) if z.any() else 0.0


def _rest(y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """What mean and z do not explain of y."""
    return y - y.mean() - _slope(y, z) * z
