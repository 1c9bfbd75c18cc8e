"""Get the files of tasks into the data folder, or report which files are there.

    taskrel fetch chunk polarity       # the files of these tasks
    taskrel fetch --all --data my_data
    taskrel fetch --check              # which tasks are ready, which files are missing
    taskrel fetch my_task --tasks my_cards/

Every file is checked against its card; a folder has no checksum and is not checked. Some
files cannot be downloaded by a program: for these, the command says what to do. "glove"
means the word vectors of the shipped recipes (an archive of 860 MB); --all does not
include them.

Exit codes: 0 all files are ready, 1 some are not, 2 bad usage or card, 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import add_volume, name_list, start_log

if TYPE_CHECKING:
    from taskrel.tasks.card import Card
    from taskrel.tasks.words.vector_files import VectorFile


def parser(prog: str = "python -m taskrel.fetch") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument(
        "task",
        nargs="*",
        metavar="TASK",
        help="name of a task, or glove (default with --tasks: all of its cards; with "
        "--check: all tasks)",
    )
    p.add_argument("--all", action="store_true", help="all shipped tasks")
    p.add_argument(
        "--tasks",
        type=name_list,
        default=[],
        metavar="DIR|NAMES",
        help="your own cards: a folder, or files separated by commas",
    )
    p.add_argument(
        "--data",
        metavar="DIR",
        help="data folder, created if needed (default: TASKREL_DATA, else a cache folder)",
    )
    p.add_argument(
        "--check",
        action="store_true",
        help="download nothing; report which tasks are ready, and which files are missing "
        "or differ from their cards",
    )
    p.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.fetch") -> int:
    """Run the command; return 0 all ready, 1 some files not ready, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command(
        "taskrel fetch",
        lambda: _run(args),
        resume="what has arrived is kept; run the same command to continue",
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text import fetch as fetch_text
    from taskrel.io.paths import data_folder
    from taskrel.tasks.fetching.obtain import obtain
    from taskrel.tasks.ready import check_files, file_states

    asked = _asked(args)
    for card in asked:
        check_files(card)
    data = data_folder(args.data, new=True)
    states = file_states((file for card in asked for file in card.files), data)
    problems = {}
    if not args.check:
        if not args.json:
            print(fetch_text.terms(asked), flush=True)
        wanted = [
            file
            for card in asked
            for file in card.files
            if states[file].state == "missing" and file.url and not file.by_hand
        ]
        problems = obtain(wanted, data, bar=not args.quiet)
        states |= file_states(wanted, data)
    print(
        fetch_text.document(asked, states, problems, data)
        if args.json
        else fetch_text.report(
            asked, states, problems, data, fetch_text.Given(args.tasks, args.data)
        )
    )
    return DONE if all(s.state == "ready" for s in states.values()) else SOME_FAILED


def _asked(args: argparse.Namespace) -> "list[Card | VectorFile]":
    """The cards whose files the user asks for, each once."""
    import msgspec

    from taskrel.errors import UsageError, nearest
    from taskrel.io.paths import shipped
    from taskrel.study.experiment.file import entries
    from taskrel.tasks.card import card_paths, load_card
    from taskrel.tasks.options import reader_of
    from taskrel.tasks.ready import bare
    from taskrel.tasks.words.vector_files import GLOVE

    given = {entry.name: entry.card for entry in entries(args.tasks)}
    known = card_paths(shipped("tasks")) | given
    names = list(args.task)
    if args.all or (args.check and not names and not given):
        names += known
    if args.check and not args.task and not given:
        names.append(GLOVE.name)
    names = names or list(given)
    if not names:
        raise UsageError("expected names of tasks, or --all; --check alone lists all tasks")
    for name in names:
        if name not in known and name != GLOVE.name:
            raise UsageError(
                f"unknown task {name!r}; {nearest(name, {*known, GLOVE.name})}; "
                "give your own cards with --tasks"
            )
    cards: list[Card | VectorFile] = []
    for name in dict.fromkeys(names):
        if name == GLOVE.name:
            cards.append(GLOVE)
            continue
        card = load_card(known[name])
        reader_of(card)
        files = tuple(dict.fromkeys(map(bare, card.files)))
        cards.append(msgspec.structs.replace(card, files=files))
    # generated tasks have no files: they are listed if the user names them
    return [card for card in cards if card.files or card.name in args.task]


if __name__ == "__main__":
    sys.exit(main())
