"""Advice from a ranking: what to train, what to avoid, or that the ranking cannot tell."""

from dataclasses import dataclass
from typing import Any, Literal

from taskrel.meta.predictor.prediction import LIKELY_GAIN, LIKELY_LOSS, Prediction
from taskrel.recommendation.recommendation import Recommendation
from taskrel.tasks.task import label_level

#: What is advised: to train with the auxiliary whose measured gain is the largest, with the first
#: one of the ranking, to try that one, to train the main task alone; that the ranking is no better
#: than chance; or that the evidence says nothing about such texts.
Kind = Literal["measured", "train", "try", "alone", "unknown", "nothing"]


@dataclass(frozen=True)
class Advice:
    """What a ranking comes to.

    kind : what is advised
    aux : the auxiliary to train with or to try first; None where there is none
    avoid : auxiliaries that make the main task worse, as measured or by prediction
    ranks : whether validation shows that rankings for such tasks are better than chance; None
        where nobody validated
    """

    kind: Kind
    aux: str | None
    avoid: tuple[str, ...]
    ranks: bool | None


def advice(answer: Recommendation) -> Advice:
    """The advice that a ranking comes to.

    What the evidence has measured comes first: the largest gain that is clearly above 0. Without it,
    a gain is only promised where its prediction interval is above 0, and an auxiliary is to be tried
    where its expected gain is above 0, unless validation shows that the ranking of auxiliaries is no
    better than chance for main tasks with labels of this level.
    """
    known = [p for p in answer if p.gain == p.gain]
    avoid = tuple(p.aux for p in known if _loses(p))
    ranks = _ranks(answer.validation, label_level(answer.evidence.about.loc[answer.main, "kind"]))
    if answer.says_nothing or not known:
        return Advice("nothing", None, (), ranks)
    gained = [p for p in known if p.measured and p.measured.low > 0]
    if gained:
        best = max(gained, key=lambda p: p.measured.gain if p.measured else 0.0)
        return Advice("measured", best.aux, avoid, ranks)
    left = [p for p in known if p.aux not in avoid]
    if not left or (len(known) > 1 and all(map(is_measured, known))):
        return Advice("alone", None, avoid, ranks)
    first = left[0]
    if first.verdict == LIKELY_GAIN:
        return Advice("train", first.aux, avoid, ranks)
    if first.gain <= 0:
        return Advice("alone", None, avoid, ranks)
    if ranks is False and len(known) > 1:
        return Advice("unknown", None, avoid, ranks)
    return Advice("try", first.aux, avoid, ranks)


def _loses(p: Prediction) -> bool:
    """Whether a pair loses: as measured where that is known, else as predicted."""
    if p.measured and is_measured(p):
        return p.measured.high < 0
    return p.verdict == LIKELY_LOSS


def is_measured(p: Prediction) -> bool:
    """Whether the evidence has measured the pair, with enough seeds for an interval."""
    return p.measured is not None and p.measured.low == p.measured.low


def _ranks(validation: dict[str, Any], level: str) -> bool | None:
    """Whether rankings for main tasks of this level are better than chance, in validation."""
    found = [
        validation[key][level]["low"] > 0
        for key in ("by_unit", "within_unit")
        if validation.get(key, {}).get(level, {}).get("low") is not None
    ]
    return any(found) if found else None
