"""Make evidence, from which predictions are learned: a folder of tables, from a study's store.

    taskrel evidence runs/mine --out evidence/mine
    taskrel evidence evidence/mine --out evidence/mine    # fit again
    taskrel predict --evidence evidence/mine --main mwe --aux all

The folder has features, scores and gains, but no text, so it can be shared. A fitted predictor in
it lets `predict` answer at once, and its validation says how good the answers are.
`python -m taskrel.evidence` is the same command.
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

#: So many tasks or pairs are named in a warning; of more it gives the number.
SHOWN = 6


def parser(prog: str = "python -m taskrel.evidence") -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(
        prog=prog,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument(
        "study",
        metavar="STUDY|EVIDENCE",
        help="a study's folder, or the store in it; or evidence (a folder, or the "
        "name of a shipped one), to fit and validate its predictor again",
    )
    p.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the evidence")
    p.add_argument("--name", help="name of the evidence (default: that of the folder)")
    p.add_argument(
        "--recipe",
        metavar="NAME",
        help="one of its recipes (default: the last one that a study used)",
    )
    p.add_argument(
        "--all-mains",
        action="store_true",
        help="keep the gains of main tasks whose single-task models are not clearly better than "
        "the majority or the words alone",
    )
    p.add_argument(
        "--tables-only",
        action="store_true",
        help="neither fit nor validate a predictor, which takes minutes",
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
    from taskrel.meta.evidence.encoders import encoders_of, write_encoders
    from taskrel.meta.evidence.entry_rule import LEFT_OUT, learned_mains
    from taskrel.meta.evidence.files import write_evidence
    from taskrel.meta.evidence.find import find_evidence
    from taskrel.validation.evidence_folder import add_predictor, remove_predictor

    if args.figures and args.tables_only:
        raise UsageError(
            "--figures shows the validation, which --tables-only leaves out; use one of them"
        )
    out = writable_folder(args.out)
    figures = writable_folder(args.figures) if args.figures else None
    evidence = replace(find_evidence(args.study, args.recipe), name=args.name or out.resolve().name)
    if not args.all_mains:
        evidence = learned_mains(evidence)
    encoders = encoders_of(evidence, Path(args.study))
    write_evidence(evidence, out)
    write_encoders(out, encoders)
    evidence = replace(evidence, folder=out)
    left_out = evidence.provenance.get(LEFT_OUT, {})
    warnings = [f"{main} is no main task of the evidence: {why}" for main, why in left_out.items()]
    warnings += missing(evidence)
    remove_predictor(out)
    if not args.tables_only:
        validation = add_predictor(evidence, out, jobs=args.jobs)
        if figures:
            from taskrel.cli.files.validation_pictures import draw

            draw(evidence, validation.document, validation.answers, figures)
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
    print(table([row | {"score": f"{row['score']:.4f}"} for row in rows]))
    print(
        "\nscore: single-task, on test; pairs: measured pairs with this main task; gain: their mean "
        "gain in percent\n"
        f"{evidence.name}: {len(rows)} tasks, {len(evidence.measured())} measured pairs, "
        f"recipe {' and '.join(evidence.recipes)}; written to {out}"
    )
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return DONE


def missing(evidence: "Evidence") -> list[str]:
    """Sentences that name the missing features, by the tasks or pairs that lack them."""
    from taskrel.meta.features.names import PAIR_FEATURES, TASK_FEATURES

    return [
        *_missing("task", evidence.tasks, TASK_FEATURES),
        *_missing("pair", evidence.pairs, PAIR_FEATURES),
    ]


def _missing(what: str, features: "pd.DataFrame", words: dict[str, str]) -> list[str]:
    """One sentence for all features that the same rows lack."""
    absent = features.isna()
    lacking: dict[tuple, list[str]] = {}
    for feature in absent.columns[absent.any()]:
        lacking.setdefault(tuple(absent.index[absent[feature]]), []).append(words[feature])
    found = sorted(lacking.items(), key=lambda item: -len(item[0]))
    return [
        f"Features missing for {_which(what, rows, len(features))}: {', '.join(names)}."
        for rows, names in found
    ]


def _which(what: str, rows: tuple, n: int) -> str:
    if len(rows) == n:
        return f"all {what}s"
    if len(rows) > SHOWN:
        return f"{len(rows)} of {n} {what}s"
    return ", ".join(name if isinstance(name, str) else " with ".join(name) for name in rows)


def _rows(evidence: "Evidence") -> list[dict[str, Any]]:
    """A row per task: what it is, its single-task score, its measured pairs and their mean gain."""
    measured = evidence.measured()["gain"].groupby("main")
    count, mean = measured.count(), measured.mean()
    n_features = evidence.tasks.notna().sum(axis="columns")
    tasks = (
        evidence.about.assign(family=evidence.families, features=n_features, pairs=count, gain=mean)
        .fillna({"pairs": 0})
        .astype({"pairs": int})
    )
    columns = ["kind", "metric", "family", "features", "stl", "pairs", "gain"]
    rows = tasks[columns].rename(columns={"stl": "score"}).reset_index(names="task")
    return rows.to_dict("records")


if __name__ == "__main__":
    sys.exit(main())
