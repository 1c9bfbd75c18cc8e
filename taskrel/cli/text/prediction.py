"""A recommendation as text and as a JSON document: the table, reasons in words, validation."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskrel.cli.text.coverage import coverage_in_words
from taskrel.cli.text.table import interval, signed, table
from taskrel.io.json import to_json
from taskrel.meta.evidence.find import counterpart
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.prediction import Prediction, Reason
from taskrel.meta.predictor.table.pair_table import MAIN, RANK, column_in_words, in_words
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


def text(answer: "Recommendation") -> str:
    """What ``predict`` prints: the question, the answer or ranking, and how to read it."""
    evidence, main, predictions = answer.evidence, answer.main, answer.predictions
    measured = evidence.measured()
    ranking = len(predictions) > 1
    question = (
        f"Which auxiliary task improves {main}?"
        if ranking
        else f"Does training with {predictions[0].aux} improve {main}?"
    )
    head = (
        f"{question}\nEvidence: {evidence.name}, {len(measured)} measured pairs of "
        f"{len(evidence.measured_tasks)} tasks; {100 * (measured.gain > 0).mean():.0f} % of them "
        f"gain.\nMeasured in {recipe_in_words(evidence.recipe)}."
    )
    body = _ranking(predictions) if ranking else _one(predictions[0])
    validation = answer.validation
    foot = []
    if ranking:
        foot.append(
            "Rows are in the ranker's order. Reasons: what moves an auxiliary up (+) or down (−)."
        )
    foot.append(
        f"gain %: expected change of {main}'s test score, with an {100 * LEVEL:.0f} % prediction "
        f"interval.{_coverage(validation.get('interval'))}"
    )
    other = counterpart(evidence.name)
    if other:
        how = training_in_words(evidence.recipe)
        foot.append(
            f"This is about {how}; with --evidence {other} the answer is about "
            f"{'joint training' if how == 'transfer' else 'transfer'}."
        )
    if any(p.measured for p in predictions):
        foot.append(
            "measured %: from runs of the pair itself, with a 95 % interval. The prediction was "
            "made without them."
        )
    if validation.get("text"):
        foot.append(
            f"Validation: {validation['text']}"
            + _for_its_level(validation, evidence.about.loc[main, "kind"])
        )
    notes = [textwrap.fill(note, WIDTH, break_on_hyphens=False) for note in foot]
    return "\n\n".join([head, body, "\n".join(notes)])


def _for_its_level(validation: dict[str, Any], kind: str) -> str:
    """The rank correlation for main tasks of this level, where the validation has it."""
    level = label_level(kind)
    found = validation.get("by_unit", {}).get(level)
    if found is None or found["low"] is None:
        return ""
    name = LEVEL_NAMES[level]
    sentence = f" For {name} main tasks the correlation is {_correlation(found)}."
    within = validation.get("within_unit", {}).get(level)
    if within is not None and within["low"] is not None:
        sentence += f" Among {name} auxiliaries alone it is {_correlation(within)}."
    return sentence


def _correlation(figure: dict[str, Any]) -> str:
    chance = "" if figure["low"] > 0 else ", which is not clearly better than chance"
    return f"{figure['value']:.2f} [{figure['low']:.2f}, {figure['high']:.2f}]{chance}"


def _coverage(interval: dict[str, Any] | None) -> str:
    if not interval or interval.get("coverage") is None:
        return ""
    return f" In validation it contained {coverage_in_words(interval)}."


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


def _ranking(predictions: Sequence[Prediction]) -> str:
    rows = zip(_rows(predictions), predictions, strict=True)
    return table([row | {"reasons": "; ".join(map(_reason, _own(p)))} for row, p in rows])


def _own(p: Prediction) -> list[Reason]:
    """The strongest reasons that are not the same for all auxiliaries of the main task."""
    return [r for r in p.reasons if not r.feature.startswith(MAIN)][:SHORT]


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
