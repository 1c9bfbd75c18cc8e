"""Say how likely an auxiliary task helps a main task, how much, and why, before training the pair.

    python -m taskrel.predict --main emotion --aux sentiment
    python -m taskrel.predict --main emotion --aux all --evidence runs/bingel2017
    python -m taskrel.predict --main my_task --tasks my_cards/ --aux all

Evidence is what ships with taskrel, a folder that `python -m taskrel.evidence`
has written, or a study that run_pairs has trained. A pair that was measured is
predicted without its main task's family, and its measured gain stands beside. A
task that the evidence does not know, but that has a card, is trained alone
first, with the evidence's recipe; that run is kept.
"""

import argparse
import sys
from collections.abc import Sequence

from taskrel.command import DONE, run_command
from taskrel.options import add_volume, name_list, positive, start_log


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(prog="python -m taskrel.predict", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--main", required=True, metavar="TASK", help="the task you care about")
    p.add_argument("--aux", required=True, metavar="TASK",
                   help="the task to train beside it, or 'all' for a ranking")
    p.add_argument("--evidence", metavar="NAME|DIR|STORE",
                   help="shipped evidence, an evidence folder, or a study's folder "
                        "(default: the best that ships with taskrel)")
    p.add_argument("--recipe", metavar="NAME",
                   help="one of the evidence's recipes (default: its default, or a study's last)")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    new = p.add_argument_group("for a task that the evidence does not know")
    new.add_argument("--tasks", type=name_list, default=[], metavar="DIR|NAMES",
                     help="its card: names, files or folders of cards, separated by commas")
    new.add_argument("--data", metavar="DIR", help="the data folder (default: TASKREL_DATA)")
    new.add_argument("--out", metavar="DIR",
                     help="where its single-task run is kept (default: the user's cache folder)")
    new.add_argument("--jobs", type=positive, metavar="N",
                     help="processes, one thread each (default: one per core)")
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    start_log(args)
    return run_command("predict", lambda: _run(args),
                       "the same command goes on with what is missing")


def _run(args: argparse.Namespace) -> int:
    from taskrel.errors import UsageError
    from taskrel.meta.evidence_files import find_evidence
    from taskrel.meta.find_predictor import find_predictor
    from taskrel.prediction_text import document, ranking_document, text, warnings

    if args.main == args.aux:
        raise UsageError(f"main and auxiliary task are both {args.main!r}; name two tasks")
    evidence = find_evidence(args.evidence, args.recipe)
    unknown = [t for t in (args.main, args.aux) if t != "all" and t not in evidence.tasks.index]
    predictor = find_predictor(evidence)
    if unknown:
        from taskrel.new_tasks import with_new_tasks

        predictor.evidence_ = with_new_tasks(
            evidence, unknown, cards=args.tasks, data=args.data, out=args.out, jobs=args.jobs,
            bar=not args.quiet)
    ranking = args.aux == "all"
    answers = predictor.ranked(args.main) if ranking else [predictor.predict(args.main, args.aux)]
    if args.json:
        print(ranking_document(answers) if ranking else document(answers[0]))
        return DONE
    print(text(answers, predictor.evidence_, ranking=ranking))
    for warning in warnings(answers):
        print(f"warning: {warning}", file=sys.stderr)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
