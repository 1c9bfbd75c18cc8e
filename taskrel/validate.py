"""Show how good predictions from an evidence are, by validation on tasks that are left out.

    taskrel validate --cached                        # the validation that ships with the evidence
    taskrel validate --evidence bingel2017 --out validation/
    taskrel validate --evidence runs/mine --json
    taskrel validate --evidence text_transfer --search --figures figures/

Every measured pair is predicted by a fit that has not seen it, under five protocols: from pairs
of known tasks (random_pairs, the paper's protocol) to a main task of an unseen family
(leave_family_out, the case of a new task). The predictor is compared with trivial baselines.
Tables 3 and 4 of Bingel & Søgaard (2017), their findings on this evidence and a verdict follow.
`python -m taskrel.validate` is the same command.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.cli.command import DONE, run_command
from taskrel.cli.options import add_volume, old_name, positive, seed, start_log
from taskrel.io.json import to_json

if TYPE_CHECKING:
    from taskrel.meta.evidence.evidence import Evidence


def parser(prog: str = "python -m taskrel.validate") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument(
        "--evidence",
        metavar="NAME|DIR|STORE",
        help="shipped evidence, an evidence folder, or a study's folder (default: library)",
    )
    p.add_argument(
        "--recipe",
        metavar="NAME",
        help="one of the evidence's recipes (default: its default, or a study's last)",
    )
    p.add_argument(
        "--cached",
        action="store_true",
        help="compute nothing: show the validation in the folder of the evidence",
    )
    old_name(p, "--as-is", "cached", action="store_true")
    p.add_argument(
        "--search",
        action="store_true",
        help="replay searches on the evidence's runs instead: what they cost and what they find",
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


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.validate") -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command("taskrel validate", lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from taskrel.cli.files.validation import write
    from taskrel.cli.text.validation.report import text
    from taskrel.errors import UsageError
    from taskrel.io.paths import writable_folder
    from taskrel.meta.evidence.find import find_evidence
    from taskrel.validation.evidence_folder import read_validation

    if args.search and (args.cached or args.out):
        raise UsageError(
            "--search is printed, and drawn with --figures; leave --cached and --out out"
        )
    if args.cached and args.figures:
        raise UsageError(
            "--figures needs predictions, which --cached does not make; use one of them"
        )
    folders = [writable_folder(f) if f else None for f in (args.out, args.figures)]
    evidence = find_evidence(args.evidence, args.recipe)
    if args.search:
        return _search(args, evidence, folders[1])
    if args.cached:
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


def _search(args: argparse.Namespace, evidence: "Evidence", figures: Path | None) -> int:
    from taskrel.cli.files.search_pictures import draw
    from taskrel.cli.text.validation.search import text
    from taskrel.meta.predictor.file import find_predictor
    from taskrel.validation.replay.summary import search_validation

    found = search_validation(find_predictor(evidence), jobs=args.jobs, seed=args.seed)
    if figures:
        draw(evidence.name, found, figures)
    print(to_json(found) if args.json else text(evidence.name, found))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
