"""The loop of a search: believe, choose, train, observe, until it is settled or the budget is spent."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.features.task_info import task_info
from taskrel.meta.search.belief import ALONE, Belief, Observation, believe
from taskrel.meta.search.choose import next_arm
from taskrel.meta.search.stop import BUDGET, FIXED, NO_MORE_SEEDS, Standing, standing
from taskrel.meta.search.variation import Variation
from taskrel.recommendation.search.arms import Arms
from taskrel.study.analysis.smoothed import LAST
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.plan import Run
from taskrel.study.store.store import Store
from taskrel.training.result import Curve

#: Folder of the logs of decisions, in the folder of the store: of each main task one, with a JSON
#: document a line.
DECISIONS = "decisions"
#: Runs of the best auxiliary, at least, before a search ends with it.
LEAST_RUNS = 2

log = logging.getLogger("taskrel")


@dataclass(frozen=True)
class Budget:
    """When a search ends, whatever is known then.

    runs : of all arms, those included that were finished in an earlier call
    minutes : of wall time since `started`
    """

    runs: int | None = None
    minutes: float | None = None
    started: float = field(default_factory=time.monotonic)

    def left(self, n_runs: int, seconds_a_run: float) -> int:
        """Runs that may still be started, at least while nothing else is known."""
        left = float("inf") if self.runs is None else self.runs - n_runs
        if self.minutes is not None:
            seconds = self.minutes * 60 - (time.monotonic() - self.started)
            left = min(left, seconds / max(seconds_a_run, 1e-3))
        return max(int(min(left, 10**6)), 0)


@dataclass(frozen=True)
class Searched:
    """How a search ended.

    belief, standing : after the last run
    seen : its observations
    reason : why it ended, as `meta.search.stop` names it
    failed : arm → error of its run
    seconds : wall time of this call
    new : runs of this call
    """

    belief: Belief
    standing: Standing
    seen: list[Observation]
    reason: str
    failed: dict[str, str]
    seconds: float
    new: int


def run_search(
    arms: Arms,
    z: np.ndarray | None,
    variation: Variation,
    budget: Budget,
    *,
    epsilon: float,
    design: Sequence[str] | None = None,
    jobs: int | None = None,
) -> Searched:
    """Train what is most worth training.

    Runs that the folder has are observed first. Each finished run is kept, and each choice is
    logged in `DECISIONS`.

    Parameters
    ----------
    arms : Arms
        What can be trained.
    z : float array or None
        Ranker scores of the auxiliaries, standardised.
    variation : Variation
        The prior.
    budget : Budget
        When to end.
    epsilon : float
        In percent of the single-task score; see `standing`.
    design : sequence of str or None
        The arms to train, in this order; one that is named twice gets two runs. None: the search
        chooses.
    jobs : int or None
        Runs that are trained at the same time.

    Raises
    ------
    EvidenceError
        Where no single-task run can be finished, or all of them score 0.
    StoreError
        Where the store cannot be written, or another process is writing to it.
    """
    started = time.monotonic()
    jobs = jobs or default_jobs(arms.study.device)
    with Store.write(arms.folder) as store:
        arms.study.register(store, task_info, arms.others)
        loop = _Loop(arms, store, jobs, _stored(arms, store))
        if not any(arm == ALONE for arm, _, _ in loop.seen):
            loop.train([ALONE] * min(jobs, 2), None)
        if not any(arm == ALONE for arm, _, _ in loop.seen):
            raise EvidenceError(
                f"{arms.main}: single-task training failed: {loop.failed.get(ALONE, '')}; the "
                f"traceback is in {arms.folder}"
            )
        if not any(score > 0 for arm, _, score in loop.seen if arm == ALONE):
            raise EvidenceError(
                f"{arms.main}: single-task training scores 0 on dev, so that no gain in percent is "
                "defined; give it more training texts, or check its labels"
            )
        while True:
            rng = np.random.default_rng(len(loop.seen))
            # Sorted: what is believed then does not depend on which run was finished first.
            belief = believe(arms.auxs, z, variation, sorted(loop.seen), rng)
            now = standing(belief, epsilon, {arm for arm, _, _ in loop.seen})
            left = budget.left(len(loop.seen), loop.seconds_a_run)
            if design is not None:
                batch, reason = loop.missing(design)[:jobs], FIXED
            elif now.settled and _tried(now.best, loop.seen):
                batch, reason = [], now.settled
            elif not left:
                batch, reason = [], BUDGET
            else:
                batch, reason = _batch(belief, loop, min(jobs, left), rng), NO_MORE_SEEDS
            if not batch:
                seconds = time.monotonic() - started
                return Searched(belief, now, loop.seen, reason, loop.failed, seconds, loop.new)
            loop.train(batch, now)


class _Loop:
    """What has been trained, and how to train more."""

    def __init__(self, arms: Arms, store: Store, jobs: int, seen: list[Observation]):
        self.arms, self.store, self.jobs, self.seen = arms, store, jobs, seen
        self.failed: dict[str, str] = {}
        self.new, self.seconds = 0, 0.0

    @property
    def seconds_a_run(self) -> float:
        """Wall time of a run so far, with so many at the same time."""
        return self.seconds / self.new if self.new else 0.0

    def next_runs(self, arm: str) -> list[Run]:
        """The runs of an arm that are not finished; of an arm that failed, none."""
        done = {seed for name, seed, _ in self.seen if name == arm}
        return [] if arm in self.failed else [r for r in self.arms.runs[arm] if r.seed not in done]

    def missing(self, design: Sequence[str]) -> list[str]:
        """What is still to be trained of a design."""
        done = [arm for arm, _, _ in self.seen]
        left = []
        for arm in design:
            if arm in done:
                done.remove(arm)
            elif self.next_runs(arm):
                left.append(arm)
        return left

    def train(self, batch: Sequence[str], before: Standing | None) -> None:
        """Train the next run of each arm of a batch, an arm perhaps several times."""
        runs = [
            run
            for arm in dict.fromkeys(batch)
            for run in self.next_runs(arm)[: list(batch).count(arm)]
        ]
        by_identity = {
            run.identity: arm for arm in dict.fromkeys(batch) for run in self.arms.runs[arm]
        }
        (part,) = self.arms.study.parts
        start = time.monotonic()
        for outcome in self.arms.study.execute(self.store, part, runs, jobs=self.jobs):
            arm = by_identity[outcome.run.identity]
            if outcome.result is None:
                self.failed[arm] = (outcome.error or "").strip().splitlines()[-1]
                continue
            curve = next(
                curve
                for (task, split, name), curve in outcome.result.curves.items()
                if task == self.arms.main and split == "dev" and name != "loss"
            )
            self.seen.append(Observation(arm, outcome.run.seed, _score(curve)))
            self.new += 1
            _note(self.arms, self.seen, before, outcome.seconds)
        self.seconds += time.monotonic() - start


def _score(curve: Curve) -> float:
    """Mean of the last evaluations on dev, in the precision of the store."""
    return float(np.mean(np.asarray(curve.values[-LAST:], np.float32), dtype=float))


def _stored(arms: Arms, store: Store) -> list[Observation]:
    """Observations of the planned runs that the folder has, in the order of arms and seeds."""
    (part,) = arms.study.parts
    status = store.status()
    curves = {
        (frozenset(tasks), seed): curve
        for (tasks, task, seed), curve in store.dev_curves(part.digest).items()
        if task == arms.main
    }
    return [
        Observation(arm, run.seed, _score(curves[key]))
        for arm, runs in arms.runs.items()
        for run in runs
        if status.get(run.identity) == "done"
        and (key := (frozenset(run.tasks), run.seed)) in curves
    ]


def _tried(arm: str, seen: Sequence[Observation]) -> bool:
    """Whether the best arm has been trained often enough for an answer."""
    return sum(name == arm for name, _, _ in seen) >= LEAST_RUNS


def _batch(belief: Belief, loop: _Loop, n: int, rng: np.random.Generator) -> list[str]:
    """The next arms to train at the same time."""
    batch: list[str] = []
    for _ in range(n):
        closed = {arm for arm in loop.arms.runs if len(loop.next_runs(arm)) <= batch.count(arm)}
        arm = next_arm(belief, [*(arm for arm, _, _ in loop.seen), *batch], rng, closed)
        if arm is None:
            break
        batch.append(arm)
    return batch


def _note(arms: Arms, seen: Sequence[Observation], before: Standing | None, seconds: float) -> None:
    """Log a run: on stderr, and as a line of `DECISIONS` with what was believed before it."""
    arm, seed, score = seen[-1]
    document = {
        "run": len(seen),
        "arm": arm or None,
        "seed": seed,
        "dev": round(score, 6),
        "seconds": round(seconds, 2),
        "before": before
        and {
            "best": before.best or None,
            "gain": round(before.gain, 3),
            "close": round(before.close, 3),
            "regret": round(before.regret, 3),
        },
    }
    path = arms.folder / DECISIONS / f"{arms.main}.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(document, ensure_ascii=False) + "\n")
    log.info(
        "run %d: %s, seed %d: %.4f on dev, %.1f s",
        len(seen),
        f"with {arm}" if arm else "single-task",
        seed,
        score,
        seconds,
    )
