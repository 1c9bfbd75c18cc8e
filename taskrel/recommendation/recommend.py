"""Recommend: from evidence and one main task to a ranking of auxiliary tasks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.predictor.file import find_predictor
from taskrel.meta.predictor.prediction import UNCLEAR, Prediction
from taskrel.recommendation.recommendation import Recommendation
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.auxiliaries import Auxiliaries
from taskrel.study.experiment.caps import Caps
from taskrel.tasks.automated.names import check_main, is_automated
from taskrel.tasks.task import Task

if TYPE_CHECKING:
    from taskrel.recommendation.leaks import Leaks

#: Among auxiliaries: every task of the evidence.
ALL = "all"


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
    seeds: Sequence[int] | None = None,
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
        evidence. It needs no corpus of an auxiliary task, and measured auxiliaries are ranked by
        their measured gains.
    seeds : sequence of int or None
        Random seeds of these runs; None: 0, 1, 2.
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
    main, named, given = _names(task, auxiliaries)
    workspace = Workspace(
        tuple(cards),
        given,
        str(data) if data else None,
        str(path) if path else None,
        jobs,
        progress,
        caps or {},
    )
    asked = _asked(main, named)
    found = _evidence(evidence, recipe, main, asked, workspace)
    if main not in workspace.own:
        main = found.as_main(main)
    if workspace.own:
        from taskrel.recommendation.known_names import check_names

        check_names(found, [main, *asked], workspace)
    known = found.candidates(main) if ALL in asked else []
    candidates = list(dict.fromkeys(t for t in (*known, *asked) if t not in (ALL, main)))
    unknown = [t for t in (main, *candidates) if t not in found.tasks.index]
    predictor = find_predictor(found)
    if measure:
        from taskrel.recommendation.measured import measurable, measure_ranking

        measurable(found, candidates)  # before anything is trained
    if confirm:
        from taskrel.recommendation.trainable import trainable

        can_train = trainable(found, main, candidates, confirm, workspace)
    if unknown:
        from taskrel.recommendation.new_tasks import with_new_tasks

        predictor = predictor.with_tasks(with_new_tasks(found, unknown, workspace))
    leaks = None
    if unknown:
        from taskrel.recommendation.leaks import find_leaks

        new = candidates if main in unknown else unknown
        leaks = find_leaks(found, main, new, workspace)
    answers = predictor.ranked(main, candidates)
    generated = _only_generated(found, workspace) and not workspace.generated(main, found)
    other = _other_main(task if isinstance(task, str) else task.name, main, found)
    answers = [_with_caveats(p, found, generated, leaks, other) for p in answers]
    ranking = Recommendation(main, tuple(answers), predictor.evidence_, leaks=leaks)
    if on_ranking is not None:
        on_ranking(ranking)
    if measure:
        answers, confirmation = measure_ranking(answers, found, workspace, seeds)
        return replace(ranking, predictions=tuple(answers), confirmation=confirmation)
    if not confirm:
        return ranking
    from taskrel.recommendation.confirm import confirm as confirm_ranking

    answers, confirmation = confirm_ranking(
        answers, found, can_train, confirm, workspace, seeds, remove_leaks
    )
    return replace(ranking, predictions=tuple(answers), confirmation=confirmation)


def _evidence(
    given: Evidence | str | Path | None,
    recipe: str | None,
    main: str,
    asked: Sequence[str],
    workspace: Workspace,
) -> Evidence:
    if isinstance(given, Evidence):
        return given
    if given is not None:
        return find_evidence(given, recipe)
    from taskrel.recommendation.choose_evidence import choose_evidence

    return choose_evidence(main, [aux for aux in asked if aux != ALL], workspace, recipe)


def _names(
    task: str | Task, auxiliaries: Sequence[str | Task] | None
) -> tuple[str, list[str], dict[str, Task]]:
    """Names of main task and auxiliaries, and the tasks in memory among them."""
    if isinstance(auxiliaries, str):
        auxiliaries = [auxiliaries]
    asked = [task, *([ALL] if auxiliaries is None else auxiliaries)]
    given = {t.name: t for t in asked if isinstance(t, Task)}
    main, *named = [t.name if isinstance(t, Task) else t for t in asked]
    return main, named, given


def _asked(main: str, named: Sequence[str]) -> list[str]:
    """Auxiliaries by name, perhaps `ALL`; raises where the question makes no sense."""
    check_main(main)
    parsed = Auxiliaries.parse(named)
    auxs = list(dict.fromkeys([*parsed.named, *parsed.own_of(main)]))
    if main in auxs:
        raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")
    return auxs


def _only_generated(evidence: Evidence, workspace: Workspace) -> bool:
    """Whether all that the evidence measured are tasks of a generated language."""
    return all(workspace.generated(name, evidence) for name in evidence.measured_tasks)


def _other_main(asked: str, main: str, evidence: Evidence) -> list[str]:
    """What to know where the evidence has the main task under another name."""
    if asked == main:
        return []
    size = evidence.tasks["size"][main]
    return [
        f"Main tasks of evidence {evidence.name} are small. The answer is about {main}, which has "
        f"{size:,.0f} training examples of {asked}."
    ]


def _with_caveats(
    p: Prediction, evidence: Evidence, generated: bool, leaks: "Leaks | None", other: list[str]
) -> Prediction:
    """The prediction with what its evidence cannot say about such a pair."""
    warnings = [*other, *p.warnings]
    if generated:
        warnings.append(
            f"Evidence {evidence.name} was measured on a generated language, so its answers say "
            "nothing about real texts. Use evidence of real tasks, such as library."
        )
    if is_automated(p.aux) and not any(map(is_automated, evidence.measured_tasks)):
        warnings.append(
            f"Evidence {evidence.name} has no automated task, so the answer about this one is an "
            "extrapolation."
        )
    if leaks and p.aux in leaks.shared and leaks.shared[p.aux].many:
        what = leaks.shared[p.aux].in_words(f"test texts of {p.main}")
        warnings.append(
            f"{what} are in its training split, so that the score of the pair would be too high; "
            "--confirm with --remove-leaks trains without them."
        )
    verdict = UNCLEAR if generated else p.verdict
    return replace(p, warnings=tuple(warnings), verdict=verdict)
