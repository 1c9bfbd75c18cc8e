"""Search: train the pairs that are most worth training, until the best auxiliary is known.

tr.search("shop", minutes=30)
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from taskrel.errors import UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.search.belief import ALONE
from taskrel.meta.search.prior import ranking_scores, variation_for
from taskrel.recommendation.question import Answered, Question, pose
from taskrel.recommendation.recommendation import Recommendation
from taskrel.recommendation.search.arms import Arms, planned_arms
from taskrel.recommendation.search.loop import Budget, Searched, run_search
from taskrel.recommendation.search.result import Candidate, OnTest, SavedAs, SearchResult
from taskrel.study.experiment.caps import Caps
from taskrel.study.store.store import Store
from taskrel.tasks.task import Task

#: Percent of the single-task score that is not worth another run.
EPSILON = 0.5
#: Minutes of a search that is given no budget.
MINUTES = 10.0
#: Intended coverage of the interval of an expected gain, in percent.
LEVEL = 95


def search(
    task: str | Task,
    candidates: Sequence[str | Task] | None = None,
    *,
    minutes: float | None = None,
    runs: int | None = None,
    epsilon: float = EPSILON,
    evidence: Evidence | str | Path | None = None,
    recipe: str | None = None,
    cards: Sequence[str] = (),
    caps: Caps | None = None,
    data: str | Path | None = None,
    path: str | Path | None = None,
    jobs: int | None = None,
    progress: bool = True,
    remove_leaks: bool = False,
    save: str | Path | None = None,
    on_ranking: Callable[[Recommendation], None] | None = None,
) -> SearchResult:
    """Find the auxiliary task that improves a main task most, within a budget.

    Pairs are trained one after the other. What is trained next is drawn by top-two Thompson
    sampling from the posterior of the gains, whose prior is the predictor's ranking and how gains
    vary in the evidence. Choices are made on dev. The search ends when no candidate is
    better than the best one by more than `epsilon` with a probability of 95 %, or when the budget is
    spent.
    "Train it alone" is one of the answers. Finished runs are kept, so that the same call goes on
    where an earlier one was stopped.

    Parameters
    ----------
    task : str or Task
        The main task: one of the evidence, one that has a card, or one in memory.
    candidates : sequence of str or Task, or None
        The auxiliaries; None: those that the evidence has encoders of, or else all of its tasks.
    minutes : float or None
        Budget of this call in wall time, the ranking included; where neither it nor `runs` is given, `MINUTES`.
    runs : int or None
        Budget in runs, those of earlier calls included.
    epsilon : float
        Percent of the single-task score that is not worth another run.
    evidence, recipe, cards, caps, data, path, jobs, progress
        As for `recommend`.
    remove_leaks : bool
        Whether pairs are trained without dev and test texts of the main task among the
        auxiliary's training texts.
    save : path or None
        Folder for the model of the best arm's run with the highest score on dev; `load_model` reads
        it.
    on_ranking : callable or None
        Called with the ranking before pairs are trained.

    Raises
    ------
    UsageError
        For a task without a card, main = auxiliary, or a budget that is not positive.
    EvidenceError
        Where the evidence's recipe cannot be trained here.
    DataError
        Where files of the main task are missing.

    References
    ----------
    Russo, "Simple Bayesian algorithms for best-arm identification", Operations Research 68(6),
    2020.
    """
    for name, value in (("minutes", minutes), ("runs", runs)):
        if value is not None and not value > 0:  # NaN is not
            raise UsageError(f"{name}: expected more than 0, found {value:g}")
    if not epsilon >= 0:
        raise UsageError(f"epsilon: expected 0 or more, found {epsilon:g}")
    budget = Budget(runs, minutes if runs or minutes else MINUTES)
    question = pose(
        task,
        candidates,
        evidence=evidence,
        recipe=recipe,
        cards=cards,
        caps=caps,
        data=data,
        path=path,
        jobs=jobs,
        progress=progress,
    )
    arms = planned_arms(
        question.evidence, question.main, question.candidates, question.workspace, remove_leaks
    )
    answered = question.answer()
    if on_ranking is not None:
        on_ranking(answered.ranking)
    found = search_arms(question, answered, arms, budget, epsilon)
    return save_best(found, arms, Path(save), data) if save else found


def save_best(
    found: SearchResult, arms: Arms, folder: Path, data: str | Path | None = None
) -> SearchResult:
    """Write the model of the best arm's run with the highest score on dev into `folder`."""
    from taskrel.study.runs.keep import keep_model

    arm = found.best or ALONE
    seed = max((o for o in found.observations if o.arm == arm), key=lambda o: o.score).seed
    run = next(run for run in arms.runs[arm] if run.seed == seed)
    (part,) = arms.study.parts
    saved = keep_model(arms.study, part, run, arms.main, arms.folder, folder, data)
    return replace(found, model=SavedAs(folder, arm or None, seed, saved.scores))


def search_arms(
    question: Question,
    answered: Answered,
    arms: Arms,
    budget: Budget,
    epsilon: float = EPSILON,
    design: Sequence[str] | None = None,
) -> SearchResult:
    """Search among planned arms; the arguments are those of `run_search`."""
    z = ranking_scores(answered.predictor, arms.main, arms.auxs)
    dev = arms.study.tasks[arms.main].splits["dev"]
    variation = variation_for(answered.predictor, arms.main).with_dev(len(dev))
    found = run_search(
        arms,
        z,
        variation,
        budget,
        epsilon=epsilon,
        design=design,
        jobs=question.workspace.jobs,
    )
    best = None if found.standing.best == ALONE else found.standing.best
    return SearchResult(
        arms.main,
        arms.study.tasks[arms.main].metric,
        answered.ranking.evidence.name,
        _candidates(found),
        best,
        found.standing.close,
        epsilon,
        found.reason,
        on_test(arms, best) if best else None,
        found.belief.noise,
        found.seconds,
        found.new,
        found.failed,
        arms.missing,
        arms.folder,
        arms.warnings,
        tuple(found.seen),
    )


def _candidates(found: Searched) -> tuple[Candidate, ...]:
    """What is known of each arm, the most promising first."""
    belief, chances = found.belief, found.belief.probability_best()
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(belief.draws, [tail, 100 - tail], axis=0)
    expected = np.array([0.0, *belief.mean])
    rows = []
    for i in np.argsort(-expected, kind="stable"):
        arm = belief.arms[i]
        own = [score for name, _, score in found.seen if name == arm]
        rows.append(
            Candidate(
                arm or None,
                len(own),
                float(np.mean(own)) if own else None,
                float(expected[i]),
                float(low[i]),
                float(high[i]),
                chances[arm],
            )
        )
    return tuple(rows)


def on_test(arms: Arms, best: str) -> OnTest | None:
    """Test scores of the runs with the chosen auxiliary and of the single-task runs."""
    (part,) = arms.study.parts
    metric = arms.study.tasks[arms.main].metric
    with Store.read(arms.folder) as store:
        scores = store.scores(part.digest)
    own = scores[
        (scores["split"] == "test")
        & (scores["checkpoint"] == part.recipe.checkpoint)
        & (scores["task"] == arms.main)
        & (scores["metric"] == metric)
    ].set_index("run")["value"]
    chosen, alone = (
        own[[run.identity for run in arms.runs[arm] if run.identity in own.index]]
        for arm in (best, ALONE)
    )
    if chosen.empty or alone.empty:
        return None
    return OnTest(float(chosen.mean()), len(chosen), float(alone.mean()), len(alone))
