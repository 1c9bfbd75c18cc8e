"""Search for the best auxiliary task: train the most promising pairs first, within a budget.

    taskrel search emotion --minutes 5
    taskrel search shop --tasks shop.toml --minutes 10 --save models/shop
    taskrel search shop --tasks shop.toml --candidates sentiment,topic,emotion --runs 20

Predictions come first, as `taskrel predict` makes them. Then the main task is trained alone and
with the candidates that may be the best, seed after seed, until the best one is known, training it
alone is as good as any, or the budget is spent. Where the evidence comes with encoders of its
auxiliaries, no corpus of an auxiliary is needed. Runs are kept, so that the same command goes on
where an earlier one was stopped. `python -m taskrel.search_pairs` is the same command.
"""

import argparse
import sys
from collections.abc import Sequence

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import (
    add_volume,
    add_workspace,
    given_caps,
    name_list,
    positive,
    start_log,
)


def parser(prog: str = "python -m taskrel.search_pairs") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("main", metavar="TASK", help="the main task, whose score counts")
    p.add_argument(
        "--candidates",
        type=name_list,
        metavar="NAMES",
        help="auxiliary tasks, separated by commas (default: all of the evidence)",
    )
    budget = p.add_argument_group("budget (default: 10 minutes)")
    budget.add_argument(
        "--minutes", type=float, metavar="M", help="of this call, the ranking included"
    )
    budget.add_argument(
        "--runs", type=positive, metavar="N", help="in all, those of earlier calls included"
    )
    budget.add_argument(
        "--epsilon",
        type=float,
        default=0.5,
        metavar="E",
        help="a difference, in percent of the single-task score, that is not worth another run "
        "(default: 0.5)",
    )
    p.add_argument(
        "--evidence",
        metavar="NAME|DIR|STORE",
        help="whose predictions come first, and whose recipe is used (default: text_transfer for "
        "text-level main tasks, token_transfer for token-level ones)",
    )
    p.add_argument("--recipe", metavar="NAME", help="one of the evidence's recipes")
    p.add_argument(
        "--remove-leaks",
        action="store_true",
        help="train without the main task's dev and test texts in the auxiliary's training texts",
    )
    add_workspace(p.add_argument_group("tasks and data"))
    p.add_argument(
        "--save",
        metavar="DIR",
        help="write the model of the best run into this folder; taskrel apply uses it",
    )
    p.add_argument("--all", action="store_true", help="show all candidates in the table")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.search_pairs") -> int:
    """Run the command; returns 0 done, 1 some runs failed, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command("taskrel search", lambda: _run(args), "the same command goes on")


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text.search import document, text
    from taskrel.recommendation.search.search import search
    from taskrel.study.experiment.caps import capped, renamed
    from taskrel.study.experiment.file import entries

    caps = given_caps(args)
    own = capped(entries(args.tasks), caps)
    candidates = args.candidates and [renamed(name, own) for name in args.candidates]
    found = search(
        renamed(args.main, own),
        candidates,
        minutes=args.minutes,
        runs=args.runs,
        epsilon=args.epsilon,
        evidence=args.evidence,
        recipe=args.recipe,
        cards=args.tasks,
        caps=caps,
        data=args.data,
        path=args.out,
        jobs=args.jobs,
        progress=not args.quiet,
        remove_leaks=args.remove_leaks,
        save=args.save,
    )
    print(document(found) if args.json else text(found, args.all))
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return SOME_FAILED if found.failed else DONE


if __name__ == "__main__":
    sys.exit(main())
