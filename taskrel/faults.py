"""Look for the mistake behind published scores: train and score with faults, set beside them.

    python -m taskrel.faults emotion_sentiment
    python -m taskrel.faults emotion_sentiment --recipe simultaneous --group rows --seeds 0

Two tasks are trained together as the experiment says, with no fault of training or with
one, and each model is scored with no fault of scoring and with each; the nearer a
mechanism comes to all published scores, the likelier it is behind them.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import add_volume, name_list, positive, seed, start_log


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog="python -m taskrel.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = p.add_argument_group("what to run")
    what.add_argument(
        "experiment",
        help="experiment file, or a shipped one's name; the published "
        "scores of its groups are what is to be explained",
    )
    what.add_argument(
        "--recipe",
        type=name_list,
        default=[],
        metavar="NAMES",
        help="these recipes of the experiment (default: its default ones)",
    )
    what.add_argument(
        "--group",
        type=name_list,
        default=[],
        metavar="NAMES",
        help="these groups of two tasks (default: those with published scores)",
    )
    what.add_argument("--steps", type=positive, metavar="N", help="updates of each task")
    what.add_argument("--seeds", type=seed, nargs="+", metavar="S", help="random seeds")
    where = p.add_argument_group("where and how")
    where.add_argument(
        "--data", metavar="DIR", help="data folder (else TASKREL_DATA, else a cache folder)"
    )
    where.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of scores and tables (default: runs/<experiment>/faults)",
    )
    where.add_argument(
        "--figures", type=Path, metavar="DIR", help="folder of the picture (default: <out>/figures)"
    )
    where.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="processes, one thread each (default: one per core)",
    )
    where.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    where.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(where)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 1 some failed, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    start_log(args)
    return run_command(
        "faults",
        lambda: _run(args),
        resume="finished trainings are kept; the same command goes on from there",
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text import fault_outputs
    from taskrel.io.paths import writable_folder
    from taskrel.study.experiment.file import load_experiment
    from taskrel.study.faults.plan import chosen, plan_trainings, prepare
    from taskrel.study.faults.runs import train_missing
    from taskrel.study.runs.device import default_jobs

    experiment = load_experiment(args.experiment)
    wanted = chosen(experiment, args.recipe, args.group)
    study = prepare(
        experiment, wanted, data=args.data, steps=args.steps, seeds=args.seeds, device=args.device
    )
    out = writable_folder(args.out or Path("runs") / experiment.name / "faults")
    figures = writable_folder(args.figures or out / "figures")
    trainings = plan_trainings(study, wanted)
    failed = train_missing(
        trainings, study, out, jobs=args.jobs or default_jobs(args.device), bar=not args.quiet
    )
    results = fault_outputs.collect(study, trainings, out)
    fault_outputs.write(results, out, figures)
    print(
        fault_outputs.document(results) if args.json else fault_outputs.text(results, out, figures)
    )
    return SOME_FAILED if failed else DONE


if __name__ == "__main__":
    sys.exit(main())
