"""Predict how likely and how large the gain of a pair of tasks is, before the pair is trained.

    taskrel predict --main emotion --aux sentiment
    taskrel predict --main emotion --aux all --evidence runs/bingel2017
    taskrel predict --main my_task --tasks my_cards/ --aux all
    taskrel predict --main emotion --aux all,auto:next_word
    taskrel predict --main my_task --tasks my_cards/ --aux all --measure
    taskrel predict --main my_task --tasks my_cards/ --aux all --confirm 3

Evidence ships with taskrel, or is a folder that `taskrel evidence` has written, or a study
that `taskrel run` has trained. A measured pair is predicted without its main task's family,
and its measured gain is shown next to the prediction. A task that the evidence does not know,
but that has a card, is trained alone first, with the evidence's recipe; that run is kept. So
is a task made from the main task's own texts: auto:next_word, auto:next_char,
auto:missing_word. --measure trains the main task from every encoder that comes with the evidence;
--confirm trains the best-ranked pairs. `taskrel search` trains what is most worth training, within
a budget. `python -m taskrel.predict` is the same command.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import (
    add_volume,
    add_workspace,
    given_caps,
    name_list,
    positive,
    start_log,
)

if TYPE_CHECKING:
    from taskrel.recommendation.recommendation import Recommendation


def parser(prog: str = "python -m taskrel.predict") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--main", required=True, metavar="TASK", help="the task whose score counts")
    p.add_argument(
        "--aux",
        required=True,
        type=name_list,
        metavar="NAMES",
        help="the auxiliary task; several, separated by commas, or 'all' for a ranking; "
        "auto:next_word is the one made from the main task's texts",
    )
    p.add_argument(
        "--evidence",
        metavar="NAME|DIR|STORE",
        help="shipped evidence, an evidence folder, or a study's folder (default: text_transfer "
        "for text-level main tasks, token_transfer for token-level ones)",
    )
    p.add_argument(
        "--recipe",
        metavar="NAME",
        help="one of the evidence's recipes (default: its default, or a study's last)",
    )
    p.add_argument("--all", action="store_true", help="show all rows of a long ranking")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    test = p.add_argument_group("to train pairs after the prediction")
    test.add_argument(
        "--measure",
        action="store_true",
        help="train the main task from the encoder of each auxiliary that comes with the evidence; "
        "no corpus of an auxiliary is needed",
    )
    test.add_argument(
        "--confirm",
        type=positive,
        metavar="K",
        help="train the K best-ranked pairs, and the main task alone, with the evidence's recipe",
    )
    test.add_argument(
        "--seeds", type=positive, metavar="N", help="runs of each, with N seeds (default: 3)"
    )
    test.add_argument(
        "--remove-leaks",
        action="store_true",
        help="train without the main task's dev and test texts in the auxiliary's training texts",
    )
    new = p.add_argument_group(
        "for a task that the evidence does not know, and for --measure and --confirm"
    )
    add_workspace(new)
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.predict") -> int:
    """Run the command; returns 0 done, 1 some runs failed, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command(
        "taskrel predict", lambda: _run(args), "the same command goes on with what is missing"
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text.prediction import document
    from taskrel.errors import UsageError
    from taskrel.recommendation.recommend import recommend
    from taskrel.study.experiment.caps import capped, renamed
    from taskrel.study.experiment.file import entries

    if args.seeds and not (args.confirm or args.measure):
        raise UsageError("--seeds is for runs of --measure or --confirm; add one of them")
    caps = given_caps(args)
    own = capped(entries(args.tasks), caps)
    answer = recommend(
        renamed(args.main, own),
        [renamed(name, own) for name in args.aux],
        evidence=args.evidence,
        recipe=args.recipe,
        cards=args.tasks,
        caps=caps,
        data=args.data,
        path=args.out,
        jobs=args.jobs,
        progress=not args.quiet,
        confirm=args.confirm or 0,
        measure=args.measure,
        seeds=args.seeds or 3,
        remove_leaks=args.remove_leaks,
        on_ranking=None if args.json else partial(_print, _search_command(args), args.all),
    )
    if args.json:
        print(document(answer))
    elif answer.search:
        from taskrel.cli.text.search import text

        print(f"\n{text(answer.search)}")
        for warning in answer.search.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    return SOME_FAILED if answer.search and answer.search.failed else DONE


def _search_command(args: argparse.Namespace) -> str:
    """The search for the same main task, without its budget."""
    words = ["taskrel", "search", args.main]
    if args.aux != ["all"]:
        words += ["--candidates", ",".join(args.aux)]
    if args.tasks:
        words += ["--tasks", ",".join(args.tasks)]
    for name in ("evidence", "recipe", "data", "out"):
        if value := getattr(args, name):
            words += [f"--{name}", value]
    for option, own in given_caps(args).items():
        words += [f"--{option}", ",".join(f"{task}={n}" for task, n in own.items())]
    return shlex.join(words)


def _print(search: str, every: bool, answer: "Recommendation") -> None:
    from taskrel.cli.text.prediction import text

    print(text(answer, search, every), flush=True)
    for warning in answer.warnings:
        print(f"warning: {warning}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
