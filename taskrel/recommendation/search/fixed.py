"""Fixed designs: the same number of runs with each of some auxiliaries, and alone, and no search."""

from collections.abc import Sequence

from taskrel.errors import DataError, UsageError
from taskrel.meta.evidence.encoders import read_encoders
from taskrel.meta.search.belief import ALONE
from taskrel.recommendation.planned_like import recipe_of
from taskrel.recommendation.question import Answered, Question
from taskrel.recommendation.search.arms import encoders_for, planned_arms
from taskrel.recommendation.search.loop import Budget
from taskrel.recommendation.search.result import SearchResult
from taskrel.recommendation.search.search import search_arms
from taskrel.recommendation.trainable import ELSEWHERE, trainable


def measurable(question: Question) -> list[str]:
    """The candidates whose encoders come with the evidence.

    Raises `UsageError` where there is none, or the evidence was not measured in transfer, and what
    `trainable` raises.
    """
    evidence, candidates = question.evidence, question.candidates
    recipe = recipe_of(evidence)
    if recipe.schedule != "transfer":
        raise UsageError(
            f"evidence {evidence.name} was measured with schedule {recipe.schedule!r}, and --measure "
            "needs 'transfer'; --confirm K trains pairs as they were measured"
        )
    trainable(evidence, question.main, [], question.workspace)
    known = {aux for aux, _ in read_encoders(evidence)}
    found = [aux for aux in candidates if aux in known]
    if not found:
        raise UsageError(
            f"evidence {evidence.name} has no encoder of {', '.join(candidates)}, so nothing can be "
            "trained from it; --confirm K trains pairs with the auxiliaries' corpora"
        )
    return found


def confirmable(question: Question, n: int) -> list[str]:
    """The candidates that can be trained here.

    Raises `UsageError` or `DataError` where there are fewer than `n`, and what `trainable` raises.
    """
    evidence, main, candidates = question.evidence, question.main, question.candidates
    if n > len(candidates):
        raise UsageError(
            f"--confirm {n}: {main} has only {len(candidates)} candidate"
            f"{'' if len(candidates) == 1 else 's'}; ask for no more than that"
        )
    shipped = {aux for aux, _ in encoders_for(evidence, candidates, question.workspace)}
    here = trainable(
        evidence, main, [aux for aux in candidates if aux not in shipped], question.workspace
    )
    found = [aux for aux in candidates if aux in here.auxs or aux in shipped]
    if n > len(found):
        raise DataError(
            f"--confirm {n}: only {len(found)} of {len(candidates)} candidates can be trained here "
            f"({here.why()}); {ELSEWHERE}"
        )
    return found


def train_fixed(
    question: Question,
    answered: Answered,
    auxs: Sequence[str],
    seeds: int,
    remove_leaks: bool = False,
) -> SearchResult:
    """Train the main task alone and with each of these auxiliaries, with so many seeds each."""
    arms = planned_arms(question.evidence, question.main, auxs, question.workspace, remove_leaks)
    design = [arm for _ in range(seeds) for arm in (ALONE, *arms.auxs)]
    return search_arms(question, answered, arms, Budget(), design=design)
