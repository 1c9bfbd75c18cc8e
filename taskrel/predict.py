"""Say how likely an auxiliary task helps a main task, how much, and why, before training the pair.

    python -m taskrel.predict --main emotion --aux sentiment
    python -m taskrel.predict --main emotion --aux all --evidence runs/bingel2017
    python -m taskrel.predict --main my_task --tasks my_cards/ --aux all
    python -m taskrel.predict --main emotion --aux all,auto:next_word
    python -m taskrel.predict --main my_task --tasks my_cards/ --aux all --confirm 3
    python -m taskrel.predict --main my_task --tasks my_cards/ --aux all --probe 5

Evidence is what ships with taskrel, a folder that `python -m taskrel.evidence`
has written, or a study that run_pairs has trained. A pair that was measured is
predicted without its main task's family, and its measured gain stands beside. A
task that the evidence does not know, but that has a card, is trained alone
first, with the evidence's recipe; that run is kept. So is a task made from the
main task's own texts: auto:next_word, auto:next_char, auto:missing_word.
--confirm trains the best-ranked pairs, too, and sets measured gains beside predicted ones.
--probe trains the beginning of joint runs first, and ranks by what that tells, too.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import add_volume, name_list, positive, seed, start_log

if TYPE_CHECKING:
    from taskrel.meta.evidence.evidence import Evidence
    from taskrel.meta.predictor.prediction import Prediction

#: In --aux: every task of the evidence.
ALL = "all"


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog="python -m taskrel.predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("--main", required=True, metavar="TASK", help="the task you care about")
    p.add_argument(
        "--aux",
        required=True,
        type=name_list,
        metavar="NAMES",
        help="the task to train beside it; several, separated by commas, or 'all' for "
        "a ranking; auto:next_word stands for the one made from the main task's texts",
    )
    p.add_argument(
        "--evidence",
        metavar="NAME|DIR|STORE",
        help="shipped evidence, an evidence folder, or a study's folder "
        "(default: the best that ships with taskrel)",
    )
    p.add_argument(
        "--recipe",
        metavar="NAME",
        help="one of the evidence's recipes (default: its default, or a study's last)",
    )
    p.add_argument("--json", action="store_true", help="print one JSON document")
    p.add_argument(
        "--probe",
        type=positive,
        nargs="?",
        const=0,
        metavar="K",
        help="train the first tenth or so of the runs of the K best-ranked pairs "
        "(default: of all), and rank these anew, before the others",
    )
    test = p.add_argument_group("to see whether the ranking is right")
    test.add_argument(
        "--confirm",
        type=positive,
        metavar="K",
        help="train the K best-ranked pairs as the evidence was measured, and the "
        "main task alone: predicted against measured",
    )
    test.add_argument(
        "--seeds",
        type=seed,
        nargs="+",
        metavar="S",
        help="random seeds of these runs (default: 0 1 2)",
    )
    new = p.add_argument_group(
        "for a task that the evidence does not know, and for --confirm and --probe"
    )
    new.add_argument(
        "--tasks",
        type=name_list,
        default=[],
        metavar="DIR|NAMES",
        help="its card: names, files or folders of cards, separated by commas",
    )
    new.add_argument("--data", metavar="DIR", help="the data folder (default: TASKREL_DATA)")
    new.add_argument(
        "--out", metavar="DIR", help="where its runs are kept (default: the user's cache folder)"
    )
    new.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="processes, one thread each (default: one per core)",
    )
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 1 some runs failed, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    start_log(args)
    return run_command(
        "predict", lambda: _run(args), "the same command goes on with what is missing"
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text.prediction import document, ranking_document, text, warnings
    from taskrel.meta.evidence.files import find_evidence
    from taskrel.meta.predictor.find import find_predictor

    auxs = _asked(args)
    evidence = find_evidence(args.evidence, args.recipe)
    unknown = [t for t in (args.main, *auxs) if t != ALL and t not in evidence.tasks.index]
    if args.tasks:
        from taskrel.recommendation.known_names import check_names

        check_names(evidence, [args.main, *auxs], cards=args.tasks, data=args.data)
    predictor = find_predictor(evidence)
    where = {"data": args.data, "out": args.out, "jobs": args.jobs, "bar": not args.quiet}
    known = evidence.tasks.index if ALL in auxs else []
    candidates = list(dict.fromkeys(t for t in (*known, *auxs) if t not in (ALL, args.main)))
    if args.probe is not None:
        from taskrel.probes import find_probes, probe

        probes = find_probes(
            evidence, args.main, candidates, args.probe, cards=args.tasks, data=args.data
        )
    if args.confirm:
        from taskrel.recommendation.trainable import trainable

        found = trainable(
            evidence, args.main, candidates, args.confirm, cards=args.tasks, data=args.data
        )
    if unknown:
        from taskrel.recommendation.new_tasks import with_new_tasks

        predictor.evidence_ = with_new_tasks(evidence, unknown, cards=args.tasks, **where)
    ranking = ALL in auxs or len(auxs) > 1
    answers = predictor.ranked(args.main, None if ALL in auxs else auxs)
    more, code, probed = {}, DONE, None
    if args.probe is not None:
        answers, probed = probe(answers, predictor.evidence_, probes, **where)
        more["probing"] = vars(probed)
    answers = [_doubted(answer, evidence) for answer in answers]
    if not args.json:
        print(text(answers, predictor.evidence_, ranking=ranking, probed=probed), flush=True)
        for warning in warnings(answers):
            print(f"warning: {warning}", file=sys.stderr)
    if args.confirm:
        from taskrel.cli.text.confirmation import confirmation_text, plain
        from taskrel.recommendation.confirm import confirm

        answers, done = confirm(answers, evidence, found, args.confirm, seeds=args.seeds, **where)
        more["confirmation"] = plain(answers, done)
        code = SOME_FAILED if done.failed else DONE
        if not args.json:
            print(f"\n{confirmation_text(answers, done)}")
    if args.json:
        print(ranking_document(answers, **more) if ranking else document(answers[0], **more))
    return code


def _asked(args: argparse.Namespace) -> list[str]:
    """The auxiliaries by name, perhaps `ALL`; raises where the question makes no sense."""
    from taskrel.errors import UsageError
    from taskrel.study.experiment.auxiliaries import Auxiliaries
    from taskrel.tasks.automated.names import check_main

    check_main(args.main)
    asked = Auxiliaries.parse(args.aux)
    auxs = list(dict.fromkeys([*asked.named, *asked.own_of(args.main)]))
    if args.main in auxs:
        raise UsageError(f"main and auxiliary task are both {args.main!r}; name two tasks")
    if args.seeds and not args.confirm:
        raise UsageError("--seeds is for the runs of --confirm; name how many pairs to train")
    return auxs


def _doubted(answer: "Prediction", evidence: "Evidence") -> "Prediction":
    """The answer with a warning where it is about the first automated task of all."""
    from taskrel.tasks.automated.names import is_automated

    if not is_automated(answer.aux) or any(map(is_automated, evidence.measured_tasks)):
        return answer
    return replace(
        answer,
        warnings=(
            *answer.warnings,
            f"an automated task, and evidence {evidence.name} has none: this is an extrapolation",
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
