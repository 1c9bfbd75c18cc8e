"""A recommendation as text and as a JSON document: the table, reasons in words, validation."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskrel.cli.text.advice import advice_text
from taskrel.cli.text.coverage import coverage_in_words
from taskrel.cli.text.table import interval, signed, table
from taskrel.io.json import to_json
from taskrel.meta.evidence.find import counterpart
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.prediction import Prediction, Reason
from taskrel.meta.predictor.table.pair_table import MAIN, RANK, column_in_words, in_short, in_words
from taskrel.recommendation.advice import advice
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.training.recipes.in_words import recipe_in_words, training_in_words

if TYPE_CHECKING:
    from taskrel.recommendation.recommendation import Recommendation

#: Columns of the notes below a table.
WIDTH = 100
#: Fields of a prediction that its JSON document has as they are.
PLAIN = ("main", "aux", "probability", "gain", "low", "high", "score", "verdict")
#: Reasons in one row of a ranking.
SHORT = 2
#: Rows of a long ranking that are shown: the first and the last ones.
FIRST, LAST = 10, 3


def document(answer: "Recommendation") -> str:
    """The JSON document: of one pair, or what all share and then the predictions, best first."""
    more: dict[str, Any] = {}
    if answer.leaks:
        more["leaks"] = {
            aux: {"texts": n.texts, "short": n.short, "of": n.of}
            for aux, n in answer.leaks.shared.items()
        }
        more["unchecked"] = answer.leaks.unchecked
    if answer.search:
        from taskrel.cli.text.search import plain

        more["search"] = plain(answer.search)
    more["advice"] = vars(advice(answer)) | {"text": advice_text(answer)}
    documents = [_plain(p) for p in answer.predictions]
    if len(documents) == 1:
        return to_json(documents[0] | more)
    shared = ("schema", "main", "evidence", "validation")
    return to_json(
        {key: documents[0][key] for key in shared}
        | {"predictions": [{k: v for k, v in d.items() if k not in shared} for d in documents]}
        | more
    )


def _plain(p: Prediction) -> dict[str, Any]:
    return {
        "schema": 1,
        **{name: getattr(p, name) for name in PLAIN},
        "measured": vars(p.measured) if p.measured else None,
        "reasons": [
            {"feature": r.feature, "value": r.value, "contribution": r.contribution}
            for r in p.reasons
        ],
        "evidence": p.evidence,
        "validation": p.validation,
        "warnings": p.warnings,
    }


def text(answer: "Recommendation", search: str | None = None, every: bool = False) -> str:
    """What ``predict`` prints: advice, the answer or ranking, and how far to trust it.

    search : the command that would find out, named in the advice; None: the plain one
    every : show all rows of a ranking
    """
    predictions = answer.predictions
    ranking = len(predictions) > 1
    body = _ranking(predictions, every) if ranking else _one(predictions[0])
    notes = _notes(answer)
    return "\n\n".join([_filled(advice_text(answer, search)), body, "\n".join(map(_filled, notes))])


def _notes(answer: "Recommendation") -> list[str]:
    """The lines below the table."""
    evidence, predictions = answer.evidence, answer.predictions
    notes = []
    if len(predictions) > 1:
        notes.append(
            "Reasons: what moves an auxiliary up (+) or down (−) in this ranking. Probe: a linear "
            "classifier of the main task's labels on the auxiliary's encoder."
        )
    notes.append(
        f"gain %: expected change of {answer.main}'s test score, with an {100 * LEVEL:.0f} % "
        f"prediction interval.{_coverage(answer.validation.get('interval'))}"
    )
    if any(p.measured for p in predictions):
        notes.append(
            "measured %: from runs of the pair itself, with a 95 % interval. The prediction was "
            "made without them."
        )
    notes += _how_often_right(answer)
    measured = evidence.measured()
    source = (
        f"Evidence {evidence.name}: {len(measured)} measured pairs of "
        f"{len(evidence.measured_tasks)} tasks, in {recipe_in_words(evidence.recipe)}."
    )
    other = counterpart(evidence.name)
    if other:
        how = training_in_words(evidence.recipe)
        source += (
            f" --evidence {other} answers about "
            f"{'joint training' if how == 'transfer' else 'transfer'}."
        )
    return [*notes, source]


def _how_often_right(answer: "Recommendation") -> list[str]:
    """How good such rankings were in validation, for main tasks with labels of this level."""
    validation = answer.validation
    level = label_level(answer.evidence.about.loc[answer.main, "kind"])
    found = {
        key: validation[key][level]
        for key in ("within_unit", "by_unit")
        if validation.get(key, {}).get(level, {}).get("low") is not None
    }
    if not found:
        return [f"Validation: {validation['text']}"] if validation.get("text") else []
    name, parts = LEVEL_NAMES[level], []
    if "within_unit" in found:
        parts.append(f"{_correlation(found['within_unit'])} among {name} auxiliaries")
    if "by_unit" in found:
        parts.append(f"{_correlation(found['by_unit'])} among all")
    return [
        f"Validation: for new {name} main tasks, predicted and measured rankings correlate by "
        f"{', and by '.join(parts)} (1: the same ranking, 0: chance)."
    ]


def _correlation(figure: dict[str, Any]) -> str:
    chance = "" if figure["low"] > 0 else ", not clearly above chance,"
    return f"{figure['value']:.2f} [{figure['low']:.2f}, {figure['high']:.2f}]{chance}"


def _coverage(interval: dict[str, Any] | None) -> str:
    if not interval or interval.get("coverage") is None:
        return ""
    return f" In validation it contained {coverage_in_words(interval)}."


def _filled(note: str) -> str:
    # A number stays with its unit.
    lines = textwrap.fill(note.replace(" %", "\N{NO-BREAK SPACE}%"), WIDTH, break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}%", " %")


def _rows(predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    """A row per prediction; the measured gain has columns where any pair was measured."""
    known = any(p.measured for p in predictions)
    rows = []
    for p in predictions:
        row = {
            "aux": p.aux,
            "P(gain)": p.probability,
            "gain %": signed(p.gain),
            "interval": interval(p.low, p.high),
            "verdict": p.verdict,
        }
        if known:
            m = p.measured
            row |= {
                "measured %": signed(m.gain) if m else None,
                "95 % interval": interval(m.low, m.high) if m else None,
                "seeds": m.n_seeds if m else None,
            }
        rows.append(row)
    return rows


def _ranking(predictions: Sequence[Prediction], every: bool) -> str:
    rows = [
        row | {"reasons": ", ".join(map(_short, _own(p)))}
        for row, p in zip(_rows(predictions), predictions, strict=True)
    ]
    if every or len(rows) <= FIRST + LAST + 1:
        return table(rows)
    lines = table(rows).splitlines()
    left = len(rows) - FIRST - LAST
    return "\n".join(
        [*lines[: 2 + FIRST], f"… {left} more, shown with --all", *lines[len(lines) - LAST :]]
    )


def _own(p: Prediction) -> list[Reason]:
    """The strongest reasons that are not the same for all auxiliaries of the main task."""
    return [r for r in p.reasons if not r.feature.startswith(MAIN)][:SHORT]


def _short(r: Reason) -> str:
    return f"{'+' if r.contribution > 0 else '−'} {in_short(r.feature)}"


def _one(p: Prediction) -> str:
    reasons = [
        {
            "reason": _reason(r),
            "value": _value(r),
            "change of log-odds": f"{r.contribution:+.2f}",
        }
        for r in p.reasons
    ]
    return "\n\n".join(table(rows) for rows in (_rows([p]), reasons) if rows)


def _value(r: Reason) -> str:
    """The value, or for a rank the share of the auxiliaries that have a lower one."""
    if r.value != r.value:
        return "–"
    if r.feature.startswith(RANK):
        return f"above {100 * (r.value + 0.5):.0f} %"
    return f"{r.value:.4g}"


def _reason(r: Reason) -> str:
    known = r.value == r.value
    words = in_words(r.feature, r.above) if known else f"unknown {column_in_words(r.feature)}"
    return f"{'+' if r.contribution > 0 else '−'} {words}"
