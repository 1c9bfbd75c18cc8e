"""Predicted and measured gains of confirmed pairs, as text and as plain data."""

from typing import TYPE_CHECKING, Any

from taskrel.cli.text.table import interval, signed, table
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.study.analysis.gains import GAIN

if TYPE_CHECKING:
    from taskrel.recommendation.recommendation import Confirmation, Recommendation

COLUMNS = [
    "rank",
    "aux",
    "P(gain)",
    "gain %",
    "interval",
    "measured %",
    "95 % interval",
    "seeds",
    "verdict",
    "in interval",
    "both %",
]


def confirmation_text(answer: "Recommendation") -> str:
    """The table of trained pairs, what to do, and which candidates were skipped."""
    confirmation = _of(answer)
    seeds = confirmation.seeds
    head = f"Predicted and measured gains, seed{'' if len(seeds) == 1 else 's'} " + ", ".join(
        map(str, seeds)
    )
    rows = [
        {
            "rank": c.rank,
            "aux": p.aux,
            "P(gain)": p.probability,
            "gain %": signed(p.gain),
            "interval": interval(p.low, p.high),
            "measured %": signed(c.gain),
            "95 % interval": interval(c.low, c.high),
            "seeds": c.n_seeds,
            "verdict": c.verdict,
            "in interval": None if c.within is None else "yes" if c.within else "no",
            **({} if c.combined is None else {"both %": signed(c.combined)}),
        }
        for p, c in _confirmed(answer)
    ]
    columns = [name for name in COLUMNS if any(name in row for row in rows)] or COLUMNS
    ranks = {p.aux: rank for rank, p in enumerate(answer.predictions, 1)}
    skipped = [
        f"Skipped: {aux}, rank {ranks[aux]}: {why}" for aux, why in confirmation.skipped.items()
    ]
    return "\n\n".join([head, table(rows, columns), "\n".join([summary(answer), *skipped])])


def plain(answer: "Recommendation") -> dict[str, Any]:
    """The same as plain data; each prediction has its measured gain in ``confirmed``."""
    confirmation = _of(answer)
    return {
        "seeds": confirmation.seeds,
        "take": to_take(answer),
        "text": summary(answer),
        "skipped": confirmation.skipped,
        "failed": confirmation.failed,
        "warnings": confirmation.warnings,
    }


def to_take(answer: "Recommendation") -> str | None:
    """The auxiliary to train with: of the largest clear measured gain, if there is one.

    Where all were measured, that of the largest expected gain, if that is above 0.
    """
    expected = {p.aux: c.combined for p, c in _confirmed(answer) if c.combined is not None}
    if expected:
        best = max(expected, key=expected.__getitem__)
        return best if expected[best] > 0 else None
    clear = {p.aux: c.gain for p, c in _confirmed(answer) if c.verdict == GAIN}
    return max(clear, key=clear.__getitem__) if clear else None


def summary(answer: "Recommendation") -> str:
    """Which auxiliary to train with, and how many gains are in their intervals."""
    defined = [(p, c) for p, c in _confirmed(answer) if c.gain == c.gain]
    if not defined:
        why = (
            "runs failed"
            if _of(answer).failed
            else f"the single-task score of {answer.main} is too low for a relative gain"
        )
        return f"No pair has a measured gain: {why}."
    known = [c.within for _, c in defined if c.within is not None]
    inside = ""
    if len(known) > 1:
        inside = f" {sum(known)} of {len(known)} measured gains are in their prediction intervals."
    elif known:
        inside = f" The measured gain is {'' if known[0] else 'not '}in its prediction interval."
    return f"{_advice(answer, defined)}{inside}"


def _advice(answer: "Recommendation", defined: list[tuple[Prediction, Confirmed]]) -> str:
    take = to_take(answer)
    p, c = next(((p, c) for p, c in defined if p.aux == take), None) or max(
        defined, key=lambda pair: pair[1].gain
    )
    best = f"{signed(c.gain)} % {interval(c.low, c.high)}".removesuffix(" –")
    if take and c.combined is not None:
        return (
            f"Train {answer.main} with {take}. From prediction and measurement together its expected "
            f"gain is {signed(c.combined)} %, the largest; measured {best}."
        )
    if take:
        chosen = (
            f" It is the largest of {len(defined)} measured gains, so it may be somewhat too high."
            if len(defined) > 1
            else ""
        )
        return f"Train {answer.main} with {take}: measured {best}.{chosen}"
    if any(c.combined is not None for _, c in defined):
        return (
            f"Train {answer.main} alone: no expected gain, from prediction and measurement together, "
            "is above 0."
        )
    if all(c.verdict is None for _, c in defined):
        return f"So few seeds allow no verdict. The largest measured gain is from {p.aux}: {best}."
    return f"Train {answer.main} alone: no measured gain is clear. The largest is from {p.aux}: {best}."


def _of(answer: "Recommendation") -> "Confirmation":
    if answer.confirmation is None:
        raise ValueError("no pair of this recommendation was trained")
    return answer.confirmation


def _confirmed(answer: "Recommendation") -> list[tuple[Prediction, Confirmed]]:
    return [(p, p.confirmed) for p in answer.predictions if p.confirmed]
