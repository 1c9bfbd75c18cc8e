"""Train every task alone and in pairs, keep each run, and say what pairing brings.

python -m taskrel.run_pairs                                    # the planted suite
python -m taskrel.run_pairs experiments/bingel2017.toml --jobs 2
python -m taskrel.run_pairs --tasks my_cards/ --main my_task
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
        prog="python -m taskrel.run_pairs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = p.add_argument_group("what to run")
    what.add_argument(
        "experiment",
        nargs="?",
        help="experiment file, or a shipped one's name (default: planted, or the "
        "default recipe with --tasks)",
    )
    what.add_argument(
        "--tasks",
        type=name_list,
        metavar="DIR|NAMES",
        help="a folder of cards, or names of cards separated by commas, instead of "
        "the experiment's tasks",
    )
    what.add_argument(
        "--only", type=name_list, default=[], metavar="NAMES", help="only these of the tasks"
    )
    what.add_argument(
        "--main",
        metavar="TASK",
        help="only the pairs of this task (each task is still trained alone)",
    )
    what.add_argument(
        "--aux",
        type=name_list,
        default=[],
        metavar="NAMES",
        help="only pairs with these auxiliaries, and alone only the tasks of these "
        "pairs; auto:next_word, auto:next_char and auto:missing_word stand for the "
        "tasks made from each main task's own texts (with --main that one's), which "
        "are paired with it and with no other",
    )
    what.add_argument("--alone", action="store_true", help="every task alone, no pairs")
    what.add_argument(
        "--together",
        action="store_true",
        help='also all tasks in one run, "all" in the table of gains',
    )
    what.add_argument(
        "--recipe",
        type=name_list,
        default=[],
        metavar="NAMES",
        help="these recipes of the experiment",
    )
    what.add_argument(
        "--steps",
        type=positive,
        metavar="N",
        help="updates per task alone; n tasks together get n × N steps",
    )
    what.add_argument("--seeds", type=seed, nargs="+", metavar="S", help="random seeds")
    what.add_argument("--vectors", metavar="FILE", help="GloVe text file, plain or .gz")
    where = p.add_argument_group("where and how")
    where.add_argument(
        "--data", metavar="DIR", help="data folder (else TASKREL_DATA, else a cache folder)"
    )
    where.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the study (default: runs/<experiment>)"
    )
    where.add_argument(
        "--figures",
        type=Path,
        metavar="DIR",
        help="folder of the pictures (default: <out>/figures)",
    )
    where.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="processes, one thread each (default: one per core)",
    )
    where.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    where.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the store's finished runs to FILE (.jsonl.gz)",
    )
    where.add_argument(
        "--import",
        type=Path,
        metavar="FILE",
        dest="take_in",
        help="take in the runs of an export first",
    )
    where.add_argument("--dry-run", action="store_true", help="say what would be trained")
    where.add_argument(
        "--as-is",
        action="store_true",
        help="train nothing: tables and pictures of what the store has",
    )
    where.add_argument("--retry-failed", action="store_true", help="train failed runs again")
    where.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(where)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 1 some runs failed, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    start_log(args)
    return run_command(
        "run_pairs",
        lambda: _run(args),
        resume="finished runs are kept; the same command goes on from there",
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.text import run_pairs as run_pairs_text
    from taskrel.cli.text.dry_run import dry_run
    from taskrel.errors import UsageError
    from taskrel.io.paths import writable_folder
    from taskrel.meta.features.measure import measure
    from taskrel.meta.features.task_info import task_info
    from taskrel.study.analysis import results
    from taskrel.study.prepare import prepare_study
    from taskrel.study.store.export import export_runs
    from taskrel.study.store.store import Store

    study = prepare_study(
        _experiment(args),
        data=args.data,
        only=args.only,
        main=args.main,
        aux=args.aux,
        alone=args.alone,
        together=args.together,
        recipes=args.recipe,
        steps=args.steps,
        seeds=args.seeds,
        vectors=args.vectors,
        device=args.device,
    )
    out = args.out or Path("runs") / study.name
    if args.dry_run:
        print(dry_run(study, out, args.retry_failed, args.json))
        return DONE
    figures = writable_folder(args.figures or out / "figures")
    if args.export:
        if args.export.is_dir():
            raise UsageError(
                f"--export {args.export}: is a folder; name a file, such as "
                f"{args.export / 'runs.jsonl.gz'}"
            )
        writable_folder(args.export.parent)
    failed = study.train(
        out,
        task_info,
        jobs=args.jobs,
        retry_failed=args.retry_failed,
        bar=not args.quiet,
        take_in=args.take_in,
        as_it_is=args.as_is,
    )
    if not args.as_is:
        measure(study, out, jobs=args.jobs, bar=not args.quiet)
    found = results.collect(study, out)
    results.write(found, out, figures)
    print(results.document(found) if args.json else run_pairs_text.tables(found, out, figures))
    if args.export:
        with Store.read(out) as store:
            export_runs(store, args.export)
    return SOME_FAILED if failed else DONE


def _experiment(args: argparse.Namespace):
    """The experiment that the arguments name, its tasks replaced by --tasks if given."""
    from dataclasses import replace

    from taskrel.study.experiment.experiment import Experiment
    from taskrel.study.experiment.file import entries, load_experiment
    from taskrel.training.recipes.recipe import Recipe

    if not args.tasks:
        return load_experiment(args.experiment or "planted")
    tasks = entries(args.tasks)
    if args.experiment:
        # Groups, and what is said of them, are of the experiment's own tasks.
        return replace(
            load_experiment(args.experiment),
            tasks=tasks,
            runs={},
            published=(),
            convergence=None,
            contrasts=(),
        )
    first = Path(args.tasks[0])
    name = first.resolve().name if first.is_dir() else "tasks"
    return Experiment(name, tasks, (0, 1, 2), {"default": Recipe()}, ("default",))


if __name__ == "__main__":
    sys.exit(main())
