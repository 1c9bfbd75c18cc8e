"""Show how good predictions from an evidence are, by validation that cannot flatter them.

    python -m taskrel.validate --as-is               # what was found before it shipped
    python -m taskrel.validate --evidence bingel2017 --out validation/
    python -m taskrel.validate --evidence runs/mine --json

Every measured pair is predicted without what would give it away, under five
protocols: from pairs of known tasks (random_pairs, what the paper did) to a main
task of an unseen family (leave_family_out, what a new task is), beside baselines
that look at no feature. Then Tables 3 and 4 of Bingel & Søgaard (2017) and their
findings on this evidence, and a verdict.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from taskrel.cli.command import DONE, run_command, to_json
from taskrel.cli.options import add_volume, positive, seed, start_log


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog="python -m taskrel.validate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    p.add_argument(
        "--as-is",
        action="store_true",
        help="compute nothing: show the validation that lies beside the evidence",
    )
    p.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for validation.json and the tables as CSV files",
    )
    p.add_argument("--figures", type=Path, metavar="DIR", help="folder for the pictures")
    p.add_argument("--jobs", type=positive, metavar="N", help="processes (default: one per core)")
    p.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="of shuffles, noise features and resamples (default: 0)",
    )
    p.add_argument("--json", action="store_true", help="print one JSON document")
    add_volume(p)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    start_log(args)
    return run_command("validate", lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.files.validation import write
    from taskrel.cli.text.validate import text
    from taskrel.errors import UsageError
    from taskrel.io.paths import writable_folder
    from taskrel.meta.evidence.files import find_evidence
    from taskrel.validation.shipping import read_validation

    if args.as_is and args.figures:
        raise UsageError(
            "--figures need the predictions, which --as-is does not make; give one of them"
        )
    folders = [writable_folder(f) if f else None for f in (args.out, args.figures)]
    evidence = find_evidence(args.evidence, args.recipe)
    if args.as_is:
        document = read_validation(evidence)
    else:
        from taskrel.validation.full_validation import full_validation

        document, _, answers = full_validation(evidence, jobs=args.jobs, seed=args.seed)
    out, figures = folders
    if out:
        write(document, out)
    if figures:
        from taskrel.cli.files.validation_pictures import draw

        draw(evidence, document, answers, figures)
    print(to_json(document) if args.json else text(document))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
