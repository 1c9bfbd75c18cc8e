"""Make evidence, which predictions are learned from: a folder of tables, from a study's store.

    python -m taskrel.evidence runs/bingel2017 --out evidence/bingel2017
    python -m taskrel.evidence evidence/bingel2017 --out evidence/bingel2017    # fit anew
    python -m taskrel.predict --evidence evidence/bingel2017 --main mwe --aux all

It holds features, scores and gains, and no text, so that it can be passed on; a
predictor fitted to them, so that `predict` answers at once; and its validation.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.cli.command import DONE, run_command
from taskrel.cli.options import add_volume, positive, start_log
from taskrel.cli.text.table import table
from taskrel.io.json import to_json

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.meta.evidence.evidence import Evidence


def parser(prog: str = "python -m taskrel.evidence") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = p.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "study",
        nargs="?",
        metavar="STUDY|EVIDENCE",
        help="a study's folder, or the store in it; or evidence (a folder, or the "
        "name of a shipped one), to fit predictor and validation anew",
    )
    source.add_argument(
        "--published",
        metavar="FOLDER",
        help="instead, the logs that Bingel and Søgaard (2017) published",
    )
    p.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the evidence")
    p.add_argument("--name", help="what to call it (default: the name of the folder)")
    p.add_argument(
        "--recipe", metavar="NAME", help="one of its recipes (default: a study's last used one)"
    )
    p.add_argument(
        "--tables-only",
        action="store_true",
        help="no fitted predictor and no validation, which take minutes",
    )
    p.add_argument(
        "--figures", type=Path, metavar="DIR", help="folder for the validation's pictures"
    )
    p.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="processes, one thread each (default: one per core)",
    )
    add_volume(p)
    p.add_argument("--json", action="store_true", help="print one JSON document")
    return p


def main(argv: Sequence[str] | None = None, prog: str = "python -m taskrel.evidence") -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser(prog).parse_args(argv)
    start_log(args)
    return run_command("taskrel evidence", lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from taskrel.errors import UsageError
    from taskrel.io.paths import writable_folder
    from taskrel.meta.evidence.files import write_evidence
    from taskrel.validation.shipping import add_predictor, remove_predictor

    if args.figures and args.tables_only:
        raise UsageError(
            "--figures are of the validation, which --tables-only leaves out; give one of them"
        )
    out = writable_folder(args.out)
    figures = writable_folder(args.figures) if args.figures else None
    evidence = replace(_evidence(args), name=args.name or out.resolve().name)
    write_evidence(evidence, out)
    warnings = missing(evidence)
    remove_predictor(out)
    if not args.tables_only:
        found = add_predictor(evidence, out, jobs=args.jobs)
        if figures:
            from taskrel.cli.files.validation_pictures import draw

            draw(evidence, found.document, found.answers, figures)
    rows = _rows(evidence)
    if args.json:
        print(
            to_json(
                {
                    "schema": 1,
                    "evidence": evidence.name,
                    "folder": str(out),
                    "recipes": list(evidence.recipes),
                    "n_tasks": len(rows),
                    "n_pairs": len(evidence.measured()),
                    "tasks": rows,
                    "warnings": warnings,
                }
            )
        )
        return DONE
    print(table([row | {"score": f"{row['score']:.4f}"} for row in rows], list(rows[0])))
    print(
        f"\nscore alone; pairs measured as main task, and their mean gain in percent\n"
        f"{evidence.name}: {len(rows)} tasks, {len(evidence.measured())} measured pairs, "
        f"recipe {' and '.join(evidence.recipes)}; written to {out}"
    )
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return DONE


def _evidence(args: argparse.Namespace) -> "Evidence":
    from taskrel.errors import UsageError

    if args.published is None:
        from taskrel.meta.evidence.files import find_evidence

        return find_evidence(args.study, args.recipe)
    if args.recipe is not None:
        raise UsageError("--recipe is for a study; published evidence has all of its recipes")
    from taskrel.meta.evidence.published import published_evidence

    return published_evidence(args.published)


def missing(evidence: "Evidence") -> list[str]:
    """Sentences that say which features are missing, of all or of whom."""
    found = []
    for what, frame in (("task", evidence.tasks), ("pair", evidence.pairs)):
        absent = frame.isna()
        nowhere = list(frame.columns[absent.all()])
        if nowhere:
            found.append(f"no {what} has {', '.join(nowhere)}")
        found += _some(what, absent.drop(columns=nowhere))
    return found


def _some(what: str, absent: "pd.DataFrame") -> list[str]:
    """Sentences about features that some have and others lack, those of the same ones together."""
    lacking: dict[tuple, list[str]] = {}
    for feature in absent.columns[absent.any()]:
        lacking.setdefault(tuple(absent.index[absent[feature]]), []).append(feature)
    found = []
    for who, features in lacking.items():
        named = [name if isinstance(name, str) else " with ".join(name) for name in who]
        some = ", ".join(named) if len(named) <= 6 else f"{len(named)} of {len(absent)} {what}s"
        found.append(f"{some}: no {', '.join(features)}")
    return found


def _rows(evidence: "Evidence") -> list[dict[str, Any]]:
    """What the evidence has of each task."""
    measured = evidence.measured()["gain"].groupby("main")
    count, mean = measured.count(), measured.mean()
    n_features = evidence.tasks.notna().sum(axis="columns")
    found = (
        evidence.about.assign(family=evidence.families, features=n_features, pairs=count, gain=mean)
        .fillna({"pairs": 0})
        .astype({"pairs": int})
    )
    columns = ["kind", "metric", "family", "features", "stl", "pairs", "gain"]
    rows = found[columns].rename(columns={"stl": "score"}).reset_index(names="task")
    return rows.to_dict("records")


if __name__ == "__main__":
    sys.exit(main())
