"""Predictions for people and programs: the table, the reasons in words, the JSON document."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskrel.cli.command import table, to_json
from taskrel.cli.text.coverage import coverage_in_words
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.prediction import Prediction, Reason
from taskrel.meta.predictor.table.pair_table import column_in_words, in_words
from taskrel.tasks.task import UNITS, unit_of

if TYPE_CHECKING:
    from taskrel.probes import Probed

#: Reasons in one row of a ranking.
SHORT = 2


def document(p: Prediction, **more: dict[str, Any]) -> str:
    """The JSON document of one pair; `more` stands at its end."""
    return to_json(_plain(p) | more)


def ranking_document(answers: Sequence[Prediction], **more: dict[str, Any]) -> str:
    """The JSON document of ``--aux all``: what all share, then predictions, the best first."""
    shared = ("schema", "main", "evidence", "validation")
    documents = [_plain(p) for p in answers]
    return to_json(
        {key: documents[0][key] for key in shared}
        | {"predictions": [{k: v for k, v in d.items() if k not in shared} for d in documents]}
        | more
    )


def _plain(p: Prediction) -> dict[str, Any]:
    return {
        "schema": 1,
        "main": p.main,
        "aux": p.aux,
        "probability": p.probability,
        "gain": p.gain,
        "low": p.low,
        "high": p.high,
        "score": p.score,
        "verdict": p.verdict,
        "measured": vars(p.measured) if p.measured else None,
        "reasons": [
            {"feature": r.feature, "value": r.value, "contribution": r.contribution}
            for r in p.reasons
        ],
        "evidence": p.evidence,
        "validation": p.validation,
        "warnings": p.warnings,
        **({"confirmed": vars(p.confirmed)} if p.confirmed else {}),
    }


def text(
    answers: Sequence[Prediction],
    evidence: Evidence,
    *,
    ranking: bool,
    probed: "Probed | None" = None,
) -> str:
    """What the command prints: question, answer or ranking, and what it is worth."""
    measured = evidence.measured()
    main = answers[0].main
    question = (
        f"which auxiliary helps {main}?" if ranking else f"does {answers[0].aux} help {main}?"
    )
    gaining = (measured.gain > 0).mean()
    head = (
        f"{question} evidence: {evidence.name}; {len(evidence.measured_tasks)} tasks, "
        f"{len(measured)} measured pairs, of which {gaining:.0%} have a mean gain above 0"
    )
    body = _ranking(answers) if ranking else _one(answers[0])
    validation = answers[0].validation
    foot = []
    if ranking:
        foot.append(
            "order: the ranker's, which compares the auxiliaries of one main task; "
            "because: what adds most to P(gain) or takes from it"
        )
    foot.append(
        f"gain: expected change of {main}'s test score in percent, with an interval that "
        f"is meant to cover {LEVEL:.0%}"
        + _covered(validation.get("interval"), " without probes" if probed else "")
    )
    if any(p.measured for p in answers):
        foot.append(
            "measured: from runs of the pair itself, with a 95 % interval; the prediction "
            "does not know it"
        )
    if probed:
        foot.append(_probed(probed, len(answers)))
        if "probing" in validation:
            foot.append(f"what probes are worth: {validation['probing']}")
    if validation.get("text"):
        foot.append(
            f"what it is worth{' without probes' if probed else ''}: {validation['text']}"
            + _of_its_unit(validation, main, evidence.about.loc[main, "kind"])
        )
    return "\n\n".join([head, body, "\n".join(foot)])


def _of_its_unit(validation: dict[str, Any], main: str, kind: str) -> str:
    """How well the order is told of main tasks with such labels, where validation says."""
    unit = unit_of(kind)
    told = validation.get("by_unit", {}).get(unit)
    if told is None or told["low"] is None:
        return ""
    luck = "" if told["low"] > 0 else ": not clearly better than chance"
    return (
        f" Of main tasks with {UNITS[unit]}, as {main}: {told['value']:.2f} "
        f"[{told['low']:.2f}, {told['high']:.2f}]{luck}."
    )


def _covered(interval: dict[str, Any] | None, how: str) -> str:
    if not interval or interval.get("coverage") is None:
        return ""
    return f", and of known pairs{how} covered {coverage_in_words(interval)}"


def _probed(probed: "Probed", n_answers: int) -> str:
    n, trained = len(probed.auxs), len(probed.trained)
    which = "all" if n == n_answers else f"the first {n}"
    cost = (
        f", {trained} of them trained here, at {probed.share:.0%} of a pair's run each"
        if trained
        else ""
    )
    skipped = "".join(
        f"\n  not probed, though it stood before some of them: {aux}: {why}"
        for aux, why in probed.skipped.items()
    )
    return (
        f"probed: {which} are ranked and answered for by what the start of the joint run "
        f"tells, too{cost}{skipped}"
    )


def _row(p: Prediction) -> dict[str, Any]:
    row = {
        "aux": p.aux,
        "P(gain)": p.probability,
        "gain %": signed(p.gain),
        "interval": interval(p.low, p.high),
        "verdict": p.verdict,
    }
    if p.measured:
        m = p.measured
        row |= {
            "measured %": signed(m.gain),
            "95 % interval": interval(m.low, m.high),
            "seeds": m.n_seeds,
        }
    return row


def _columns(answers: Sequence[Prediction]) -> list[str]:
    known = ["measured %", "95 % interval", "seeds"] if any(p.measured for p in answers) else []
    return ["aux", "P(gain)", "gain %", "interval", "verdict", *known]


def _ranking(answers: Sequence[Prediction]) -> str:
    rows = [
        _row(p) | {"because": "; ".join(_reason(r) for r in p.reasons[:SHORT])} for p in answers
    ]
    return table(rows, [*_columns(answers), "because"])


def _one(p: Prediction) -> str:
    reasons = [
        {
            "because": _reason(r),
            "value": "–" if r.value != r.value else f"{r.value:.4g}",
            "log-odds": f"{r.contribution:+.2f}",
        }
        for r in p.reasons
    ]
    return "\n\n".join(
        [table([_row(p)], _columns([p])), table(reasons, ["because", "value", "log-odds"])]
    )


def signed(value: float) -> str:
    """A percentage with its sign; "–" where it is missing."""
    return "–" if value != value else f"{value:+.2f}"


def interval(low: float, high: float) -> str:
    """Both ends in brackets; "–" where they are missing."""
    return "–" if low != low else f"[{low:+.2f}, {high:+.2f}]"


def _reason(r: Reason) -> str:
    words = (
        in_words(r.feature, r.above)
        if r.value == r.value
        else f"unknown {column_in_words(r.feature)}"
    )
    return f"{'+' if r.contribution > 0 else '−'} {words}"


def warnings(answers: Sequence[Prediction]) -> list[str]:
    """Each warning once, with the auxiliaries that it is about unless it is about all."""
    about: dict[str, list[str]] = {}
    for p in answers:
        for warning in p.warnings:
            about.setdefault(warning, []).append(p.aux)
    return [
        warning if len(auxs) == len(answers) else f"{', '.join(auxs)}: {warning}"
        for warning, auxs in about.items()
    ]
