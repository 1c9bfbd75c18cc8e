"""Recommend: from evidence and one main task to a ranking of auxiliary tasks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from taskrel.errors import UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.question import pose
from taskrel.recommendation.recommendation import Recommendation
from taskrel.study.experiment.caps import Caps
from taskrel.tasks.task import Task


def recommend(
    task: str | Task,
    auxiliaries: Sequence[str | Task] | None = None,
    *,
    evidence: Evidence | str | Path | None = None,
    recipe: str | None = None,
    cards: Sequence[str] = (),
    caps: Caps | None = None,
    data: str | Path | None = None,
    path: str | Path | None = None,
    jobs: int | None = None,
    progress: bool = True,
    confirm: int = 0,
    measure: bool = False,
    seeds: int = 3,
    remove_leaks: bool = False,
    on_ranking: Callable[[Recommendation], None] | None = None,
) -> Recommendation:
    """Rank auxiliary tasks for a main task, by how much the main task would gain.

    A task that the evidence does not know is trained alone first, once, with the evidence's
    recipe. No pair is trained unless `confirm` asks for it.

    Parameters
    ----------
    task : str or Task
        The main task: one of the evidence, one that has a card, or one in memory.
    auxiliaries : sequence of str or Task, or None
        The candidates. "all", and None, are all tasks of the evidence; "auto:next_word" is
        the automated task made from the main task's own texts.
    evidence : Evidence, name or path, or None
        See `load_evidence`; None: what fits the level of the main task's labels.
    recipe : str or None
        One of the evidence's recipes; None: its default.
    cards : sequence of str
        Names, files or folders of cards of your own.
    caps : mapping or None
        Of tasks that have such a card, the largest number of examples, as in
        ``{"limit": {"shop": 500}}``; "limit" (training), "dev" and "test". The task is then
        called "shop_500".
    data : path or None
        The data folder; None: TASKREL_DATA, else the user's cache folder.
    path : path or None
        Folder of the store that keeps runs; None: in the user's cache folder.
    jobs : int or None
        Worker processes; None: one per core.
    progress : bool
        Whether to show a progress bar.
    confirm : int
        How many of the best-ranked pairs to train, to compare predicted and measured gains.
    measure : bool
        Whether to train the main task from the encoder of every candidate that comes with the
        evidence. It needs no corpus of an auxiliary task.
    seeds : int
        Number of random seeds of these runs.
    remove_leaks : bool
        Whether these pairs are trained without dev and test texts of the main task among the
        auxiliary's training texts.
    on_ranking : callable or None
        Called with the ranking before pairs are trained.

    Raises
    ------
    UsageError
        For a task without a card, main = auxiliary, too few candidates to confirm, and
        `remove_leaks` without `confirm`.
    EvidenceError
        Where the evidence cannot answer, or its recipe cannot be trained here.
    DataError
        Where files of a task that has to be trained are missing.
    """
    if confirm and measure:
        raise UsageError(
            "--confirm trains pairs with the auxiliaries' corpora, --measure trains from encoders "
            "without them; use one of them"
        )
    if remove_leaks and not confirm:
        raise UsageError(
            "leaks are removed from pairs that are trained; with --remove-leaks give --confirm K"
        )
    question = pose(
        task,
        auxiliaries,
        evidence=evidence,
        recipe=recipe,
        cards=cards,
        caps=caps,
        data=data,
        path=path,
        jobs=jobs,
        progress=progress,
    )
    if not (confirm or measure):
        answered = question.answer()
        if on_ranking is not None:
            on_ranking(answered.ranking)
        return answered.ranking
    from taskrel.recommendation.search.fixed import confirmable, measurable, train_fixed

    # Before anything is trained.
    auxs = measurable(question) if measure else confirmable(question, confirm)
    answered = question.answer()
    if on_ranking is not None:
        on_ranking(answered.ranking)
    if confirm:
        auxs = [p.aux for p in answered.ranking if p.aux in auxs][:confirm]
    return replace(
        answered.ranking, search=train_fixed(question, answered, auxs, seeds, remove_leaks)
    )
