"""What searches cost and find: strategies replayed on the stored runs of an evidence.

Main tasks are predicted without their family, and the prior of a search comes from main tasks of
other families. A choice is made on dev and judged on test.
"""

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.meta.search.belief import Belief
from taskrel.meta.search.prior import measured_main
from taskrel.meta.search.stop import standing
from taskrel.meta.search.variation import Variation, fit_variation
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.workers import WorkerDied, results
from taskrel.tasks.task import label_level
from taskrel.validation.replay.recorded import Dealer, OnBelief, Recorded
from taskrel.validation.replay.strategies import PLANNED, SEEDS, STRATEGIES, search

if TYPE_CHECKING:
    import pandas as pd

#: Budgets, as shares of training every pair with three seeds.
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


def recorded_mains(predictor: GainPredictor, level: str) -> list[Recorded]:
    """The measured main tasks of a level, each with the prior that other families give."""
    evidence = predictor.learned_from_
    kinds, families = evidence.about["kind"], evidence.families
    found = {
        task: measured
        for task in evidence.mains
        if label_level(kinds[task]) == level and (measured := measured_main(predictor, task))
    }
    return [
        Recorded(
            task,
            families[task],
            tuple(auxs),
            main,
            fit_variation(
                other for name, (_, other) in found.items() if families[name] != families[task]
            ),
        )
        for task, (auxs, main) in found.items()
        if len(auxs) > 1
    ]


def replay(
    mains: Sequence[Recorded],
    repeats: int,
    *,
    epsilon: float = 0.5,
    jobs: int | None = None,
    seed: int = 0,
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Replay every strategy on every main task, at every budget of `SHARES`.

    Parameters
    ----------
    mains : sequence of Recorded
        As `recorded_mains` returns them.
    repeats : int
        Replays of each, which differ in the order of the seeds and in random choices.
    epsilon : float
        In percent: a choice is close where no arm is better by more than this.
    jobs : int or None
        Processes; None is one per core. They change no figure.
    seed : int
        Of the random numbers.

    Returns
    -------
    choices : DataFrame
        main, family, repeat, strategy, share (of the runs of all pairs with three seeds), runs,
        choice, gain (percent, given all test scores), regret (expected difference to the largest
        gain, given them)
    beliefs : DataFrame
        A row per run of the search: main, family, repeat, runs, and of its choice what was believed
        (gain, best, close, regret) and what is so given all test scores (the same with true_): gain
        in percent, probability of being the best arm, probability that no arm is better by more than
        `epsilon`, expected difference to the largest gain
    """
    import pandas as pd

    on_test = fit_variation(
        m.main._replace(dev=m.main.test, z=None) for m in mains if m.main.test is not None
    )
    calls = [
        (recorded, on_test, repeats, epsilon, [seed, number])
        for number, recorded in enumerate(mains)
    ]
    parts: dict[int, tuple[list[dict], list[dict]]] = {}
    for number, part in results(_replayed, calls, jobs or default_jobs("cpu")):
        if isinstance(part, WorkerDied):
            raise EvidenceError(
                "a worker process ended twice while searches were replayed: it was killed, or memory "
                "ran out; fewer --jobs need less memory"
            )
        parts[number] = part
    ordered = [parts[number] for number in range(len(mains))]
    return (
        pd.DataFrame([row for choices, _ in ordered for row in choices]),
        pd.DataFrame([row for _, beliefs in ordered for row in beliefs]),
    )


def _replayed(
    recorded: Recorded,
    on_test: Variation,
    repeats: int,
    epsilon: float,
    seed: Sequence[int],
) -> tuple[list[dict], list[dict]]:
    """The rows of `replay` for one main task."""
    choices: list[dict] = []
    beliefs: list[dict] = []
    rng = np.random.default_rng(seed)
    truth = recorded.truth(on_test, rng)
    gains = dict(zip(truth.arms, truth.draws.mean(axis=0).tolist(), strict=True))
    regrets = {arm: truth.regret(arm) for arm in truth.arms}
    is_best = truth.probability_best()

    def checked(belief: Belief, tried: Container[str]) -> dict[str, float]:
        """What the search believes of its choice, and what is so given all test scores."""
        now = standing(belief, epsilon, tried)
        return {
            "gain": now.gain,
            "true_gain": gains[now.best],
            "best": belief.probability_best()[now.best],
            "true_best": is_best[now.best],
            "close": now.close,
            "true_close": truth.probability_close(now.best, epsilon),
            "regret": now.regret,
            "true_regret": regrets[now.best],
        }

    for repeat in range(repeats):
        about = {"main": recorded.name, "family": recorded.family, "repeat": repeat}
        seen: list[dict[str, float]] = []
        for strategy, share, runs, arm in _choices(
            recorded, lambda *now, seen=seen: seen.append(checked(*now)), rng
        ):
            what = {"strategy": strategy, "share": share, "runs": runs}
            choices.append(
                about | what | {"choice": arm, "gain": gains[arm], "regret": regrets[arm]}
            )
        beliefs += [about | {"runs": n} | row for n, row in enumerate(seen, 1)]
    return choices, beliefs


def budgets(recorded: Recorded) -> dict[float, int]:
    """Share of the cost of every pair with three seeds → runs, single-task ones included."""
    return {share: max(round(share * SEEDS * len(recorded.arms)), 1) for share in SHARES}


def _choices(
    recorded: Recorded, on_belief: OnBelief, rng: np.random.Generator
) -> Iterator[tuple[str, float, int, str]]:
    """Strategy, share, runs and the arm that is chosen after them."""
    wanted = budgets(recorded)
    for name, strategy in STRATEGIES.items():
        for n in wanted.values() if name in PLANNED else [max(wanted.values())]:
            dealer = Dealer(recorded, rng, on_belief if strategy is search else None)
            chosen = [arm for _, arm in zip(range(n), strategy(dealer, n, rng), strict=False)]
            for share, runs in wanted.items():
                if name not in PLANNED or runs == n:
                    yield name, share, runs, chosen[min(runs, len(chosen)) - 1]
