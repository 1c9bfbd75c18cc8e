"""Say how likely an auxiliary task helps a main task, and why, before training the pair.

    python -m taskrel.predict --evidence runs/bingel2017 --main mwe --aux chunk
    python -m taskrel.predict --evidence runs/bingel2017 --main mwe --aux all

Evidence is a study that run_pairs has trained; a pair that it measured is
predicted from the other pairs, and its measured gain stands beside.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskrel.command import DONE, run_command, table, to_json

if TYPE_CHECKING:
    from taskrel.meta.prediction import Prediction, Reason

#: Reasons in one row of a ranking.
SHORT = 2


def parser() -> argparse.ArgumentParser:
    """Options of the command."""
    p = argparse.ArgumentParser(prog="python -m taskrel.predict", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--evidence", required=True, metavar="DIR",
                   help="a study's folder, or the store in it")
    p.add_argument("--main", required=True, metavar="TASK", help="the task you care about")
    p.add_argument("--aux", required=True, metavar="TASK",
                   help="the task to train beside it, or 'all' for a ranking")
    p.add_argument("--recipe", metavar="NAME",
                   help="one of the study's recipes (default: the last used one)")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 done, 2 bad input, 130 interrupted."""
    args = parser().parse_args(argv)
    return run_command("predict", lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from taskrel.meta.evidence import evidence_from_store
    from taskrel.meta.predictor import GainPredictor

    evidence = evidence_from_store(args.evidence, args.recipe)
    evidence.check(args.main)
    if args.aux not in ("all", args.main):
        evidence.check(args.aux)
    predictor = GainPredictor().fit(evidence)
    ranking = args.aux == "all"
    answers = predictor.ranked(args.main) if ranking else [predictor.predict(args.main, args.aux)]
    if args.json:
        print(to_json(_ranking(answers) if ranking else _document(answers[0])))
        return DONE
    print(f"which auxiliary helps {args.main}? evidence: {evidence.name}; "
          f"{len(evidence.tasks)} tasks, {len(predictor.pairs_)} measured pairs, of which "
          f"{(predictor.gains_ > 0).mean():.0%} have a mean gain above 0\n")
    print(_table(answers) if ranking else _one(answers[0]))
    for warning in _warnings(answers):
        print(f"warning: {warning}", file=sys.stderr)
    return DONE


def _document(p: "Prediction") -> dict[str, Any]:
    """The JSON document of one pair."""
    return {"schema": 1, "main": p.main, "aux": p.aux, "probability": p.probability,
            "measured": vars(p.measured) if p.measured else None,
            "reasons": [{"feature": r.feature, "value": r.value, "contribution": r.contribution}
                        for r in p.reasons],
            "evidence": p.evidence, "warnings": p.warnings}


def _ranking(answers: "Sequence[Prediction]") -> dict[str, Any]:
    """The JSON document of ``--aux all``; predictions are ranked, the best first."""
    shared = ("schema", "main", "evidence")
    documents = [_document(p) for p in answers]
    return {key: documents[0][key] for key in shared} | {
        "predictions": [{k: v for k, v in d.items() if k not in shared} for d in documents]}


def _row(p: "Prediction") -> dict[str, Any]:
    row: dict[str, Any] = {"aux": p.aux, "P(gain)": p.probability}
    if p.measured:
        m = p.measured
        interval = f"[{m.low:+.2f}, {m.high:+.2f}]" if m.low == m.low else "–"
        row |= {"measured gain %": m.gain, "95 % interval": interval, "seeds": m.n_seeds}
    return row


def _table(answers: "Sequence[Prediction]") -> str:
    rows = [_row(p) | {"because": "; ".join(_reason(r) for r in p.reasons[:SHORT])}
            for p in answers]
    return table(rows, ["aux", "P(gain)", "measured gain %", "95 % interval", "seeds", "because"])


def _one(p: "Prediction") -> str:
    reasons = [{"because": _reason(r), "value": f"{r.value:.4g}",
                "log-odds": f"{r.contribution:+.2f}"} for r in p.reasons]
    return "\n\n".join([
        table([_row(p)], ["aux", "P(gain)", "measured gain %", "95 % interval", "seeds"]),
        table(reasons, ["because", "value", "log-odds"])])


def _reason(r: "Reason") -> str:
    from taskrel.meta.pair_table import in_words

    return f"{'+' if r.contribution > 0 else '−'} {in_words(r.feature, r.above)}"


def _warnings(answers: "Sequence[Prediction]") -> list[str]:
    """Each warning once, with the auxiliaries that it is about unless it is about all."""
    about: dict[str, list[str]] = {}
    for p in answers:
        for warning in p.warnings:
            about.setdefault(warning, []).append(p.aux)
    return [warning if len(auxs) == len(answers) else f"{', '.join(auxs)}: {warning}"
            for warning, auxs in about.items()]


if __name__ == "__main__":
    sys.exit(main())
