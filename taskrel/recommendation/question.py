"""A question: which task, which candidates, which evidence; and its ranking.

`pose` reads no corpus and trains nothing, so that whatever is wrong with a question is said first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence
from taskrel.meta.predictor.file import find_predictor
from taskrel.meta.predictor.prediction import UNCLEAR, Prediction
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.recommendation.cost import minutes_to_search, single_seconds
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


@dataclass(frozen=True)
class Answered:
    """A ranking, and the predictor that gave it, which knows the new tasks."""

    ranking: Recommendation
    predictor: GainPredictor


@dataclass(frozen=True)
class Question:
    """A main task, and the auxiliaries among which one is looked for.

    asked : the main task as it was named
    main : the main task, as the evidence or its card names it
    candidates : the auxiliaries, each once
    """

    asked: str
    main: str
    candidates: list[str]
    evidence: Evidence
    workspace: Workspace

    def answer(self) -> Answered:
        """Train what the evidence does not know, each task alone and once, and rank.

        Raises `EvidenceError` where the evidence cannot answer, or its recipe cannot be trained
        here, and `DataError` where files of a task that has to be trained are missing.
        """
        found, main, candidates = self.evidence, self.main, self.candidates
        predictor = find_predictor(found)
        unknown = [t for t in (main, *candidates) if t not in found.tasks.index]
        leaks, seconds = None, None
        if unknown:
            from taskrel.recommendation.leaks import find_leaks
            from taskrel.recommendation.new_tasks import with_new_tasks

            predictor = predictor.with_tasks(with_new_tasks(found, unknown, self.workspace))
            new = candidates if main in unknown else unknown
            leaks = find_leaks(found, main, new, self.workspace)
            seconds = single_seconds(self.workspace.folder, main) if main in unknown else None
        answers = predictor.ranked(main, candidates)
        generated = _only_generated(found, self.workspace) and not self.workspace.generated(
            main, found
        )
        other = _other_main(self.asked, main, found)
        answers = [_with_caveats(p, found, generated, leaks, other) for p in answers]
        ranking = Recommendation(
            main,
            tuple(answers),
            predictor.evidence_,
            leaks=leaks,
            says_nothing=generated,
            minutes=minutes_to_search(found, len(candidates), seconds, self.workspace.jobs),
        )
        return Answered(ranking, predictor)


def pose(
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
) -> Question:
    """Find the evidence and the candidates; the arguments are those of `recommend`.

    Raises `UsageError` for a task without a card and for main = auxiliary.
    """
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
    name = main if main in workspace.own else found.as_main(main)
    if workspace.own:
        from taskrel.recommendation.known_names import check_names

        check_names(found, [name, *asked], workspace)
    known = found.candidates(name) if ALL in asked else []
    candidates = list(dict.fromkeys(t for t in (*known, *asked) if t not in (ALL, name)))
    return Question(main, name, candidates, found, workspace)


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
