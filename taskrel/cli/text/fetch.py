"""Output of `fetch`: terms of use, a table of tasks, and what is left to do."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from taskrel.cli.text.table import table
from taskrel.io.json import to_json
from taskrel.tasks.ready import FileState, remedy, task_state

if TYPE_CHECKING:
    from taskrel.tasks.card import Card, File
    from taskrel.tasks.words.vector_files import VectorFile

    Asked = Iterable[Card | VectorFile]


class Given(NamedTuple):
    """Values of ``--tasks`` and ``--data``."""

    cards: Sequence[str] = ()
    data: str | None = None


def terms(asked: "Asked") -> str:
    """Licence and citation of each task; tasks with the same ones share a line."""
    names: dict[tuple[str, str], list[str]] = {}
    for card in asked:
        names.setdefault((card.licence, card.citation), []).append(card.name)
    return (
        "\n".join(
            f"{', '.join(shared)}: licence: {licence or 'not stated'}"
            f"{f'; please cite {citation}' if citation else ''}"
            for (licence, citation), shared in names.items()
        )
        + "\n"
    )


def report(
    asked: "Asked",
    states: "Mapping[File, FileState]",
    problems: "Mapping[File, str]",
    data: Path,
    given: "Given",
) -> str:
    """Table of the tasks, then the files that are not ready, and what to do about them.

    given : options of the command, to be repeated in the commands that are suggested
    """
    rows = []
    for card in asked:
        own = [states[file] for file in card.files]
        n_ready = sum(s.state == "ready" for s in own)
        n_by_hand = sum(s.state != "ready" and bool(s.file.by_hand) for s in own)
        rows.append(
            {
                "task": card.name,
                "state": task_state(own),
                "files": f"{n_ready} of {len(own)}",
                "unchecked": sum(s.unchecked for s in own) or None,
                "by hand": n_by_hand or None,
            }
        )
    n = sum(row["state"] == "ready" for row in rows)
    return "\n".join(
        [
            table(rows),
            "",
            *_to_do(asked, states, problems, given),
            f"{n} of {len(rows)} tasks ready in {data}"
            f"{'' if data.exists() else ': no such folder'}",
        ]
    )


def _names(files: "Iterable[File]") -> str:
    return ", ".join(file.path for file in files)


def _to_do(
    asked: "Asked", states: "Mapping[File, FileState]", problems: "Mapping[File, str]", given: Given
) -> list[str]:
    """A paragraph for each thing to do or to know, with the files that share it."""
    files: dict[tuple[str, tuple[str, ...]], list[File]] = {}
    for file, state in states.items():
        if state.state != "ready" or state.warning:
            users = [card.name for card in asked if file in card.files]
            what = _what(state, problems.get(file), users, given)
            files.setdefault((what, tuple(users)), []).append(file)
    lines = [
        f"{_names(shared)} ({', '.join(users)})\n    {what}"
        for (what, users), shared in files.items()
    ]
    return [*sorted(lines), ""] if lines else []


def _what(state: FileState, problem: str | None, users: list[str], given: Given) -> str:
    if state.warning:
        return f"ready, but {state.warning}"
    if problem:
        return f"failed: {problem}"
    what = remedy(state, users, cards=given.cards, data=given.data)
    return f"differs: {state.problem}; {what}" if state.state == "differs" else what


def document(
    asked: "Asked", states: "Mapping[File, FileState]", problems: "Mapping[File, str]", data: Path
) -> str:
    """The same as `report`, as one JSON document."""
    tasks = [
        {
            "task": card.name,
            "state": task_state(states[file] for file in card.files),
            "licence": card.licence,
            "citation": card.citation,
            "files": [_file(states[file], problems.get(file)) for file in card.files],
        }
        for card in asked
    ]
    return to_json({"schema": 1, "data": str(data), "data_exists": data.exists(), "tasks": tasks})


def _file(state: FileState, problem: str | None) -> dict:
    file = state.file
    return {
        "path": file.path,
        "state": state.state,
        "url": file.url,
        "member": file.member,
        "sha256": file.sha256,
        "checked": state.state == "ready" and not state.unchecked,
        "by_hand": file.by_hand,
        "problem": problem or state.problem,
        "warning": state.warning,
    }
