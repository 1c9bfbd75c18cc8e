"""Predicted against measured, for people and programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskrel.cli.command import table
from taskrel.cli.text.prediction import interval, signed
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.study.analysis.gains import GAIN

if TYPE_CHECKING:
    from taskrel.recommendation.confirm import Confirmation

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
    "inside",
]


def confirmation_text(answers: Sequence[Prediction], confirmation: "Confirmation") -> str:
    """The table of trained pairs, what it says, and who was left out."""
    seeds = ", ".join(map(str, confirmation.seeds))
    head = f"predicted against measured, seed{'' if len(confirmation.seeds) == 1 else 's'} {seeds}"
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
            "inside": {True: "yes", False: "no"}.get(c.within),
        }
        for p, c in _confirmed(answers)
    ]
    foot = [summary(answers, confirmation)]
    ranks = {p.aux: rank for rank, p in enumerate(answers, 1)}
    foot += [
        f"skipped: {aux}, ranked {ranks[aux]}: {why}" for aux, why in confirmation.skipped.items()
    ]
    return "\n\n".join([head, table(rows, COLUMNS), "\n".join(foot)])


def plain(answers: Sequence[Prediction], confirmation: "Confirmation") -> dict[str, Any]:
    """The same as plain data; each answer has its own gain beside it."""
    return {
        "seeds": confirmation.seeds,
        "take": to_take(answers),
        "text": summary(answers, confirmation),
        "skipped": confirmation.skipped,
        "failed": confirmation.failed,
        "warnings": confirmation.warnings,
    }


def to_take(answers: Sequence[Prediction]) -> str | None:
    """The auxiliary with the largest of the measured gains that are clear, if any is."""
    clear = {p.aux: c.gain for p, c in _confirmed(answers) if c.verdict == GAIN}
    return max(clear, key=clear.__getitem__) if clear else None


def summary(answers: Sequence[Prediction], confirmation: "Confirmation") -> str:
    """One sentence: which auxiliary to take, and how many gains lie where they should."""
    defined = [(p, c) for p, c in _confirmed(answers) if c.gain == c.gain]
    if not defined:
        why = (
            "runs failed"
            if confirmation.failed
            else "the main task's score alone is too low for a gain in percent"
        )
        return f"no pair has a measured gain: {why}"
    told = [c.within for _, c in defined if c.within is not None]
    where = (
        f"{sum(told)} of {len(told)} measured gains lie"
        if len(told) > 1
        else f"the measured gain {'lies' if any(told) else 'does not lie'}"
    )
    where += f" within the predicted interval{'s' if len(told) > 1 else ''}" if told else ""
    return "; ".join([_advice(answers, defined), *([where] if told else [])])


def _advice(answers: Sequence[Prediction], defined: list[tuple[Prediction, Confirmed]]) -> str:
    take = to_take(answers)
    p, c = next(((p, c) for p, c in defined if p.aux == take), None) or max(
        defined, key=lambda pair: pair[1].gain
    )
    best = f"{signed(c.gain)} % {interval(c.low, c.high)}".removesuffix(" –")
    if take:
        luck = (
            f", the largest of {len(defined)} and so perhaps a little too high"
            if len(defined) > 1
            else ""
        )
        return f"take {take}: {best}{luck}"
    if all(c.verdict is None for _, c in defined):
        return f"no verdict from so few seeds: {p.aux} measured best, {best}"
    return f"take none of them: no gain is clear ({p.aux} measured best, {best})"


def _confirmed(answers: Sequence[Prediction]) -> list[tuple[Prediction, Confirmed]]:
    return [(p, p.confirmed) for p in answers if p.confirmed]
