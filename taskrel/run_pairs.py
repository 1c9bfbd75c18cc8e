"""Train every task alone and in pairs, keep each run, and show the gains.

    taskrel run                                    # the planted suite
    taskrel run experiments/bingel2017.toml --jobs 2
    taskrel run --tasks my_cards/ --main my_task

`python -m taskrel.run_pairs` is the same command.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, SOME_FAILED, run_command
from taskrel.cli.options import (
    add_caps,
    add_volume,
    given_caps,
    name_list,
    old_name,
    positive,
    seed,
    start_log,
)

if TYPE_CHECKING:
    from taskrel.studies import Study


def parser(prog: str = "python -m taskrel.run_pairs") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = p.add_argument_group("what to run")
    what.add_argument(
        "experiment",
        nargs="?",
        help="experiment file, or a shipped one's name (default: planted; with --tasks, the "
        "default recipe)",
    )
    what.add_argument(
        "--tasks",
        type=name_list,
        metavar="DIR|NAMES",
        help="a folder of cards, or names of cards separated by commas, instead of the "
        "experiment's tasks",
    )
    what.add_argument(
        "--only", type=name_list, default=[], metavar="NAMES", help="only these of the tasks"
    )
    what.add_argument(
        "--main", metavar="TASK", help="only pairs of this main task, and all single-task runs"
    )
    what.add_argument(
        "--aux",
        type=name_list,
        default=[],
        metavar="NAMES",
        help="only pairs with these auxiliary tasks, and only the single-task runs of these pairs; "
        "auto:next_word, auto:next_char and auto:missing_word are made from each main task's own "
        "texts and are paired with it only",
    )
    what.add_argument("--single", action="store_true", help="single-task runs only, no pairs")
    old_name(what, "--alone", "single", action="store_true")
    what.add_argument(
        "--group-all",
        action="store_true",
        help='also one run of all tasks, "all" in the table of gains',
    )
    old_name(what, "--together", "group_all", action="store_true")
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
        help="updates of each task; a run of n tasks has n × N steps",
    )
    what.add_argument("--seeds", type=seed, nargs="+", metavar="S", help="random seeds")
    add_caps(what)
    what.add_argument("--vectors", metavar="FILE", help="GloVe text file, plain or .gz")
    where = p.add_argument_group("where and how")
    where.add_argument(
        "--data", metavar="DIR", help="data folder (default: TASKREL_DATA, else a cache folder)"
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
        dest="import_from",
        help="import the runs of an export first",
    )
    where.add_argument(
        "--save",
        type=Path,
        metavar="DIR",
        help="write the best model of each main task, by its score on dev, into this folder",
    )
    where.add_argument(
        "--dry-run", action="store_true", help="show what was read and what would be trained"
    )
    where.add_argument(
        "--no-train",
        action="store_true",
        help="train nothing: tables and pictures of what the store has",
    )
    old_name(where, "--as-is", "no_train", action="store_true")
    where.add_argument(
        "--remove-leaks",
        action="store_true",
        help="take dev and test texts of a main task out of the other tasks' training texts",
    )
    where.add_argument("--retry-failed", action="store_true", help="train failed runs again")
    where.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(where)
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.run_pairs") -> int:
    """Run the command; returns 0 done, 1 some runs failed, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command(
        "taskrel run",
        lambda: _run(args),
        resume="finished runs are kept; the same command goes on from there",
    )


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.files.study import write
    from taskrel.cli.text.dry_run import dry_run
    from taskrel.cli.text.study import document, text
    from taskrel.io.paths import writable_folder

    study = _study(args)
    if args.dry_run:
        print(dry_run(study.planned, study.path, args.retry_failed, args.json))
        return DONE
    figures = writable_folder(args.figures or study.path / "figures")
    if args.export:
        _check_export(args.export)
    if args.save:
        writable_folder(args.save)
    failed = study.run(
        args.jobs,
        train=not args.no_train,
        retry_failed=args.retry_failed,
        import_from=args.import_from,
        progress=not args.quiet,
    )
    results = study.results()
    files = write(results, study.features(), study.path, figures)
    print(document(results) if args.json else text(results, study.path, figures, files))
    if args.export:
        study.export(args.export)
    if args.save:
        models = study.save_models(args.save, args.data)
        logging.getLogger("taskrel").info("models of %s: %s", ", ".join(models), args.save)
    return SOME_FAILED if failed else DONE


def _study(args: argparse.Namespace) -> "Study":
    """The study that the arguments name; --tasks replaces the experiment's tasks."""
    from taskrel.errors import UsageError
    from taskrel.studies import create_study
    from taskrel.study.experiment.caps import capped, renamed
    from taskrel.study.experiment.experiment import Entry, Experiment
    from taskrel.study.experiment.file import entries, load_experiment

    caps = given_caps(args)
    if caps and not args.tasks:
        raise UsageError(
            f"--{next(iter(caps))} caps the tasks of --tasks; in an experiment's file write "
            '{ card = "shop", limit = 500 }'
        )
    own = capped(entries(args.tasks or ()), caps)
    name = None
    tasks: str | Experiment | tuple[Entry, ...] = args.experiment or "planted"
    if args.tasks and args.experiment:
        tasks = load_experiment(args.experiment).with_tasks(own)
    elif args.tasks:
        first = Path(args.tasks[0])
        name = first.resolve().name if first.is_dir() else "tasks"
        tasks = own
    return create_study(
        tasks,
        seeds=args.seeds,
        path=args.out,
        data=args.data,
        name=name,
        only=[renamed(n, own) for n in args.only],
        main=args.main and renamed(args.main, own),
        aux=[renamed(n, own) for n in args.aux],
        single=args.single,
        group_all=args.group_all,
        recipes=args.recipe,
        steps=args.steps,
        vectors=args.vectors,
        device=args.device,
        remove_leaks=args.remove_leaks,
    )


def _check_export(path: Path) -> None:
    from taskrel.errors import UsageError
    from taskrel.io.paths import writable_folder

    if path.is_dir():
        raise UsageError(
            f"--export {path}: is a folder; name a file, such as {path / 'runs.jsonl.gz'}"
        )
    writable_folder(path.parent)


if __name__ == "__main__":
    sys.exit(main())
